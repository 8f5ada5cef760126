/* A page about something that goes on elsewhere: its part is fetched anew, so that nothing jumps and nothing is read out
   twice; at the end the page leads on. Without script the page asks for itself anew (a refresh within noscript). */
const part = document.querySelector("[data-live]");
if (part) {
  const every = Number(part.dataset.live) * 1000;
  const again = async () => {
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", headers: { "X-Part": "1" } });
      if (answer.status === 204) {
        location.reload(); // it is done: the page itself leads on
        return;
      }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-live]");
      if (!fresh) {
        location.reload();
        return;
      }
      if (fresh.innerHTML !== part.innerHTML) part.innerHTML = fresh.innerHTML;
    } catch {
      /* away for a moment: the next try comes */
    }
    setTimeout(again, every);
  };
  setTimeout(again, every);
}

/* A button that writes down where the person stands, where the device can tell. Without it, words are enough. */
{
  const row = document.querySelector("[data-place]");
  if (row && navigator.geolocation && window.isSecureContext) {
    const [button, state] = [row.querySelector("button"), row.querySelector("[role=status]")];
    const say = row.dataset;
    const fill = (name, value) => {
      document.querySelector(`input[name=${name}]`).value = value.toFixed(6);
    };
    row.hidden = false;
    button.addEventListener("click", () => {
      state.textContent = say.sayWait;
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => {
          fill("latitude", coords.latitude);
          fill("longitude", coords.longitude);
          state.textContent = say.sayDone;
        },
        () => {
          state.textContent = say.sayFailed;
        },
        { enableHighAccuracy: true, timeout: 15000 },
      );
    });
  }
}

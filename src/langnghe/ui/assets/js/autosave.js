/* A long form keeps itself while it is typed into: posted a moment after the last key, and as the page is left. The page
   works without this file; the buttons save. */
import { all } from "./basics.js";
import { forget } from "./keep.js";

const PAUSE = 1500; // milliseconds after the last key
const LONGEST = 12000; // milliseconds for which somebody may type without a pause
const AGAIN = 8000; // milliseconds until a save that failed is tried again

all("form[data-autosave]").forEach((form) => {
  const line = form.querySelector("[data-autosave-line]");
  const bad = form.querySelector("[data-autosave-bad]");
  const say = (box, text) => {
    if (box && box.textContent !== text) box.textContent = text || "";
  };
  let changed = false; // typed and not kept yet
  let sending = false;
  let ended = false; // the server said that nothing more can be kept, or the form is being sent
  let timer = 0;
  let since = 0;

  const send = async (leaving) => {
    clearTimeout(timer);
    if (!changed || ended || (sending && !leaving)) return;
    changed = false;
    since = 0;
    sending = true;
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: new FormData(form),
        credentials: "same-origin",
        redirect: "manual",
        keepalive: leaving && new Blob([new URLSearchParams(new FormData(form)).toString()]).size < 60000,
      });
      if (answer.type === "opaqueredirect") throw new Error("out");
      if (!(answer.headers.get("Content-Type") || "").includes("json")) throw new Error("no answer");
      const data = await answer.json();
      if (data.error) {
        ended = answer.status === 403;
        changed = !ended;
        say(line, "");
        say(bad, data.error);
      } else {
        if (!changed && "keep" in form.dataset) forget(form); // the server has it
        say(line, data.saved);
        say(bad, data.stale || data.others || "");
      }
    } catch (error) {
      changed = true;
      say(line, "");
      say(bad, error.message === "out" ? form.dataset.sayOut : form.dataset.sayGone);
      timer = setTimeout(send, AGAIN);
    } finally {
      sending = false;
      if (changed && !ended) timer = timer || setTimeout(send, PAUSE);
    }
  };
  form.addEventListener("input", () => {
    changed = true;
    since = since || Date.now();
    clearTimeout(timer);
    timer = setTimeout(send, Math.max(0, Math.min(PAUSE, since + LONGEST - Date.now())));
  });
  form.addEventListener("focusout", () => changed && send());
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && send(true));
  window.addEventListener("pagehide", () => send(true));
  form.addEventListener("submit", () => {
    ended = true;
    clearTimeout(timer);
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed && !ended && !sending) {
      send(true);
      if (bad && bad.textContent === form.dataset.sayGone) event.preventDefault();
    }
  });
});

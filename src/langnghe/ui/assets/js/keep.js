/* What was typed survives a lost page and a session that ended: in this tab, for this person, never files, until the
   server says that it took the form (`langnghe.ui.middleware.Taken`), or the person signs out. */
import { all, on, openInside } from "./basics.js";

const PREFIX = "keep:";
const LIFE = 12 * 3600 * 1000; // milliseconds after the last key
const TAKEN = "form_taken"; // the cookie with the sign of the form that was taken last
const who = document.body.dataset.who || "";

const guarded = (what) => {
  try {
    return what();
  } catch {
    return null; // full or forbidden: the page works without
  }
};
const store = {
  get: (key) => guarded(() => JSON.parse(sessionStorage.getItem(key))),
  set: (key, value) => guarded(() => sessionStorage.setItem(key, JSON.stringify(value))),
  drop: (key) => guarded(() => sessionStorage.removeItem(key)),
  keys: () => guarded(() => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX))) || [],
};
const keyOf = (form) => PREFIX + form.dataset.keep;
export const forget = (form) => store.drop(keyOf(form));

/* --- what is not to be kept any longer --- */
const taken = (document.cookie.match(new RegExp(`(?:^|; )${TAKEN}=([0-9a-f]+)`)) || [])[1];
store.keys().forEach((key) => {
  const entry = store.get(key);
  const old = !entry || !entry.fields || !(Date.now() - entry.at < LIFE);
  if (old || (taken && entry.sent === taken) || (who && entry.who && entry.who !== who)) store.drop(key);
});
all("[data-keep-clear]").forEach((element) => store.drop(PREFIX + element.dataset.keepClear));

let left = false; // the person has signed out
const forgetAll = () => {
  left = true;
  store.keys().forEach(store.drop);
};
const others = guarded(() => new BroadcastChannel("keep"));
if (others) others.addEventListener("message", forgetAll);
on("submit", (event) => {
  if (!("keepForget" in event.target.dataset)) return;
  forgetAll();
  if (others) others.postMessage("forget");
});
if (store.keys().some((key) => store.get(key).sent)) all("[data-kept-waiting]").forEach((line) => (line.hidden = false));

/* --- the fields of a form --- */
const keepable = (input) =>
  input.name &&
  !("nokeep" in input.dataset) &&
  ["INPUT", "TEXTAREA", "SELECT"].includes(input.tagName) &&
  !["hidden", "file", "password", "submit", "button", "image", "reset"].includes(input.type);
const ticked = (input) => input.type === "checkbox" || input.type === "radio";
const read = (form) => {
  const fields = {};
  Array.from(form.elements).filter(keepable).forEach((input) => {
    const values = (fields[input.name] = fields[input.name] || []);
    if (input.multiple && input.selectedOptions) values.push(...Array.from(input.selectedOptions, (one) => one.value));
    else if (!ticked(input) || input.checked) values.push(input.value);
  });
  return fields;
};
const write = (form, fields) => {
  const seen = {};
  let changed = null;
  Array.from(form.elements).filter(keepable).forEach((input) => {
    const values = fields[input.name];
    if (!values) return;
    if (ticked(input)) {
      if (input.checked !== values.includes(input.value)) changed = input;
      input.checked = values.includes(input.value);
      return;
    }
    if (input.multiple && input.options) {
      Array.from(input.options).forEach((one) => (one.selected = values.includes(one.value)));
      return;
    }
    const value = values[(seen[input.name] = (seen[input.name] || 0) + 1) - 1];
    if (value === undefined || input.value === value) return;
    if (input.options && !Array.from(input.options).some((one) => one.value === value)) return;
    input.value = value;
    changed = input;
  });
  return changed;
};

/* A form says that something was restored where it has a line for it, else at its top, in the words of the page. */
const tell = (form) => {
  const line = document.querySelector("template[data-kept-line]");
  if (line && !form.querySelector("[data-kept]")) form.prepend(line.content.cloneNode(true));
  const files = form.querySelector("[data-kept-files]");
  if (files) files.hidden = !form.querySelector("input[type=file]");
  all("[data-kept]", form).forEach((one) => (one.hidden = false));
};

/* Watches a form: at once for those of the page; others by whoever puts them there. */
export const watch = (form) => {
  const key = keyOf(form);
  const first = read(form);
  const entry = store.get(key);
  const changed = entry && write(form, entry.fields);
  if (changed) {
    tell(form);
    if (entry.sent) openInside(form);
    else for (let box = form; box; box = box.parentElement) if (box.tagName === "DETAILS") box.open = true;
    // Counters, suggestions and what keeps a draft on the server hear of it once they listen.
    setTimeout(() => changed.dispatchEvent(new Event("input", { bubbles: true })));
  }
  let timer;
  const save = (sent) => {
    clearTimeout(timer);
    if (left || !form.isConnected || (!sent && form.dataset.sent)) return; // signed out, or on its way as it was
    const known = (store.get(key) || {}).fields || {};
    const now = read(form);
    const fields = {};
    Object.keys(now).forEach((name) => {
      if (name in known || String(now[name]) !== String(first[name])) fields[name] = now[name];
    });
    if (Object.keys(fields).length) store.set(key, { who, at: Date.now(), sent, fields });
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => save(), 400);
  });
  form.addEventListener("change", () => save());
  form.addEventListener("keep", (event) => save(event.detail));
  window.addEventListener("pagehide", () => timer && save());
  form.addEventListener("click", (event) => {
    if (!event.target.closest("[data-keep-drop]")) return;
    clearTimeout(timer);
    timer = 0;
    store.drop(key);
    form.reset();
    all("[data-kept]", form).forEach((line) => (line.hidden = true));
  });
};
all("form[data-keep]").forEach(watch);

/* --- a form that is sent carries a sign, by which the server says that it took it --- */
on("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !("keep" in form.dataset) || form.method !== "post") return;
  const sign = Array.from(crypto.getRandomValues(new Uint8Array(8)), (one) => one.toString(16).padStart(2, "0")).join("");
  let input = form.querySelector("input[name=kept]");
  if (!input) {
    input = document.createElement("input");
    input.type = "hidden";
    input.name = "kept";
    form.append(input);
  }
  input.value = sign;
  form.dispatchEvent(new CustomEvent("keep", { detail: sign }));
});

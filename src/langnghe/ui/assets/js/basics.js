/* Theme, copying, dialogs, menus, notices, opening what a link points into. */
export const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
export const on = (type, handler, options) => document.addEventListener(type, handler, options);

document.documentElement.classList.add("js");

/* Controls that need this file are hidden until it runs. */
const wake = (root) =>
  all(
    "[data-copy],[data-print],[data-theme-toggle],[data-dismiss],[data-open],[data-pick-all]",
    root,
  ).forEach((element) => {
    element.hidden = false;
  });
wake(document);
on("htmx:load", (event) => wake(event.target));

/* --- theme --- */
const darkWish = window.matchMedia("(prefers-color-scheme: dark)");
const isDark = () =>
  document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark"
    : darkWish.matches;
const showTheme = () =>
  all("[data-theme-toggle]").forEach((button) =>
    button.setAttribute("aria-pressed", String(isDark())),
  );
showTheme();

/* --- one ear for all clicks --- */
on("click", (event) => {
  const target = event.target.closest(
    "[data-theme-toggle],[data-copy],[data-print],[data-dismiss],[data-open],[data-open-act]",
  );
  if (!target) return;
  const data = target.dataset;
  if ("themeToggle" in data) {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    document.cookie = `theme=${theme};path=/;max-age=31536000;samesite=lax${location.protocol === "https:" ? ";secure" : ""}`;
    showTheme();
  } else if ("copy" in data) {
    copy(target);
  } else if ("print" in data) {
    window.print();
  } else if ("dismiss" in data) {
    const list = target.closest("ul");
    target.closest("li").remove();
    if (list && !list.children.length) list.remove();
    document.getElementById("main").focus({ preventScroll: true });
  } else if ("open" in data) {
    openDialog(data.open);
  } else if ("openAct" in data) {
    event.preventDefault();
    openInside(document.getElementById(data.openAct));
  }
});

const copy = (button) => {
  const words = button.querySelector("span");
  const before = words.textContent;
  const done = () => {
    words.textContent = button.dataset.done;
    setTimeout(() => (words.textContent = before), 2500);
  };
  const text = button.dataset.copy;
  if (navigator.clipboard && window.isSecureContext) {
    navigator.clipboard.writeText(text).then(done);
    return;
  }
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "sr";
  document.body.append(area);
  area.select();
  if (document.execCommand("copy")) done();
  area.remove();
  button.focus();
};

/* --- dialogs --- */
export const openDialog = (id) => {
  const dialog = document.getElementById(id);
  if (dialog && dialog.showModal && !dialog.open) dialog.showModal();
  return dialog;
};

/* Asks with the page's own dialog; where there is none, with the browser's. */
export const ask = (question, then) => {
  const dialog = document.getElementById("confirm");
  if (!dialog || !dialog.showModal) {
    if (window.confirm(question)) then();
    return;
  }
  dialog.querySelector("[data-confirm-text]").textContent = question;
  dialog.returnValue = "";
  dialog.addEventListener("close", () => dialog.returnValue === "yes" && then(), { once: true });
  dialog.showModal();
};

/* --- menus close by Escape and by a click elsewhere --- */
on("click", (event) =>
  all("details[data-menu][open]").forEach((menu) => {
    if (!menu.contains(event.target)) menu.open = false;
  }),
);
on("keydown", (event) => {
  if (event.key !== "Escape") return;
  all("details[data-menu][open]").forEach((menu) => {
    menu.open = false;
    menu.querySelector("summary").focus();
  });
});

/* --- a link into something folded away unfolds it --- */
export const openInside = (element) => {
  if (!element) return;
  for (let box = element; box; box = box.parentElement) if (box.tagName === "DETAILS") box.open = true;
  element.scrollIntoView({ block: "start" });
  const first =
    element.querySelector("textarea,select,input:not([type=hidden])") || element.querySelector("button") || element;
  first.focus({ preventScroll: true });
};
const byHash = () => {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.closest("details:not([open])")) openInside(target);
};
window.addEventListener("hashchange", byHash);
byHash();

const focus = document.querySelector("[data-focus]");
if (focus) focus.focus();

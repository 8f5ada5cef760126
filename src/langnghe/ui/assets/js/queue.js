/* Lists driven by the keyboard; ticking rows. One-letter keys can be switched off (WCAG 2.1.4). */
import { all, on, openDialog, openInside } from "./basics.js";

const OFF = "keys-off";
const remembered = () => {
  try {
    return localStorage.getItem(OFF) === "1";
  } catch {
    return false;
  }
};
let off = remembered();
all("[data-keys-off]").forEach((box) => {
  box.checked = off;
  box.addEventListener("change", () => {
    off = box.checked;
    try {
      localStorage.setItem(OFF, off ? "1" : "0");
    } catch {
      /* holds for this page only */
    }
  });
});

const step = (by) => {
  const links = all("[data-queue] [data-row-link]");
  if (!links.length) return;
  const row = document.activeElement && document.activeElement.closest("[data-row]");
  const at = row ? links.indexOf(row.querySelector("[data-row-link]")) : -1;
  const next = at < 0 ? (by > 0 ? 0 : links.length - 1) : Math.min(links.length - 1, Math.max(0, at + by));
  links[next].focus();
  links[next].closest("[data-row]").scrollIntoView({ block: "nearest" });
};

on("keydown", (event) => {
  if (off || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!document.body.classList.contains("desk") || document.querySelector("dialog[open]")) return;
  const target = event.target;
  if (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName)) return;
  if (target.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(target.type)) return;
  const act = {
    j: () => step(1),
    k: () => step(-1),
    x: () => {
      const row = target.closest("[data-row]");
      const box = row && row.querySelector("[data-pick]");
      if (box) box.click();
    },
    "/": () => {
      const search = document.querySelector("[data-key-search]");
      if (search) search.focus();
    },
    a: () => openInside(document.querySelector("#acts details[open]") || document.getElementById("acts")),
    "?": () => openDialog("keys"),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

/* --- ticking rows --- */
all("[data-bulk]").forEach((bar) => {
  const form = bar.closest("form");
  const words = bar.querySelector("[data-bulk-count]");
  const every = form.querySelector("[data-pick-all]");
  const boxes = () => all("[data-pick]", form);
  let last = null;
  const show = () => {
    const picked = boxes().filter((box) => box.checked).length;
    words.textContent = picked ? words.dataset.some.replace("{n}", picked) : words.dataset.none;
    bar.classList.toggle("bulk-on", picked > 0);
    if (every) {
      every.checked = picked > 0 && picked === boxes().length;
      every.indeterminate = picked > 0 && !every.checked;
    }
  };
  form.addEventListener("change", (event) => {
    if (event.target === every) boxes().forEach((box) => (box.checked = every.checked));
    show();
  });
  form.addEventListener("click", (event) => {
    const box = event.target.closest("[data-pick]");
    if (!box) return;
    const list = boxes();
    if (event.shiftKey && last) {
      const ends = [list.indexOf(last), list.indexOf(box)];
      list.slice(Math.min(...ends), Math.max(...ends) + 1).forEach((one) => (one.checked = box.checked));
      show();
    }
    last = box;
  });
  show();
});

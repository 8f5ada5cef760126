/* Confirming a register: keys, the passage beside its item, acts without loading the page again. The page works
   without this file; every act is a form. */
import { all, on, openDialog, openInside } from "./basics.js";
import { forget, watch } from "./keep.js";

const drop = document.querySelector("[data-drop]");
if (drop) {
  const input = drop.querySelector("input[type=file]");
  const words = document.querySelector("[data-drop-name]");
  const over = (yes) => (event) => {
    event.preventDefault();
    drop.classList.toggle("drop-over", yes);
  };
  drop.addEventListener("dragover", over(true));
  drop.addEventListener("dragleave", over(false));
  drop.addEventListener("drop", (event) => {
    over(false)(event);
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
  });
  input.addEventListener("change", () => {
    words.textContent = input.files.length ? input.files[0].name : "";
  });
}

const root = document.querySelector("[data-register]");
if (root) {
  const source = root.querySelector("[data-source]");
  const panes = root.querySelector("[data-panes]");
  const say = (text) => {
    const box = root.querySelector("[data-say]");
    if (box) box.textContent = text;
  };
  const shout = (text) => {
    say(text);
    const old = root.querySelector("[data-shout]");
    if (old) old.remove();
    const box = document.createElement("p");
    box.className = "item-doubts";
    box.dataset.shout = "";
    box.setAttribute("role", "alert");
    box.textContent = text;
    const top = root.querySelector(".review-tabs");
    (top || root).append(box);
    setTimeout(() => box.remove(), 9000);
  };

  /* --- one pane at a time on a phone --- */
  const pane = (name) => {
    panes.dataset.panes = name;
    all("[data-pane]", root).forEach((button) =>
      button.setAttribute("aria-pressed", String(button.dataset.pane === name)),
    );
  };
  panes.dataset.switched = "";
  root.querySelector(".panes-switch").hidden = false;
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pane]");
    if (!button) return;
    pane(button.dataset.pane);
    const now = current(); // the same place on the other side
    if (!now) return;
    if (button.dataset.pane === "items") now.scrollIntoView({ block: "start" });
    else within(root.querySelector(".pane-text"), mark(now.dataset.item));
  });

  /* --- the current item --- */
  const cards = () => all("[data-item]", root);
  const card = (key) => document.getElementById(`i-${key}`);
  const current = () => root.querySelector(".item-now");
  const mark = (key) => {
    all(".spot-now", source).forEach((one) => one.classList.remove("spot-now"));
    const found = all("[data-items]", source).filter((one) => one.dataset.items.split(" ").includes(key));
    found.forEach((one) => one.classList.add("spot-now"));
    return found[0];
  };
  const within = (box, element) => {
    if (!element) return;
    const view = box.getBoundingClientRect();
    const place = element.getBoundingClientRect();
    if (box.scrollHeight > box.clientHeight) box.scrollTop += place.top - view.top - view.height / 3;
    else element.scrollIntoView({ block: "center" });
  };
  const go = (element, how) => {
    if (!element) return;
    const focus = !how || how.focus !== false;
    const scroll = !how || how.scroll !== false;
    all(".item-now", root).forEach((one) => one.classList.remove("item-now"));
    element.classList.add("item-now");
    if (focus) element.focus({ preventScroll: true });
    if (scroll) element.scrollIntoView({ block: "nearest" });
    const text = root.querySelector(".pane-text");
    const first = mark(element.dataset.item);
    if (window.matchMedia("(min-width: 64em)").matches) within(text, first);
  };
  const step = (by) => {
    const list = cards();
    if (!list.length) return;
    const at = list.indexOf(current());
    go(list[at < 0 ? 0 : Math.min(list.length - 1, Math.max(0, at + by))]);
  };
  const onwards = (key) => {
    const list = cards();
    const at = list.findIndex((one) => one.dataset.item === String(key));
    const open = waits(new URLSearchParams(location.search).get("loc") === "nghi-van");
    go(list.slice(at + 1).find(open) || list.slice(0, at).find(open) || list[at]);
  };

  /* The next item that waits, the doubtful ones before the others; from the last back to the first. */
  const waits = (doubtful) => (one) =>
    one.querySelector("[data-act=accept]") && (!doubtful || one.classList.contains("item-doubt"));
  const nextWaiting = (doubtful) => {
    const list = cards();
    const at = list.indexOf(current());
    const found = [...list.slice(at + 1), ...list.slice(0, Math.max(at, 0))].find(waits(doubtful));
    if (found) {
      pane("items");
      go(found);
    }
    return Boolean(found) || (at >= 0 && Boolean(waits(doubtful)(list[at])));
  };
  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-next]");
    if (link && !event.ctrlKey && !event.metaKey && nextWaiting(link.dataset.next === "doubt")) event.preventDefault();
  });

  root.addEventListener("click", (event) => {
    const passage = event.target.closest("a.spot");
    const see = event.target.closest("[data-see]");
    if (passage && !event.ctrlKey && !event.metaKey) {
      if (String(window.getSelection())) return event.preventDefault();
      const keys = passage.dataset.items.split(" ");
      const at = current() ? keys.indexOf(current().dataset.item) : -1;
      const target = [...keys.slice(at + 1), ...keys].map(card).find(Boolean);
      if (target) {
        event.preventDefault();
        pane("items");
        go(target);
      }
    } else if (see) {
      event.preventDefault();
      pane("text");
      const element = see.closest("[data-item]");
      go(element, { scroll: false, focus: false });
      const first = mark(element.dataset.item);
      if (first) {
        within(root.querySelector(".pane-text"), first);
        first.focus({ preventScroll: true });
      }
    } else {
      const element = event.target.closest("[data-item]");
      if (element && element !== current()) go(element, { focus: false, scroll: false });
    }
  });

  /* --- acts --- */
  const put = (key, html) => {
    const old = card(key);
    const box = document.createElement("template");
    box.innerHTML = html;
    const fresh = box.content.firstElementChild;
    if (old) {
      if (old.classList.contains("item-now")) fresh.classList.add("item-now");
      old.replaceWith(fresh);
      all("form[data-keep]", fresh).forEach(watch);
    }
    return fresh;
  };
  const arrange = (order, html) => {
    const list = root.querySelector(".items");
    const known = new Set(order.map((one) => String(one.key)));
    cards().forEach((one) => known.has(one.dataset.item) || one.remove());
    let before = null;
    let kind = "";
    order.forEach((one) => {
      const key = one.key;
      const its = one.kind;
      if (its !== kind) {
        kind = its;
        before = list.querySelector(`[data-group="${its}"]`);
      }
      let element = card(key);
      if (!element && before) {
        const box = document.createElement("template");
        box.innerHTML = html[key];
        element = box.content.firstElementChild;
        if (element.querySelector("[data-act=undo]") && !element.querySelector("[data-act=reject]")) return;
      }
      if (element && before) {
        if (before.nextElementSibling !== element) before.after(element);
        before = element;
      }
    });
  };
  const take = (data) => {
    Object.keys(data.cards || {}).forEach((key) => card(key) && put(key, data.cards[key]));
    if (data.order && data.order.length) arrange(data.order, data.cards);
    if (data.text) source.innerHTML = data.text;
    ["bar", "foot"].forEach((name) => {
      const old = document.getElementById(`review-${name}`);
      if (!old || !data[name]) return;
      const box = document.createElement("template");
      box.innerHTML = data[name];
      old.replaceWith(box.content.firstElementChild);
    });
    if (data.versions)
      all("[data-document-version]", root).forEach((one) => {
        if (one.value === String(data.versions[0])) one.value = data.versions[1];
      });
    Object.keys(data.marks || {}).forEach((key) => {
      const words = data.marks[key];
      all("[data-items]", source).forEach((one) => {
        if (one.dataset.items.split(" ")[0] !== key) return;
        const now = one.classList.contains("spot-now") ? " spot-now" : "";
        one.className = `spot ${words.split(" ").map((word) => `spot-${word}`).join(" ")}${now}`;
      });
    });
  };
  let busy = false;
  let waiting = ""; // a form of the whole document, sent while an item was on its way: it goes after it
  const ask = async (url, options = {}, typed = null) => {
    if (busy) return;
    busy = true;
    try {
      const answer = await fetch(url, {
        ...options,
        headers: { "X-Part": "1" },
        credentials: "same-origin",
      });
      if (!(answer.headers.get("Content-Type") || "").includes("json")) {
        // The session has ended, say: to the item again after signing in, with what was typed into it.
        if (typed) typed.dispatchEvent(new CustomEvent("keep", { detail: "lost" }));
        if (typed) location.assign(`${root.dataset.base}?muc=${typed.closest("[data-item]").dataset.item}&cach=sua`);
        else location.reload();
        return;
      }
      const data = await answer.json();
      if (typed && answer.ok) forget(typed);
      if (data.error) {
        shout(data.error);
        go(card(data.focus));
        return;
      }
      take(data);
      const element = card(data.focus);
      if (data.act === "accept" || data.act === "reject" || data.act === "mend") onwards(data.focus);
      else go(element);
      const form = element && element.querySelector(".item-form");
      if (form) {
        const first = form.querySelector("[aria-invalid=true], textarea, input:not([type=hidden])");
        if (first) first.focus();
      }
    } catch {
      shout(root.dataset.sayGone);
    } finally {
      busy = false;
      const next = waiting && all("form", root).find((one) => one.action === waiting);
      waiting = "";
      if (next) next.requestSubmit(next.querySelector("button:not([type=button])"));
    }
  };
  root.addEventListener(
    "submit",
    (event) => {
      if (!busy || event.target.closest("[data-item-form]")) return;
      event.preventDefault();
      event.stopPropagation();
      waiting = event.target.action;
    },
    true,
  );
  root.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-item-form]");
    if (!form) return;
    event.preventDefault();
    event.stopPropagation();
    const body = new FormData(form, event.submitter || undefined);
    ask(form.action, { method: "POST", body }, "keep" in form.dataset ? form : null);
  });
  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-act=edit],[data-act=split],[data-close]");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const element = link.closest("[data-item]");
    go(element, { focus: false });
    if ("close" in link.dataset) all("form[data-keep]", element).forEach(forget);
    ask("close" in link.dataset ? `${root.dataset.base}${element.dataset.item}/` : link.href);
  });

  /* --- adding from a selection --- */
  const offset = (node, at) => {
    const line = (node.nodeType === 1 ? node : node.parentElement).closest("[data-start]");
    if (!line) return null;
    const range = document.createRange();
    range.selectNodeContents(line);
    range.setEnd(node, at);
    return Number(line.dataset.start) + range.toString().length;
  };
  let chosen = null;
  const note = () => {
    const selection = window.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const range = selection.getRangeAt(0);
    if (!source.contains(range.commonAncestorContainer)) return;
    const start = offset(range.startContainer, range.startOffset);
    const end = offset(range.endContainer, range.endOffset);
    if (start !== null && end !== null && start < end) chosen = { start, end, text: selection.toString().trim() };
  };
  on("selectionchange", note);
  const add = () => {
    const box = document.getElementById("add");
    if (!box) return;
    note(); // a quick hand presses the key before the browser has told of the selection
    if (!chosen) {
      shout(root.dataset.saySelection);
      return;
    }
    const form = box.querySelector("[data-add]");
    form.elements.start.value = chosen.start;
    form.elements.end.value = chosen.end;
    form.elements.quote.value = chosen.text;
    box.open = true;
    pane("items");
    box.scrollIntoView({ block: "start" });
    form.elements.quote.focus();
  };

  /* --- keys; those of lists rest here --- */
  const off = () => {
    try {
      return localStorage.getItem("keys-off") === "1";
    } catch {
      return false;
    }
  };
  const press = (name) => {
    const element = current() || cards()[0];
    const button = element && element.querySelector(`[data-act=${name}]`);
    if (button) button.click();
  };
  document.addEventListener(
    "keydown",
    (event) => {
      if (off() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      if (document.querySelector("dialog[open]")) return;
      const target = event.target;
      if (event.key === "Escape") {
        const close = target.closest && target.closest("[data-item]") && target.closest("[data-item]").querySelector("[data-close]");
        if (close) close.click();
        return;
      }
      if (target.isContentEditable || /^(TEXTAREA|SELECT)$/.test(target.tagName)) return;
      if (target.tagName === "INPUT" && !/^(checkbox|radio|button|submit)$/.test(target.type)) return;
      const act = {
        j: () => step(1),
        k: () => step(-1),
        a: () => press("accept"),
        e: () => press("edit"),
        s: () => press("split"),
        g: () => press("join"),
        x: () => press("reject"),
        u: () => press("undo"),
        v: () => {
          const link = root.querySelector("[data-next=doubt]");
          if (link && !nextWaiting(true)) location.href = `${root.dataset.base}?loc=nghi-van${link.hash}`;
          else if (!link) say(root.dataset.sayNone);
        },
        b: () => {
          const button = root.querySelector("[data-repeats] button");
          if (button) button.click();
        },
        n: add,
        d: () => {
          const doubtful = new URLSearchParams(location.search).get("loc") === "nghi-van";
          location.href = root.dataset.base + (doubtful ? "" : "?loc=nghi-van");
        },
        "?": () => openDialog("register-keys"),
      }[event.key];
      if (!act) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      act();
    },
    true,
  );

  const hash = location.hash.match(/^#i-(\d+)$/);
  if (hash) go(card(hash[1]));

  /* --- what was typed into an item and is there again: in view, on its own side of a phone --- */
  const again = root.querySelector("[data-item] form [data-kept]");
  if (again) {
    pane("items");
    requestAnimationFrame(() => openInside(again.closest("form")));
  }
}

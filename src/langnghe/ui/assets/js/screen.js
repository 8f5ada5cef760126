/* Pages for the room: the arrow keys (and the keys of a presenter's remote) turn the parts. */
import { on } from "./basics.js";

on("keydown", (event) => {
  if (!document.body.classList.contains("screen") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("[role=region], .tabs")) return;
  const way = { ArrowRight: "next", PageDown: "next", ArrowLeft: "prev", PageUp: "prev" }[event.key];
  const link = way && document.querySelector(`.screen-foot a[rel=${way}]`);
  if (!link) return;
  event.preventDefault();
  link.click();
});

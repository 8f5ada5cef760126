/* Counters, checks on leaving a field, asking before an act, one sending a form. */
import { all, ask, on } from "./basics.js";

/* --- how much room is left --- */
const format = new Intl.NumberFormat(document.documentElement.lang || "vi");
const count = (area) => {
  const line = document.getElementById(area.dataset.count);
  if (!line) return;
  const left = Number(line.dataset.limit) - Array.from(area.value).length;
  const text = left < 0 ? line.dataset.over : line.dataset.left;
  line.textContent = text.replace("{n}", format.format(Math.abs(left)));
  line.classList.toggle("counter-over", left < 0);
};
all("[data-count]").forEach(count);
on("input", (event) => event.target.dataset && event.target.dataset.count && count(event.target));

/* --- say what to do as soon as a field is left, with the same words as the server --- */
on("focusout", (event) => {
  const input = event.target;
  if (!input.form || !("check" in input.form.dataset) || !input.id || !input.willValidate) return;
  const box = input.closest(".field");
  if (!box || box.querySelector("fieldset") || input.type === "file") return;
  const bad = !input.validity.valid;
  const words = input.validity.valueMissing ? input.dataset.required : input.dataset.invalid;
  let line = document.getElementById(`${input.id}_error`);
  if (bad && words) {
    if (!line) {
      line = document.createElement("p");
      line.className = "error";
      line.id = `${input.id}_error`;
      input.before(line);
    }
    line.textContent = words;
    const described = (input.getAttribute("aria-describedby") || "").split(" ");
    if (!described.includes(line.id)) described.push(line.id);
    input.setAttribute("aria-describedby", described.join(" ").trim());
    input.setAttribute("aria-invalid", "true");
    box.classList.add("field-bad");
  } else if (!bad && line) {
    line.remove();
    input.removeAttribute("aria-invalid");
    box.classList.remove("field-bad");
  }
});

/* --- sending: ask first where told to, wait for uploads, and only once --- */
const release = (form) => {
  delete form.dataset.sent;
  all(".busy", form).forEach((button) => {
    button.classList.remove("busy");
    button.removeAttribute("aria-disabled");
  });
};
on("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog") return;
  const button = event.submitter;
  const question = (button && button.dataset.confirm) || form.dataset.confirm;
  if (question && !form.dataset.agreed) {
    event.preventDefault();
    ask(question, () => {
      form.dataset.agreed = "1";
      form.requestSubmit ? form.requestSubmit(button) : form.submit();
      delete form.dataset.agreed;
    });
    return;
  }
  if (form.method !== "post" || "many" in form.dataset) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  if (button && button.classList.contains("button")) {
    button.classList.add("busy");
    button.setAttribute("aria-disabled", "true");
  }
});
window.addEventListener("pageshow", (event) => event.persisted && all("form[data-sent]").forEach(release));

/*
 * Resumable uploads: a file goes up in pieces while the person goes on writing; a lost connection only makes it wait.
 *   POST url            name, size, type           → 201 {"url": "…", "offset": 0}
 *   PATCH that url      bytes, Upload-Offset: n    → 200 {"offset": n} … at the end {"offset": size, "id": "…"}
 *   HEAD that url                                  → Upload-Offset: n   (where to go on)
 *   DELETE that url                                → 204
 * A refusal is 4xx {"message": "…"}; the message is shown as it is. Without this script the file field sends itself.
 */
import { all, on } from "./basics.js";

const PIECE = 384 * 1024;
const SHRINK_FROM = 1.5 * 1024 * 1024;
const LONGEST_SIDE = 2400;
const pause = (ms) => new Promise((go) => setTimeout(go, ms));
const online = () =>
  navigator.onLine === false
    ? new Promise((go) => window.addEventListener("online", go, { once: true }))
    : Promise.resolve();

class Refused extends Error {}

/* A photo of a modern phone is ten times what a case needs; send what is needed. */
const shrink = async (file) => {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size < SHRINK_FROM || !window.createImageBitmap) return file;
  try {
    const picture = await createImageBitmap(file);
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((go) => canvas.toBlob(go, "image/jpeg", 0.86));
    return blob && blob.size < file.size ? blob : file;
  } catch {
    return file;
  }
};

all("[data-upload-url]").forEach((box) => {
  const say = box.dataset;
  const input = box.querySelector("input[type=file]");
  const list = box.querySelector("[data-files]");
  const form = input.form;
  const token = form && form.elements.csrfmiddlewaretoken;
  let running = 0;
  let queue = Promise.resolve();
  let waiting = null;

  const headers = (more) => ({ "X-CSRFToken": token ? token.value : "", Accept: "application/json", ...more });
  const answer = async (response) => {
    let body = {};
    try {
      body = await response.json();
    } catch {
      /* not JSON: the status alone speaks */
    }
    if (response.ok) return body;
    if (response.status < 500 && response.status !== 408 && response.status !== 429)
      throw new Refused(body.message || say.sayFailed);
    throw new Error(String(response.status));
  };

  const send = async (file, item) => {
    const body = await shrink(file);
    const total = body.size;
    let url = null;
    let offset = 0;
    for (let failures = 0; ; ) {
      if (item.gone) return;
      try {
        if (!url) {
          const facts = new FormData();
          facts.append("name", file.name);
          facts.append("size", total);
          facts.append("type", body.type || "");
          const begun = await answer(await fetch(say.uploadUrl, { method: "POST", body: facts, headers: headers() }));
          url = item.url = begun.url;
          offset = begun.offset || 0;
        } else if (failures) {
          const known = await fetch(url, { method: "HEAD", headers: headers() });
          if (known.ok) offset = Number(known.headers.get("Upload-Offset") || 0);
          else if (known.status === 404) url = null;
          if (!url) continue;
        }
        for (;;) {
          if (item.gone) return;
          const got = await answer(
            await fetch(url, {
              method: "PATCH",
              body: body.slice(offset, offset + PIECE),
              headers: headers({ "Upload-Offset": String(offset), "Content-Type": "application/offset+octet-stream" }),
            }),
          );
          failures = 0;
          offset = got.offset;
          item.progress(total ? offset / total : 1);
          if (got.id) {
            item.done(got.id);
            return;
          }
        }
      } catch (error) {
        if (error instanceof Refused) throw error;
        failures += 1;
        item.state(say.sayRetry);
        await online();
        await pause(Math.min(30000, 800 * 2 ** Math.min(failures, 6)));
      }
    }
  };

  const add = (file) => {
    const row = document.createElement("li");
    row.className = "file-item";
    const name = document.createElement("span");
    name.className = "file-name";
    name.textContent = file.name;
    const state = document.createElement("span");
    state.className = "file-state";
    const bar = document.createElement("progress");
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", file.name);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "button button-quiet";
    remove.textContent = say.sayRemove;
    remove.setAttribute("aria-label", `${say.sayRemove} ${file.name}`);
    row.append(name, state, remove, bar);
    list.append(row);
    const item = {
      gone: false,
      url: null,
      state: (text) => (state.textContent = text),
      progress: (share) => {
        bar.value = Math.round(share * 100);
        state.textContent = say.sayWait.replace("{n}", bar.value);
      },
      done: (id) => {
        bar.remove();
        state.textContent = say.sayDone;
        const hidden = document.createElement("input");
        hidden.type = "hidden";
        hidden.name = say.uploadField;
        hidden.value = id;
        row.append(hidden);
      },
      fail: (text) => {
        bar.remove();
        row.classList.add("file-bad");
        state.textContent = text;
      },
    };
    remove.addEventListener("click", () => {
      item.gone = true;
      row.remove();
      if (item.url) fetch(item.url, { method: "DELETE", headers: headers() }).catch(() => {});
      input.focus();
    });
    return item;
  };

  const take = (files) => {
    for (const file of files) {
      if (list.querySelectorAll("li:not(.file-bad)").length >= Number(say.maxFiles)) {
        add(file).fail(say.sayMany);
        continue;
      }
      const item = add(file);
      if (file.size > Number(say.maxSize) && !/^image\//.test(file.type)) {
        item.fail(say.sayLarge);
        continue;
      }
      item.progress(0);
      running += 1;
      queue = queue
        .then(() => send(file, item))
        .catch((error) => item.fail(error instanceof Refused ? error.message : say.sayFailed))
        .then(() => {
          running -= 1;
          if (!running && waiting) {
            const button = waiting.button;
            waiting = null;
            delete form.dataset.sent;
            if (button) button.classList.remove("busy");
            form.requestSubmit(button);
          }
        });
    }
  };

  input.addEventListener("change", () => {
    const files = Array.from(input.files);
    input.value = "";
    take(files);
  });
  ["dragover", "dragleave", "drop"].forEach((type) =>
    box.addEventListener(type, (event) => {
      event.preventDefault();
      box.classList.toggle("file-drop-over", type === "dragover");
      if (type === "drop" && event.dataTransfer) take(Array.from(event.dataTransfer.files));
    }),
  );
  /* Uploaded rows that the server wrote can be taken away too. */
  all(".file-item", list).forEach((row) => {
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "button button-quiet";
    remove.textContent = say.sayRemove;
    remove.setAttribute("aria-label", `${say.sayRemove} ${row.querySelector(".file-name").textContent}`);
    remove.addEventListener("click", () => {
      row.remove();
      input.focus();
    });
    row.append(remove);
  });
  /* Sending while a file is on its way: wait for it, then send. Never without a file that was refused, unseen: the
     first try shows it, the next one sends without it. */
  if (form && form.requestSubmit)
    on(
      "submit",
      (event) => {
        if (event.target !== form) return;
        const unseen = running ? null : list.querySelector(".file-bad:not([data-seen])");
        if (!running && !unseen) return;
        event.preventDefault();
        event.stopPropagation();
        if (unseen) {
          all(".file-bad", list).forEach((row) => (row.dataset.seen = ""));
          unseen.scrollIntoView({ block: "center" });
          unseen.querySelector("button").focus();
          return;
        }
        waiting = { button: event.submitter };
        if (event.submitter) event.submitter.classList.add("busy");
      },
      true,
    );
});

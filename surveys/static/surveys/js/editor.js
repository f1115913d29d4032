// Keeps what is typed in the editor as an unsaved draft, lists its problems, and shows the chosen
// page of it. Without this script, forms and preview work by their buttons.
"use strict";

(() => {
  const WAIT = 1200;
  const preview = document.querySelector("[data-preview]");
  const form = document.querySelector("[data-form]");
  const text = document.querySelector("[data-text]");
  const live = document.querySelector("[data-live]");

  const show = () => preview.requestSubmit();
  if (preview) {
    // It shows what is chosen without its button.
    preview.querySelector("button").hidden = true;
    preview.addEventListener("change", show);
    show();
  }
  if (!text || !form || !live) {
    return;
  }
  const area = text.elements.namedItem("text");
  const hidden = form.elements.namedItem("text");
  const status = live.querySelector("[data-status]");
  const list = live.querySelector("[data-problems]");
  let timer = 0;
  let asked = 0;
  let request = new AbortController();

  // The editor of codemirror.js listens to these.
  const announce = (name, detail) => area.dispatchEvent(new CustomEvent(name, { detail }));

  const problemOf = ({ line, sentence }) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = `Line ${line}`;
    button.addEventListener("click", () => announce("line", line));
    item.append(button, ` ${sentence}`);
    return item;
  };

  const report = ({ problems, error }) => {
    list.replaceChildren(...problems.map(problemOf));
    const n = problems.length;
    const found = n ? `${n} problem${n > 1 ? "s" : ""} in it.` : error || "No problem in it.";
    status.textContent = `Kept for you, not saved yet. ${found}`;
    live.hidden = false;
  };

  const keep = async (source) => {
    const number = ++asked;
    request = new AbortController();
    try {
      const response = await fetch(text.dataset.text, {
        method: "POST",
        body: new FormData(source),
        signal: request.signal,
      });
      if (!response.ok) {
        throw new Error(response.statusText);
      }
      const answer = await response.json();
      if (number !== asked) {
        return;
      }
      hidden.value = answer.text;
      if (source === form) {
        area.value = answer.text;
        announce("replaced");
      }
      announce("problems", answer.problems);
      report(answer);
      if (!answer.problems.length && !answer.error) {
        show();
      }
    } catch (error) {
      if (error.name === "AbortError") {
        return;
      }
      status.textContent = "Your text could not be kept: the server does not answer or you are signed out.";
      live.hidden = false;
    }
  };

  const plan = (source) => {
    clearTimeout(timer);
    timer = setTimeout(keep, WAIT, source);
  };
  area.addEventListener("input", () => {
    hidden.value = area.value;
    plan(text);
  });
  form.addEventListener("input", () => plan(form));
  // What is being saved is not kept beside it as unsaved.
  for (const saved of [form, text]) {
    saved.addEventListener("submit", () => {
      clearTimeout(timer);
      request.abort();
    });
  }
})();

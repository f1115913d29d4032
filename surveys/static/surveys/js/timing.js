// Keeps the times of a task: how soon and how late it may be answered, how long pictures are shown.
"use strict";

const timed = document.querySelector("form[data-keys]");
const { minimumSeconds, limitSeconds, presentMs } = timed.dataset;

if (minimumSeconds) {
  const button = timed.querySelector("button");
  button.disabled = true;
  setTimeout(() => (button.disabled = false), minimumSeconds * 1000);
  // The key Enter sends the form, too. This runs before the listener of trial.js.
  timed.addEventListener("submit", (event) => {
    if (!button.disabled) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
}

// The server has a clock of its own, by which it decides that the time is over.
if (limitSeconds) {
  setTimeout(() => {
    timed.append(Object.assign(document.createElement("input"), { type: "hidden", name: "timed_out", value: "1" }));
    timed.noValidate = true;
    timed.requestSubmit();
  }, limitSeconds * 1000);
}

// Hidden until all of them can be shown at once.
if (presentMs) {
  document.addEventListener("loaded", () => {
    document.body.classList.add("is-presenting");
    requestAnimationFrame(() => requestAnimationFrame((time) => hideAfter(time + Number(presentMs))));
  }, { once: true });
}

// The first frame at or after that moment is the first without them.
function hideAfter(moment) {
  requestAnimationFrame((time) => {
    if (time < moment) hideAfter(moment);
    else document.body.classList.remove("is-presenting");
  });
}

// Times an answer from the first paint of both images, and lets keys choose it.
// The form works without this script; the answer is then stored without times.
"use strict";

const form = document.querySelector("form[data-keys]");
let shownAt = null;
let hiddenSince = null;
let hiddenTime = 0;
let isSent = false;

// The page may be the server's answer to the form of the question before it. Under its own address
// a reload asks for it, instead of sending that form again.
history.replaceState(history.state, "", form.getAttribute("action"));

const images = [...document.querySelectorAll(".pair img")];
Promise.all(images.map((image) => image.decode())).then(
  // The second frame begins when the first, with the images in it, has been painted.
  () => requestAnimationFrame(() => requestAnimationFrame(startClock)),
  () => {}, // An image that cannot be shown: no time is better than a wrong one.
);

function startClock() {
  shownAt = performance.now();
  if (document.hidden) hiddenSince = shownAt;
  preloadNext();
}

function preloadNext() {
  for (const link of document.querySelectorAll("link[rel=prefetch]")) {
    if (!link.relList.supports("prefetch")) new Image().src = link.href;
  }
}

document.addEventListener("visibilitychange", () => {
  if (shownAt === null) return;
  if (document.hidden) {
    hiddenSince = performance.now();
  } else if (hiddenSince !== null) {
    hiddenTime += performance.now() - hiddenSince;
    hiddenSince = null;
  }
});

form.addEventListener("submit", (event) => {
  if (isSent) {
    event.preventDefault();
    return;
  }
  isSent = true;
  if (shownAt === null || !form.elements.response_time_ms) return;
  form.elements.response_time_ms.value = Math.round(performance.now() - shownAt);
  form.elements.hidden_time_ms.value = Math.round(hiddenTime);
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  // In the focused group, else in the first.
  const group = event.target.closest("fieldset") ?? form.querySelector("fieldset");
  const choices = group?.querySelectorAll("input[type=radio]") ?? [];
  const chosen = /^[1-9]$/.test(event.key) ? choices[event.key - 1] : undefined;
  if (chosen) {
    chosen.checked = true;
    chosen.focus();
  } else if (event.key === "Enter" && !event.target.closest("a, button")) {
    event.preventDefault();
    form.requestSubmit();
  }
});

// A page that the browser kept alive may be of a question gone by: ask for it again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

for (const hint of form.querySelectorAll(".keys-hint")) hint.hidden = false;


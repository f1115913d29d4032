// Times an answer from the first paint of all images, and lets keys choose it.
// The form works without this script; the answer is then stored without times.
"use strict";

const form = document.querySelector("form[data-keys]");
const images = [...document.querySelectorAll("main img")];
const notice = document.getElementById("images-failed");
// When the browser says that it painted each image, and the frame that stands in for that.
const paints = new Map();
let frameAt;
let inputAt = 0;
let chosenAt;
let changes = form.querySelector("[name=answer]:checked") ? 0 : -1;
let hiddenSince;
let hiddenTime = 0;
let isSent;

// The page may be the server's answer to the form of the question before it. Under its own address
// a reload asks for it, instead of sending that form again.
history.replaceState(history.state, "", form.getAttribute("action"));

if (PerformanceObserver.supportedEntryTypes?.includes("element")) {
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) paints.set(entry.element, entry.renderTime);
  }).observe({ type: "element", buffered: true });
}
waitForImages();

function missing() {
  return images.filter((image) => !image.complete || !image.naturalWidth);
}

async function waitForImages() {
  await Promise.allSettled(images.map((image) => image.decode()));
  notice.hidden = !missing().length;
  if (!notice.hidden) return;
  document.dispatchEvent(new Event("loaded"));
  // The second frame begins when the first, with the images in it, has been painted.
  requestAnimationFrame(() => requestAnimationFrame(startClock));
}

notice.querySelector("button").addEventListener("click", () => {
  notice.hidden = true;
  for (const image of missing()) image.src = image.getAttribute("src");
  waitForImages();
});

function startClock(time) {
  frameAt = time;
  for (const link of document.querySelectorAll("link[rel=prefetch]")) {
    if (!link.relList.supports("prefetch")) new Image().src = link.href;
  }
}

document.addEventListener("visibilitychange", ({ timeStamp }) => {
  if (document.hidden) hiddenSince = timeStamp;
  else if (frameAt && hiddenSince) hiddenTime += timeStamp - hiddenSince;
});

// When the hand moved, however late the page hears of it.
for (const kind of ["click", "keydown"]) {
  document.addEventListener(kind, (event) => (inputAt = event.timeStamp), true);
}

function noteChoice({ name }) {
  if (name !== "answer") return;
  chosenAt = inputAt;
  changes += 1;
}

form.addEventListener("change", (event) => noteChoice(event.target));

form.addEventListener("submit", (event) => {
  if (isSent) return event.preventDefault();
  isSent = true;
  for (const [name, value] of Object.entries(measures())) {
    form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  }
});

function measures() {
  const counted = { images_failed: missing().length, n_changes: Math.max(changes, 0) };
  const isPainted = images.every((image) => paints.has(image));
  const shownAt = isPainted ? Math.max(...paints.values()) : frameAt;
  // No time is better than a wrong one.
  if (counted.images_failed || !(inputAt >= shownAt)) return counted;
  const since = (moment) => Math.round(Math.max(moment - shownAt, 0));
  return {
    ...counted,
    timed_by: isPainted ? "element" : "frames",
    response_time_ms: since(inputAt),
    hidden_time_ms: Math.min(Math.round(hiddenTime), since(inputAt)),
    chosen_ms: chosenAt ? since(chosenAt) : "",
  };
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  // In the focused group, else in the first.
  const group = event.target.closest("fieldset") ?? form.querySelector("fieldset");
  const choices = group?.querySelectorAll("input[type=radio]") ?? [];
  const chosen = /^[1-9]$/.test(event.key) ? choices[event.key - 1] : undefined;
  if (chosen) {
    if (!chosen.checked) noteChoice(chosen);
    chosen.checked = true;
    chosen.focus();
  } else if (event.key === "Enter" && !event.target.closest("a, button, textarea, select")) {
    event.preventDefault();
    form.requestSubmit();
  }
});

// A page that the browser kept alive may be of a question gone by: ask for it again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

for (const hint of form.querySelectorAll(".keys-hint")) hint.hidden = false;


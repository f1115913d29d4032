// Keeps a form that is sent while the browser is offline, says so, and sends it once that is over.
// Without this script the browser shows a page of its own, from which “back” leads to the form.
"use strict";

const offlineNotice = document.getElementById("offline");
const TRY_AGAIN_MS = 5000;
let kept = null;

document.addEventListener("submit", (event) => {
  // trial.js has noted the times, or held back a second press.
  if (event.defaultPrevented || navigator.onLine) return;
  event.preventDefault();
  keep(event.target, event.submitter);
});

function keep(form, button) {
  kept = form;
  // A form that is sent by a script leaves out which button was pressed.
  if (button?.name) form.append(Object.assign(document.createElement("input"), {
    type: "hidden", name: button.name, value: button.value,
  }));
  // What was chosen is what is sent; the question stays to be read.
  for (const part of form.querySelectorAll("label, textarea, button")) part.inert = true;
  window.addEventListener("keydown", (event) => event.stopImmediatePropagation(), true);
  form.before(offlineNotice);
  offlineNotice.hidden = false;
  offlineNotice.scrollIntoView({ block: "center" });
  window.addEventListener("online", send);
  setInterval(send, TRY_AGAIN_MS);
}

async function send() {
  try {
    // The browser may be online in a network that does not reach us.
    await fetch(document.querySelector("link[rel=icon]").href, { method: "HEAD", cache: "no-store" });
  } catch {
    return;
  }
  kept?.submit();
  kept = null;
}

// Keeps the marked part of a page up to date while the part asks for it: data-live-seconds says how
// often, and is empty once nothing will change. Without it, the page's link does the same.
"use strict";

(() => {
  const page = document.querySelector("[data-live-seconds]");
  const button = document.querySelector("[data-live-pause]");
  const news = document.querySelector("[data-live-news]");
  const problem = document.querySelector("[data-live-problem]");
  if (!page || !button || !news || !problem) {
    return;
  }
  const wait = () => Number(page.dataset.liveSeconds) * 1000;
  let timer = 0;
  let isPaused = false;
  let isAsking = false;

  const detailsOf = () => [...page.querySelectorAll("details[id]")].map((one) => [one.id, one.open]);

  // What the reader has opened or closed stays so, and the keyboard stays where it is.
  const show = (fresh) => {
    page.dataset.liveSeconds = fresh.dataset.liveSeconds;
    if (fresh.dataset.stamp !== undefined && fresh.dataset.stamp === page.dataset.stamp) {
      return;
    }
    const states = detailsOf();
    const before = page.dataset.summary;
    const focused = page.contains(document.activeElement) ? document.activeElement.id : "";
    page.replaceChildren(...fresh.childNodes);
    Object.assign(page.dataset, fresh.dataset);
    states.forEach(([id, open]) => document.getElementById(id)?.toggleAttribute("open", open));
    if (focused) {
      document.getElementById(focused)?.focus({ preventScroll: true });
    }
    // Read out politely, and only when something has changed.
    if (before !== fresh.dataset.summary) {
      news.textContent = fresh.dataset.summary;
    }
  };

  const update = async () => {
    clearTimeout(timer);
    if (isPaused || isAsking || document.hidden || !wait()) {
      return;
    }
    isAsking = true;
    try {
      const response = await fetch(location.href, { redirect: "error" });
      const answer = new DOMParser().parseFromString(await response.text(), "text/html");
      const fresh = answer.querySelector("[data-live-seconds]");
      if (!response.ok || !fresh) {
        throw new Error(response.statusText);
      }
      if (!isPaused) {
        show(document.adoptNode(fresh));
      }
      problem.hidden = true;
    } catch {
      // The server is restarting, the network is away or the session has ended: ask again later.
      problem.hidden = false;
    }
    isAsking = false;
    plan();
  };

  const plan = () => {
    button.hidden = !wait();
    timer = wait() ? setTimeout(update, wait()) : 0;
  };

  button.addEventListener("click", () => {
    isPaused = !isPaused;
    button.setAttribute("aria-pressed", String(isPaused));
    update();
  });
  document.addEventListener("visibilitychange", update);
  plan();
})();

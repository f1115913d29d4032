// Keeps the marked part of a page up to date. Without it, the page's link does the same.
"use strict";

(() => {
  const page = document.querySelector("[data-live-seconds]");
  const button = document.querySelector("[data-live-pause]");
  const news = document.querySelector("[data-live-news]");
  const problem = document.querySelector("[data-live-problem]");
  if (!page || !button || !news || !problem) {
    return;
  }
  const wait = Number(page.dataset.liveSeconds) * 1000;
  let timer = 0;
  let isPaused = false;
  let isAsking = false;

  const openOnes = () => [...page.querySelectorAll("details[id][open]")].map((one) => one.id);

  // What the reader has opened stays open, and where they are stays where they are.
  const show = (fresh) => {
    const open = openOnes();
    const before = page.dataset.summary;
    const focused = page.contains(document.activeElement) ? document.activeElement.id : "";
    page.replaceChildren(...fresh.childNodes);
    page.dataset.summary = fresh.dataset.summary;
    open.forEach((id) => document.getElementById(id)?.setAttribute("open", ""));
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
    if (isPaused || isAsking || document.hidden) {
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
    timer = setTimeout(update, wait);
  };

  button.hidden = false;
  button.addEventListener("click", () => {
    isPaused = !isPaused;
    button.setAttribute("aria-pressed", String(isPaused));
    update();
  });
  document.addEventListener("visibilitychange", update);
  timer = setTimeout(update, wait);
})();

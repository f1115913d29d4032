// Keeps the progress of running builds up to date. Without it, a reload does the same.
"use strict";

(() => {
  const SECONDS = 2;
  const page = document.querySelector("[data-progress-url]");
  const news = document.querySelector("[data-progress-news]");
  const shown = () => [...document.querySelectorAll("[data-build]")];
  if (!page || shown().length === 0) {
    return;
  }

  const show = (element, build) => {
    for (const field of element.querySelectorAll("[data-field]")) {
      const value = build[field.dataset.field] || field.dataset.empty || "";
      if (field.textContent !== value) {
        field.textContent = value;
      }
    }
    for (const bar of element.querySelectorAll("progress")) {
      bar.value = build.permille;
    }
  };

  // A list's rows change as a whole when a build begins or is over; a build's own page, with its
  // curves and pictures, whenever anything of it does.
  const isOutdated = (element, build) =>
    !build ||
    ("stamp" in element.dataset
      ? element.dataset.stamp !== build.stamp
      : element.dataset.status !== build.status);

  const opened = (part) => [...part.querySelectorAll("details[id]")];

  // The page's own address is asked for, and its part put in the old one's place. What the reader
  // has opened or closed stays so, and the keyboard stays where it is.
  const renew = async () => {
    const response = await fetch(location.href, { redirect: "error" });
    const answer = new DOMParser().parseFromString(await response.text(), "text/html");
    const fresh = answer.querySelector("[data-progress-page]");
    if (!response.ok || !fresh) {
      throw new Error(response.statusText);
    }
    const before = page.dataset.summary;
    const states = opened(page).map((one) => [one.id, one.open]);
    const focused = page.contains(document.activeElement) ? document.activeElement.id : "";
    page.replaceChildren(...document.adoptNode(fresh).childNodes);
    page.dataset.summary = fresh.dataset.summary;
    for (const [id, open] of states) {
      document.getElementById(id)?.toggleAttribute("open", open);
    }
    if (focused) {
      document.getElementById(focused)?.focus({ preventScroll: true });
    }
    if (news && before !== page.dataset.summary) {
      news.textContent = page.dataset.summary;
    }
  };

  const update = async () => {
    try {
      const response = await fetch(page.dataset.progressUrl, { redirect: "error" });
      if (!response.ok) {
        throw new Error(response.statusText);
      }
      const { builds } = await response.json();
      if (!shown().some((element) => isOutdated(element, builds[element.dataset.build]))) {
        shown().forEach((element) => show(element, builds[element.dataset.build]));
      } else if ("progressPage" in page.dataset) {
        await renew();
      } else {
        location.reload();
        return;
      }
    } catch {
      // The server is restarting or the network is away: ask again later.
    }
    if (shown().length > 0) {
      setTimeout(update, SECONDS * 1000);
    }
  };

  setTimeout(update, SECONDS * 1000);
})();

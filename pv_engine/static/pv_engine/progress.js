// Keeps the progress of running builds up to date. Without it, a reload does the same.
"use strict";

(() => {
  const SECONDS = 2;
  const page = document.querySelector("[data-progress-url]");
  const shown = [...document.querySelectorAll("[data-build]")];
  if (!page || shown.length === 0) {
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

  // A change that alters the page itself (begun, next phase, over) is left to the server.
  const needsReload = (element, build) =>
    !build ||
    element.dataset.status !== build.status ||
    ("phase" in element.dataset && element.dataset.phase !== build.phase);

  const update = async () => {
    try {
      const response = await fetch(page.dataset.progressUrl, { redirect: "error" });
      if (!response.ok) {
        throw new Error(response.statusText);
      }
      const { builds } = await response.json();
      if (shown.some((element) => needsReload(element, builds[element.dataset.build]))) {
        location.reload();
        return;
      }
      shown.forEach((element) => show(element, builds[element.dataset.build]));
    } catch {
      // The server is restarting or the network is away: ask again later.
    }
    setTimeout(update, SECONDS * 1000);
  };

  setTimeout(update, SECONDS * 1000);
})();

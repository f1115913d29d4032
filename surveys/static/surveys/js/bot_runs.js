// Keeps the count of running bots up to date. Without it, a reload does the same.
"use strict";

(() => {
  const SECONDS = 2;
  const table = document.querySelector("[data-bot-runs]");
  if (!table) {
    return;
  }

  const update = async () => {
    try {
      const response = await fetch(table.dataset.botRuns, { redirect: "error" });
      if (!response.ok) {
        throw new Error(response.statusText);
      }
      const { runs } = await response.json();
      for (const row of table.querySelectorAll("[data-run]")) {
        const run = runs[row.dataset.run];
        if (!run || run.status !== row.dataset.status) {
          location.reload();
          return;
        }
        row.querySelector("[data-done]").textContent = run.done;
        row.querySelector("progress").value = run.done;
      }
    } catch {
      // The server is restarting or the network is away: ask again later.
    }
    setTimeout(update, SECONDS * 1000);
  };

  setTimeout(update, SECONDS * 1000);
})();

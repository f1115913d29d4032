// Counts pastes, and events that a program in the page caused instead of the browser, and sends both
// numbers with the page's form. Loaded only where the protocol asks for it.
"use strict";

{
  const form = document.querySelector("main form");
  const counts = { n_pastes: 0, n_untrusted_events: 0 };

  document.addEventListener("paste", () => (counts.n_pastes += 1), true);
  for (const kind of ["click", "keydown", "input", "change"]) {
    document.addEventListener(kind, ({ isTrusted }) => (counts.n_untrusted_events += !isTrusted), true);
  }

  form.addEventListener("submit", () => {
    for (const [name, count] of Object.entries(counts)) {
      const field = form.elements[name] ?? document.createElement("input");
      form.append(Object.assign(field, { type: "hidden", name, value: Math.min(count, 1000) }));
    }
  });
}

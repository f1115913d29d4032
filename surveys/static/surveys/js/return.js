// Follows the link back to the panel by itself, unless the participant wants to stay.
// Without this script there is the link alone.
"use strict";

const wayBack = document.querySelector("[data-return-seconds]");
const parts = [document.getElementById("stay"), document.getElementById("going")];
const departure = setTimeout(() => wayBack.click(), 1000 * wayBack.dataset.returnSeconds);

for (const part of parts) part.hidden = false;

parts[0].addEventListener("click", () => {
  clearTimeout(departure);
  for (const part of parts) part.hidden = true;
  wayBack.focus();
});

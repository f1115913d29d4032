// Sends the window's width with the form, as it is when the form is sent.
"use strict";

const field = document.querySelector("[data-window-width]");

field.form.addEventListener("submit", () => (field.value = window.innerWidth));

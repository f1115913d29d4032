// Says that a browser shows this page: link previews and crawlers fetch it, but run no script.
"use strict";

const form = document.getElementById("arrival");

function say() {
  fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true });
}

// A page that is made ready before anybody asks for it is nobody's arrival yet.
if (document.prerendering) document.addEventListener("prerenderingchange", say, { once: true });
else say();

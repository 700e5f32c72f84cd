// What changes by itself leaves alone what somebody is doing: a form in the sidebar stays until it is sent or cancelled, what was
// opened stays open, and who reads the end of a conversation stays there.
"use strict";

document.addEventListener("htmx:beforeRequest", (event) => {
  const panel = event.detail.elt.closest(".side");
  if (panel && event.detail.elt.parentElement === panel && panel.querySelector(".fact-form")) event.preventDefault();
});

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const place = event.detail.target;
  const open = [...place.querySelectorAll("details[open][id]")].map((one) => one.id);
  const pane = place.closest(".talk");
  const isAtEnd = pane && pane.scrollHeight - pane.scrollTop - pane.clientHeight < 80;
  queueMicrotask(() => {
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (isAtEnd) pane.scrollTop = pane.scrollHeight;
  });
});

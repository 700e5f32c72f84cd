// What the pages of those who ask add to what all pages do: pasted files, and a rating that is being written stays.
"use strict";

document.addEventListener("paste", (event) => {
  const form = event.target.closest?.("form[data-upload]");
  const files = [...(event.clipboardData?.files || [])];
  if (!form || !files.length) return;
  event.preventDefault();
  form.dispatchEvent(new CustomEvent("send-files", { detail: { files, picture: false } }));
});

document.addEventListener("htmx:oobBeforeSwap", (event) => {
  const place = event.detail.target;
  if (place.id !== "rate") return;
  const said = place.querySelector("textarea");
  if (place.contains(document.activeElement) || (said && said.value !== said.defaultValue)) event.detail.shouldSwap = false;
});

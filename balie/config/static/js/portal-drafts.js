// What somebody writes is kept on their device while it cannot be sent: the connection is away, or they are signed out.
//
// It is kept from the press of "send" until the desk says that it has arrived (a cookie with the form's key), and from the first
// letter while the connection is known to be away. With the words goes the form's key, so that what did arrive is not said twice.
// Only for the person who wrote it: when somebody else signs in on this device, it is removed.
"use strict";

(() => {
  const PREFIX = "balie-draft:";
  const LONGEST = 7 * 24 * 3600 * 1000;
  const FIELDS = ["text", "subject", "place", "other", "once"];
  const form = document.querySelector("form[data-draft]");
  const person = form && form.dataset.person;
  let store;
  try {
    store = window.localStorage;
    store.length;
  } catch {
    return; // The browser keeps nothing for this page, as in some private windows.
  }

  const kept = () => Object.keys(store).filter((key) => key.startsWith(PREFIX));
  const read = (key) => {
    try { return JSON.parse(store.getItem(key)); } catch { return null; }
  };

  const taken = document.cookie.split("; ").find((one) => one.startsWith("taken="));
  if (taken) document.cookie = "taken=; path=/my/requests; max-age=0; samesite=lax";
  for (const key of kept()) {
    const draft = read(key);
    const isOver = !draft || Date.now() - draft.at > LONGEST;
    const isAnothers = person && !key.startsWith(`${PREFIX}${person}:`);
    const hasArrived = draft && taken && draft.once === taken.slice("taken=".length);
    if (isOver || isAnothers || hasArrived) store.removeItem(key);
  }
  if (!form) return;

  const key = `${PREFIX}${person}:${form.dataset.draft}`;
  const note = form.querySelector(".draft-note");
  const words = form.elements.namedItem("text");
  let isAway = !navigator.onLine;
  let hasEnded = false;

  function say(text, withButton) {
    note.replaceChildren(document.createTextNode(text || ""));
    if (withButton) {
      const button = Object.assign(document.createElement("button"), { type: "button", className: "button button-small", textContent: note.dataset.discard });
      button.addEventListener("click", () => {
        store.removeItem(key);
        form.reset();
        words.value = "";
        form.elements.namedItem("once").value = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2);
        say("");
        words.focus();
      });
      note.append(" ", button);
    }
    note.hidden = !text;
  }

  function keep() {
    const draft = { at: Date.now() };
    const given = new FormData(form);
    for (const field of FIELDS) draft[field] = String(given.get(field) || "");
    try {
      if (draft.text || draft.subject) store.setItem(key, JSON.stringify(draft));
      else store.removeItem(key);
    } catch { /* No room: what is on the page stays on the page. */ }
  }

  function restore() {
    const draft = read(key);
    if (!draft || words.value.trim()) return;
    for (const field of FIELDS) {
      const place = form.elements.namedItem(field);
      if (!place || !draft[field]) continue;
      if (place instanceof RadioNodeList || place.type === "radio") continue;
      place.value = draft[field];
    }
    const other = form.elements.namedItem("other");
    if (other && !other.value && draft.place && draft.place !== "else") other.value = draft.place;
    if (other) other.dispatchEvent(new Event("change", { bubbles: true }));
    words.dispatchEvent(new Event("input", { bubbles: true }));
    say(note.dataset.restored, true);
  }

  function wentAway() {
    isAway = true;
    keep();
    say(note.dataset.away);
  }

  function cameBack() {
    // A stream that answers late says nothing of a connection that went since.
    if (!isAway || !navigator.onLine) return;
    isAway = false;
    if (!hasEnded && words.value.trim()) say(note.dataset.back);
    else if (!hasEnded) say("");
  }

  form.addEventListener("input", () => { if (isAway || hasEnded) keep(); });
  form.addEventListener("submit", (event) => {
    keep();
    if (navigator.onLine) return;
    event.preventDefault();
    wentAway();
  });
  window.addEventListener("offline", wentAway);
  window.addEventListener("online", cameBack);
  // live.js says there whether the stream is lost, or the session has ended.
  const live = document.getElementById("live-status");
  if (live) {
    new MutationObserver(() => {
      if (live.hidden) return cameBack();
      hasEnded = live.textContent === live.dataset.ended;
      if (hasEnded) { keep(); say(note.dataset.ended); } else wentAway();
    }).observe(live, { attributes: true, attributeFilter: ["hidden"], childList: true });
  }
  if (isAway) say(note.dataset.away);
  // After the other scripts of the page, which listen to what is restored.
  window.addEventListener("DOMContentLoaded", restore);
})();

// Says to the server that this request is open, and whether its reader is writing; shows who else is. It expires there by itself.
// Beside a list one request follows the other: whoever turns to the next has left the one before.
"use strict";

(() => {
  const BEAT = 20_000;
  const WRITING = 8_000;
  let place = null;
  let wroteAt = 0;
  let toldWriting = 0;
  let asking = 0;
  let shown = "";

  const token = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] || document.querySelector("[name=csrfmiddlewaretoken]")?.value || "";

  async function say(what) {
    const asked = place;
    try {
      const answer = await fetch(asked.dataset.address, {
        method: "POST", headers: { "X-CSRFToken": token(), "Content-Type": "application/x-www-form-urlencoded" }, body: `is=${what}`, redirect: "error",
      });
      if (answer.status === 200) show(asked, await answer.text());
    } catch { /* The next beat tells. */ }
  }

  async function look() {
    const asked = place;
    try {
      const answer = await fetch(asked.dataset.address, { redirect: "error" });
      if (answer.ok) show(asked, await answer.text());
    } catch { /* The next beat tells. */ }
  }

  function show(asked, html) {
    // Only what has changed is announced.
    if (asked !== place || html.trim() === shown) return;
    shown = html.trim();
    place.innerHTML = shown;
  }

  const isWriting = () => Date.now() - wroteAt < WRITING;
  const beat = () => { if (place && !document.hidden) say(isWriting() ? "writing" : "reading"); };

  function hear() {
    clearTimeout(asking);
    // Not all at the same moment.
    asking = setTimeout(look, 100 + Math.random() * 300);
  }

  function leave() {
    if (place) navigator.sendBeacon?.(place.dataset.address, new URLSearchParams({ is: "gone", csrfmiddlewaretoken: token() }));
  }

  function begin() {
    const now = document.getElementById("presence");
    if (now === place) return;
    if (place) {
      document.body.removeEventListener(place.dataset.event, hear);
      if (place.dataset.address !== now?.dataset.address) leave();
    }
    clearTimeout(asking);
    place = now;
    shown = "";
    wroteAt = toldWriting = 0;
    if (!place) return;
    document.body.addEventListener(place.dataset.event, hear);
    beat();
  }

  document.addEventListener("composer-wrote", () => {
    wroteAt = Date.now();
    if (!place || wroteAt - toldWriting < WRITING) return;
    toldWriting = wroteAt;
    say("writing");
  });
  document.addEventListener("composer-rests", () => { if (place && wroteAt) { wroteAt = toldWriting = 0; say("reading"); } });
  document.addEventListener("visibilitychange", beat);
  document.addEventListener("htmx:load", begin);
  window.addEventListener("pagehide", leave);
  setInterval(beat, BEAT);
  begin();
})();

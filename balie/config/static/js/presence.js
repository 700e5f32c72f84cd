// Says to the server that this page is open, and whether its reader is writing; shows who else is. It expires there by itself.
"use strict";

(() => {
  const place = document.getElementById("presence");
  if (!place) return;
  const BEAT = 20_000;
  const WRITING = 8_000;
  let wroteAt = 0;
  let toldWriting = 0;
  let asking = 0;
  let shown = "";

  const token = () => /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie)?.[1] || document.querySelector("[name=csrfmiddlewaretoken]")?.value || "";

  async function say(what) {
    try {
      const answer = await fetch(place.dataset.address, {
        method: "POST", headers: { "X-CSRFToken": token(), "Content-Type": "application/x-www-form-urlencoded" }, body: `is=${what}`, redirect: "error",
      });
      if (answer.status === 200) show(await answer.text());
    } catch { /* The next beat tells. */ }
  }

  async function look() {
    try {
      const answer = await fetch(place.dataset.address, { redirect: "error" });
      if (answer.ok) show(await answer.text());
    } catch { /* The next beat tells. */ }
  }

  function show(html) {
    // Only what has changed is announced.
    if (html.trim() === shown) return;
    shown = html.trim();
    place.innerHTML = shown;
  }

  const isWriting = () => Date.now() - wroteAt < WRITING;
  const beat = () => { if (!document.hidden) say(isWriting() ? "writing" : "reading"); };

  document.addEventListener("composer-wrote", () => {
    wroteAt = Date.now();
    if (wroteAt - toldWriting < WRITING) return;
    toldWriting = wroteAt;
    say("writing");
  });
  document.addEventListener("composer-rests", () => { if (wroteAt) { wroteAt = toldWriting = 0; say("reading"); } });
  document.body.addEventListener(place.dataset.event, () => {
    clearTimeout(asking);
    // Not all at the same moment.
    asking = setTimeout(look, 100 + Math.random() * 300);
  });
  document.addEventListener("visibilitychange", beat);
  window.addEventListener("pagehide", () => {
    const body = new URLSearchParams({ is: "gone", csrfmiddlewaretoken: token() });
    navigator.sendBeacon?.(place.dataset.address, body);
  });
  setInterval(beat, BEAT);
  beat();
})();

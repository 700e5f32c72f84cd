// The bell: how much is unread, on every open page at once; what it opens; and the browser's own notices of what was read.
"use strict";

(() => {
  const list = document.getElementById("bell-list");
  if (!list) return;
  const status = document.getElementById("bell-status");
  const canOpen = typeof list.showPopover === "function";
  let asking = 0;
  let opener = null;

  const bells = () => document.querySelectorAll("[data-bell]");
  const isOpen = () => canOpen && list.matches(":popover-open");

  for (const bell of bells()) {
    if (canOpen) bell.setAttribute("aria-haspopup", "dialog");
  }

  async function lookAgain() {
    const answer = await fetch(list.dataset.unread, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return;
    const said = await answer.json();
    show(said);
    closeShown(said.tickets);
    if (isOpen()) await fill();
  }

  function show(said) {
    let before = said.count;
    for (const bell of bells()) {
      before = Number(bell.dataset.count);
      bell.dataset.count = said.count;
      const count = bell.querySelector("[data-bell-count]");
      count.firstChild.textContent = said.shown;
      count.hidden = said.count === 0;
    }
    if (said.count > before) status.textContent = said.words;
  }

  // What was read on another page or device is no longer shown beside the clock.
  async function closeShown(unread) {
    const registration = navigator.serviceWorker && (await navigator.serviceWorker.getRegistration("/"));
    if (registration && registration.active) registration.active.postMessage({ unread });
  }

  async function fill() {
    const answer = await fetch(`${list.dataset.address}?part=bell`);
    if (!answer.ok || answer.redirected) return false;
    const within = list.contains(document.activeElement) ? document.activeElement : null;
    const place = within && within.closest("[data-ticket]");
    const position = place ? [...list.querySelectorAll("[data-ticket]")].indexOf(place) : -1;
    list.innerHTML = await answer.text();
    if (within && within !== list) {
      const same = (place && document.getElementById(place.id)) || list.querySelectorAll("[data-ticket]")[position];
      ((same && same.querySelector(within.tagName === "BUTTON" ? "button" : "a")) || list).focus();
    }
    return true;
  }

  async function open(bell) {
    if (!(await fill())) {
      location.assign(bell.href);
      return;
    }
    opener = bell;
    list.showPopover();
    place(bell);
    list.focus();
  }

  // Below the bell, or beside it when it stands in a column at the edge; a phone has it over its whole width.
  function place(bell) {
    if (matchMedia("(max-width: 760px)").matches) {
      list.style.inset = "";
      return;
    }
    const at = bell.getBoundingClientRect();
    const left = Math.max(8, Math.min(at.left, innerWidth - list.offsetWidth - 8));
    list.style.inset = `${Math.min(at.bottom + 6, innerHeight - 120)}px auto auto ${left}px`;
  }

  document.addEventListener("click", (event) => {
    const bell = event.target.closest("[data-bell]");
    if (!bell || !canOpen || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    if (isOpen()) list.hidePopover();
    else open(bell);
  });

  list.addEventListener("toggle", (event) => {
    for (const bell of bells()) bell.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState === "closed" && opener) {
      // The navigation of a list is drawn anew when its counts change, and the bell with it.
      const bell = opener.isConnected ? opener : [...bells()].find((one) => one.getClientRects().length);
      if (document.activeElement === document.body || list.contains(document.activeElement)) bell?.focus();
      opener = null;
    }
  });

  list.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-bell-form]");
    if (!form) return;
    event.preventDefault();
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form, event.submitter), headers: { "X-Bell": "1" } });
    if (answer.ok) lookAgain();
    else form.submit();
  });

  // Several calls at one moment are one question.
  document.body.addEventListener("notices-changed", () => {
    clearTimeout(asking);
    asking = setTimeout(() => lookAgain().catch(() => {}), 250);
  });
  document.body.addEventListener("resync", () => document.body.dispatchEvent(new CustomEvent("notices-changed")));
  // A page that hears nothing live looks when somebody comes back to it.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) document.body.dispatchEvent(new CustomEvent("notices-changed"));
  });
  const unread = [...bells()].some((bell) => Number(bell.dataset.count) > 0);
  if (!unread) closeShown([]).catch(() => {});
})();

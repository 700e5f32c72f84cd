// Open pages hear of changes: server-sent events from /live become DOM events on <body>, which htmx takes as triggers.
//
//   <body data-live="{% now 'U' %}">                                   when the page was drawn, in seconds
//   <p id="live-status" role="status" data-lost="…" data-ended="…" hidden></p>      what to say, translated
//
//   ticket-changed, with {ticket, team, event, id, by} as detail       something happened to a request that this person may see
//   ticket-12                                                          the same, for whoever shows request 12
//   presence-12, draft-12                                              others there; one's own draft, saved by another page
//   notices-changed                                                    the bell has something to say, or less
//   delivery-changed, with {ticket, message, delivery}                 how one delivery of an answer goes
//   attributes-changed                                 what experts may know of people
//   project-changed, with {project}                                    what a project is called, or how it stands
//   import-changed                                                     how far an import of people is
//   resync                                                             fetch again all that is shown
"use strict";

(() => {
  const body = document.body;
  if (!body || body.dataset.live === undefined || !window.EventSource) return;

  const ADDRESS = "/live";
  // A browser opens six connections to a host over HTTP/1.1: pages that nobody looks at must not hold them all.
  const HIDDEN_FOR_LONG = 20_000;
  // A restart of the server is over before anybody should be worried.
  const WORTH_TELLING_AFTER = 3_000;
  const FIRST_PAUSE = 2_000;
  const LONGEST_PAUSE = 60_000;

  const status = document.getElementById("live-status");
  let source = null;
  let pause = FIRST_PAUSE;
  let retry = 0;
  let telling = 0;
  let hiding = 0;
  let ended = false;
  let missed = false;
  // What was heard last of each thing, and when.
  const heardOf = new Map();
  const MOST_HEARD = 500;

  const dispatch = (name, detail) => body.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));

  function tell(name, detail) {
    if (heardOf.size > MOST_HEARD) heardOf.clear();
    heardOf.set(name, { detail, at: performance.now() });
    window.baliePressing.whenFree(() => dispatch(name, detail));
  }

  // What was asked for before the button went down: it is asked for again.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const because = event.detail.requestConfig.triggeringEvent;
    if (window.baliePressing.isFree() || !because || !heardOf.has(because.type)) return;
    event.detail.shouldSwap = false;
    window.baliePressing.whenFree(() => dispatch(because.type, because.detail));
  });

  function say(words) {
    if (!status) return;
    status.textContent = words || "";
    status.hidden = !words;
  }

  function open() {
    clearTimeout(retry);
    if (source || ended || document.hidden) return;
    const drawn = body.dataset.live;
    source = new EventSource(drawn && !missed ? `${ADDRESS}?since=${encodeURIComponent(drawn)}` : ADDRESS);
    source.addEventListener("open", heard);
    source.addEventListener("message", changed);
    source.addEventListener("resync", () => dispatch("resync", {}));
    source.addEventListener("ended", end);
    source.addEventListener("error", lost);
  }

  function close() {
    if (!source) return;
    source.close();
    source = null;
    missed = true;
  }

  function heard() {
    pause = FIRST_PAUSE;
    clearTimeout(telling);
    telling = 0;
    say("");
    // A new stream knows nothing of the one before.
    if (missed) dispatch("resync", {});
    missed = false;
  }

  function changed(message) {
    const detail = JSON.parse(message.data);
    if (detail.notices) return tell("notices-changed", {});
    if (typeof detail.import === "number") return tell("import-changed", detail);
    // Who reads and writes there, and what one writes oneself on another page.
    for (const passing of ["presence", "draft"]) {
      if (typeof detail[passing] === "number") dispatch(`${passing}-${detail[passing]}`, detail);
    }
    if (typeof detail.attributes === "number") tell("attributes-changed", detail);
    if (typeof detail.project === "number") tell("project-changed", detail);
    // How a letter goes changes nothing of the request: no list need look again.
    if (typeof detail.delivery === "number") return dispatch("delivery-changed", detail);
    if (typeof detail.ticket !== "number") return;
    tell("ticket-changed", detail);
    tell(`ticket-${detail.ticket}`, detail);
  }

  // What was heard while an answer was on its way may not be in it. Once the answer has taken the place of what asked for it, that one's
  // delay and its queue are gone as well: then it is said once more, to what stands there now.
  const asked = new WeakMap();
  document.addEventListener("htmx:beforeSend", (event) => { asked.set(event.detail.xhr, { by: event.detail.elt, at: performance.now() }); });
  document.addEventListener("htmx:afterRequest", (event) => {
    const one = asked.get(event.detail.xhr);
    if (!one || one.by.isConnected || event.detail.requestConfig.verb !== "get") return;
    const unheard = [...heardOf].filter(([, heard]) => heard.at > one.at);
    // htmx listens for what it has put in a moment later.
    setTimeout(() => { for (const [name, { detail }] of unheard) dispatch(name, detail); }, 100);
  });

  function lost() {
    if (!telling) telling = setTimeout(() => say(status && status.dataset.lost), WORTH_TELLING_AFTER);
    // The browser tries again by itself after a broken connection, but not after an answer such as 503.
    if (source && source.readyState === EventSource.CLOSED) {
      close();
      askWhy();
    }
  }

  async function askWhy() {
    try {
      const answer = await fetch(ADDRESS, { method: "HEAD", cache: "no-store" });
      if (answer.status === 401) return end();
    } catch {
      // The network is away: the same as any other reason to try later.
    }
    retry = setTimeout(open, pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }

  function end() {
    ended = true;
    close();
    clearTimeout(telling);
    say(status && status.dataset.ended);
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(hiding);
    if (document.hidden) hiding = setTimeout(close, HIDDEN_FOR_LONG);
    else open();
  });
  // A part of the page that was asked for meanwhile; see config/gate.py.
  document.addEventListener("htmx:responseError", (event) => {
    if (event.detail.xhr.status === 401) end();
  });
  // Kept pages hold no connection, and a page that comes back from there shows what was.
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) open();
  });
  window.addEventListener("online", open);

  // Once everybody listens: on a slow machine what happened since the page was drawn would come before htmx does.
  if (document.readyState === "complete") open();
  else document.addEventListener("DOMContentLoaded", () => setTimeout(open), { once: true });
})();

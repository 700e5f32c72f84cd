// The page of a request: what changes by itself leaves alone what somebody is doing, says politely what it was, and keeps the place;
// forms of the panel open and close in place; keys lead to the neighbours in the list that one came from. Everything is delegated,
// so that it also serves a request that is shown beside a list.
"use strict";

(() => {
  const byId = (id) => document.getElementById(id);
  const isWide = () => matchMedia("(min-width: 1181px)").matches;
  const scroller = () => {
    const talk = document.querySelector(".talk");
    return talk && getComputedStyle(talk).overflowY === "auto" ? talk : document.querySelector(".request") && isWide() ? talk : document.scrollingElement;
  };

  const say = (words) => {
    const place = byId("announced");
    if (place && words) place.textContent = words;
  };

  // What somebody is doing in the panel stays until it is sent or cancelled.

  const isBusy = (panel) =>
    Boolean(panel.querySelector(".fact-form, a.htmx-request")) ||
    [...panel.querySelectorAll(".task-form input:not([type=hidden]), .task-form select")].some((field) => field === document.activeElement || field.value !== (field.defaultValue ?? ""));

  // What asks by itself, when something changed.
  const isWatching = (asking) => asking?.matches?.("div[hx-get]") && asking.parentElement?.matches(".side");

  document.addEventListener("htmx:beforeRequest", (event) => {
    const asking = event.detail.elt;
    if (isWatching(asking) && isBusy(asking.parentElement)) event.preventDefault();
  });

  // Meanwhile somebody may have begun with something, or turned to another tab, which the answer knows nothing of.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const asked = event.detail.requestConfig?.elt;
    if (!isWatching(asked)) return;
    if (isBusy(asked.parentElement)) event.detail.shouldSwap = false;
    if (asked.isConnected) return;
    event.detail.shouldSwap = false;
    const now = byId("panel")?.querySelector(":scope > div[hx-get]");
    if (now && !isBusy(now.parentElement)) window.htmx.ajax("GET", now.getAttribute("hx-get"), { source: now, swap: "none" });
  });

  // A form opens where the fact stood: its first field has the focus, Escape closes it, and the focus returns to the fact.

  let came = "";
  let asked = "";

  document.addEventListener("htmx:afterSwap", (event) => {
    const place = event.detail.target;
    if (!place.isConnected || !place.closest(".side")) return;
    const form = place.matches(".fact-form") ? place : place.querySelector(".fact-form");
    const field = form && form.querySelector("[aria-invalid=true], select, input:not([type=hidden]), textarea");
    if (!field) return;
    // Only now: what else comes in before the form would give the focus back too early, and once.
    came = asked || came;
    field.focus();
    if (field.matches("select[size]")) field.selectedOptions[0]?.scrollIntoView({ block: "nearest" });
    else field.select?.();
  });

  document.addEventListener("click", (event) => {
    asked = event.target.closest(".side .fact, .side .task-title")?.id || asked;
    came = event.target.closest(".side .verb, .top .verb")?.id || came;
    // One click on a choice of an open list is the choice.
    if (event.target.matches(".fact-form option")) event.target.closest("form").requestSubmit();
    const print = event.target.closest("[data-print]");
    if (print) window.print();
  });

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.(".side .fact-form");
    if (!form) return;
    if (event.key === "Escape" && !event.isComposing) {
      event.preventDefault();
      event.stopPropagation();
      form.querySelector("[data-cancel]")?.click();
    } else if (event.key === "Enter" && event.target.matches("select")) {
      event.preventDefault();
      form.requestSubmit();
    }
  }, true);

  const giveFocusBack = () => {
    const isLost = document.activeElement === document.body || !document.activeElement;
    if (!came || !isLost || document.querySelector(".side .fact-form")) return;
    byId(came)?.focus({ preventScroll: true });
    came = "";
  };

  // What somebody did and what did not reach the desk is said where they see it, and what they chose stays.

  let complaining = 0;

  function complain(event) {
    const detail = event.target.closest?.(".detail");
    if (!detail || isWatching(event.target) || event.target.matches("#composer, #announced, div[hx-get]") || event.detail.xhr?.status === 401) return;
    const place = byId("complaint") || document.body.appendChild(Object.assign(document.createElement("p"), { id: "complaint", className: "live-status", role: "alert" }));
    place.textContent = detail.dataset.failed;
    place.hidden = false;
    clearTimeout(complaining);
    complaining = setTimeout(() => { place.hidden = true; }, 8_000);
  }
  document.addEventListener("htmx:sendError", complain);
  document.addEventListener("htmx:responseError", complain);

  // Parts that come by themselves

  const lettersOf = (place) => new Map([...place.querySelectorAll("article.letter")].map((one) => [one.id, one]));

  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const place = event.detail.target;
    const fault = () => byId(place.id)?.querySelector(".delivery.bad > span")?.textContent || "";
    const known = fault();
    if (place.id === "announced") return;
    const open = [...place.querySelectorAll("details[open][id]")].map((one) => one.id);
    const before = place.id === "timeline" ? lettersOf(place) : null;
    const pane = scroller();
    const isAtEnd = before && pane && pane.scrollHeight - pane.scrollTop - pane.clientHeight < 80;
    // What one sends is shown, with its way back: it comes where the composer lies over it.
    const leaving = () => byId("held")?.querySelectorAll("article").length || 0;
    const left = place.id === "held" ? leaving() : Infinity;
    const listed = place.matches("#my-tasks, #project") ? itemsOf(place) : null;
    const said = byId("announced")?.textContent;
    queueMicrotask(() => {
      for (const id of open) byId(id)?.setAttribute("open", "");
      if (isAtEnd) pane.scrollTop = pane.scrollHeight;
      if (leaving() > left) requestAnimationFrame(() => { if (pane?.isConnected) pane.scrollTop = pane.scrollHeight; });
      if (before && before.size) tellOfNew(before);
      // Not when it is said already, because it is what one did oneself.
      if (listed && byId("announced")?.textContent === said) say([...itemsOf(byId(place.id))].filter((one) => !listed.has(one)).slice(0, 3).join(" "));
      if (place.id.startsWith("deliveries-") && fault() !== known) say(fault());
      watch();
      step();
      requestAnimationFrame(giveFocusBack);
    });
  });

  document.addEventListener("htmx:afterSettle", () => requestAnimationFrame(giveFocusBack));

  // Tasks of one's own, and how a project gets on: each in a sentence.
  function itemsOf(place) {
    const words = (one, parts) => [...one.querySelectorAll(parts)].map((part) => part.textContent.trim().replace(/\s+/g, " ")).filter(Boolean).join(", ");
    const items = [...place.querySelectorAll("li")].map((one) => `${words(one, ".task-title, .task-facts, :scope > a, .status")}.`);
    return new Set([...items, ...[...place.querySelectorAll(".project-facts .progress")].map((one) => `${one.textContent.trim().replace(/\s+/g, " ")}.`)]);
  }

  function tellOfNew(before) {
    const timeline = byId("timeline");
    const added = [...lettersOf(timeline).values()].filter((one) => !before.has(one.id));
    if (added.length) say(`${timeline.dataset.new}: ${added.map((one) => one.getAttribute("aria-label")).join(", ")}`);
  }

  // How an answer goes: only its own lines are fetched again, once for all that changed in a moment.

  const changed = new Map();

  document.body?.addEventListener("delivery-changed", (event) => {
    const { ticket, message } = event.detail;
    const detail = document.querySelector(".detail");
    if (!detail || Number(detail.dataset.request) !== ticket || !byId(`message-${message}`) || !window.htmx) return;
    clearTimeout(changed.get(message));
    changed.set(message, setTimeout(() => {
      changed.delete(message);
      window.htmx.ajax("GET", byId("timeline").dataset.deliveries.replace("/0/", `/${message}/`), { source: "#announced", swap: "none" });
    }, 300));
  });

  // A merge, or its undoing, puts letters between those that are shown: then the earlier parts are asked for anew.
  document.body?.addEventListener("ticket-changed", (event) => {
    const detail = document.querySelector(".detail");
    if (!detail || Number(detail.dataset.request) !== event.detail.ticket) return;
    if (["absorbed", "merged", "taken_back"].includes(event.detail.event)) byId("start")?.setAttribute("value", "");
  });

  // Earlier letters come above those that one reads, which stay where they are, also where the browser does not see to it.

  document.addEventListener("htmx:beforeSwap", (event) => {
    const place = event.detail.target;
    const pane = scroller();
    if (!place.matches?.(".earlier") || !pane) return;
    const mark = byId("timeline");
    const top = mark.getBoundingClientRect().top;
    requestAnimationFrame(() => {
      pane.scrollTop += mark.getBoundingClientRect().top - top;
    });
  });

  // The ways to the first new and to the newest letter, while these are out of sight

  let seeing = null;

  function watch() {
    const jumps = byId("jumps");
    seeing?.disconnect();
    if (!jumps || !window.IntersectionObserver) return;
    seeing = new IntersectionObserver((entries) => {
      jumps.classList.add("is-watched");
      for (const entry of entries) {
        const link = jumps.querySelector(`a[href="#${entry.target.id}"]`);
        if (link) link.hidden = entry.isIntersecting;
      }
    });
    for (const link of jumps.querySelectorAll('a[href^="#"]')) {
      const place = byId(link.hash.slice(1));
      if (place) seeing.observe(place);
      else link.hidden = true;
    }
  }

  // The list that one came from: back to it, and to its neighbours

  function step() {
    const detail = document.querySelector(".detail");
    if (!detail || byId("pane")) return;
    let list = null;
    try {
      list = JSON.parse(sessionStorage.getItem("balie.list"));
    } catch {
      return;
    }
    const place = list?.numbers?.indexOf(detail.dataset.request) ?? -1;
    if (place < 0) return;
    const back = byId("back");
    if (back && list.address.startsWith("/requests/")) back.setAttribute("href", list.address);
    for (const [id, by] of [["previous", -1], ["next", 1]]) {
      const link = byId(id);
      const number = list.numbers[place + by];
      if (!link) continue;
      link.hidden = !number;
      if (number) link.setAttribute("href", `/requests/${number}#latest`);
    }
  }

  // Back and reload return to the letter that one was reading, also when it stands in an earlier part; and to the side of the panel.

  let keeping = 0;

  const inSight = (pane) => (pane === document.scrollingElement ? 0 : pane.getBoundingClientRect().top);

  function keepPlace() {
    const [detail, pane] = [document.querySelector(".detail"), scroller()];
    if (!detail || !pane) return;
    const top = inSight(pane);
    const isAtEnd = pane.scrollHeight - pane.scrollTop - pane.clientHeight < 80;
    const letter = [...document.querySelectorAll("article.letter[id^=message-]")].find((one) => one.getBoundingClientRect().bottom > top);
    const reading = letter && !isAtEnd ? { request: detail.dataset.request, letter: letter.id, at: letter.getBoundingClientRect().top - top } : null;
    history.replaceState({ ...history.state, reading }, "");
  }

  async function comeBack() {
    const [entry] = performance.getEntriesByType("navigation");
    const detail = document.querySelector(".detail");
    const reading = history.state?.reading;
    if (!reading || !entry || entry.type === "navigate" || reading.request !== detail?.dataset.request || "returned" in detail.dataset) return;
    history.scrollRestoration = "manual";
    detail.dataset.returned = "";
    for (let part = 0; part < 40 && !byId(reading.letter); part += 1) {
      const link = document.querySelector("#earlier .earlier a[hx-get]");
      if (!link || !window.htmx) return;
      await window.htmx.ajax("GET", link.getAttribute("hx-get"), { source: link, target: link.closest(".earlier"), swap: "outerHTML" });
      // What was read stays where it is first, see above.
      await new Promise((next) => requestAnimationFrame(next));
    }
    const show = () => {
      const [letter, pane] = [byId(reading.letter), scroller()];
      if (letter) pane.scrollTop += letter.getBoundingClientRect().top - inSight(pane) - reading.at;
    };
    show();
    // A loaded page goes to what its address names; this is said once more after that.
    if (document.readyState !== "complete") window.addEventListener("load", () => requestAnimationFrame(show), { once: true });
  }

  document.addEventListener("scroll", () => {
    clearTimeout(keeping);
    keeping = setTimeout(keepPlace, 200);
  }, { capture: true, passive: true });
  window.addEventListener("pagehide", keepPlace);

  document.addEventListener("click", (event) => {
    const side = event.target.closest(".side a[href*='tab=']");
    if (!side || byId("pane") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const address = new URL(location.href);
    address.searchParams.set("tab", new URL(side.href).searchParams.get("tab"));
    history.replaceState(history.state, "", address);
  });

  // One begins where one had stopped reading.

  function begin() {
    const mark = byId("unread");
    if (mark && (location.hash === "#latest" || location.hash === "#unread")) mark.scrollIntoView({ block: "start" });
    comeBack();
    watch();
    step();
    for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
  }

  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt.matches?.(".detail") || event.detail.elt.querySelector?.(".detail")) begin();
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", begin);
  else begin();
})();

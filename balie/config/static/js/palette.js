// The palette: Ctrl-K, or a link with data-palette. What can be done on this page comes from its keys, at once; pages, settings,
// views, teams, people and requests come from the server. Without this, the link leads to a page with the same search.
"use strict";

(() => {
  const dialog = document.getElementById("palette");
  if (!dialog?.showModal) return;

  const PAUSE = 120;
  const words = dialog.dataset;
  const field = dialog.querySelector("[role=combobox]");
  const list = dialog.querySelector("[role=listbox]");
  const none = dialog.querySelector(".palette-none");
  const status = document.getElementById("palette-status");
  let actions = [];
  let found = [];
  let active = null;
  let hasMoved = false;
  let isGoing = false;
  let waiting = 0;
  let asking = null;
  let isFilled = false;

  const options = () => [...list.querySelectorAll("[role=option]")];
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  function mark(option) {
    active?.removeAttribute("aria-selected");
    active = option || null;
    if (!active) return field.removeAttribute("aria-activedescendant");
    active.setAttribute("aria-selected", "true");
    field.setAttribute("aria-activedescendant", active.id);
    active.scrollIntoView({ block: "nearest" });
  }

  function step(by) {
    const there = options();
    if (!there.length) return;
    hasMoved = true;
    mark(there[(there.indexOf(active) + by + there.length) % there.length]);
  }

  // What can be done here

  function isMeant(label) {
    const said = plain(label).split(/[^\p{L}\p{N}]+/u);
    return plain(field.value).split(/\s+/).filter(Boolean).every((one) => said.some((word) => word.startsWith(one)));
  }

  function drawActions() {
    const section = document.createElement("section");
    const heading = document.createElement("h2");
    const ways = document.createElement("ul");
    heading.textContent = words.here;
    section.append(heading, ways);
    for (const one of actions.filter((one) => isMeant(one.label))) {
      const row = document.createElement("li");
      const way = document.createElement("button");
      const label = document.createElement("span");
      const key = window.balieKeys.drawn(one.key);
      way.type = "button";
      way.className = "palette-way";
      label.className = "palette-words";
      label.textContent = one.label;
      key.classList.add("palette-key");
      key.setAttribute("aria-hidden", "true");
      way.append(label, key);
      way.run = one.run;
      row.append(way);
      ways.append(row);
    }
    return ways.childElementCount ? [section] : [];
  }

  // What can be done here is asked of the page once for each opening.
  function fill() {
    if (isFilled || !dialog.open) return;
    isFilled = true;
    const here = window.balieKeys ? window.balieKeys.all() : [];
    actions = here.filter((one) => one.run && one.key !== "Control+k" && !one.element?.matches("nav.side-nav a, .top-bar a, .bottom-bar a"));
  }

  function draw() {
    fill();
    const old = hasMoved && active ? active.textContent : null;
    list.replaceChildren(...drawActions(), ...found);
    list.querySelectorAll("section").forEach((section, number) => {
      section.setAttribute("role", "group");
      section.querySelector("h2").id = `palette-group-${number}`;
      section.setAttribute("aria-labelledby", `palette-group-${number}`);
      for (const part of section.querySelectorAll("ul, li")) part.setAttribute("role", "presentation");
    });
    list.querySelectorAll(".palette-way").forEach((way, number) => {
      way.setAttribute("role", "option");
      way.tabIndex = -1;
      way.id = `palette-way-${number}`;
    });
    const there = options();
    mark((old && there.find((one) => one.textContent === old)) || there[0]);
    field.setAttribute("aria-expanded", String(there.length > 0));
  }

  // What is elsewhere

  async function ask() {
    asking?.abort();
    const mine = (asking = new AbortController());
    try {
      const answer = await fetch(`${words.address}?${new URLSearchParams({ q: field.value, part: "found" })}`, { signal: mine.signal, credentials: "same-origin" });
      // Signed out: the page that says so knows what to do.
      if (answer.redirected) return location.assign(words.address);
      if (!answer.ok) throw new Error(String(answer.status));
      found = [...new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("section")];
    } catch (fault) {
      if (fault.name === "AbortError") return;
      found = [];
      none.textContent = words.failed;
      draw();
      none.hidden = false;
      return;
    }
    asking = null;
    draw();
    tell();
    if (isGoing && active) go(active);
    isGoing = false;
  }

  function tell() {
    const number = options().length;
    none.textContent = words.none;
    none.hidden = number > 0;
    status.textContent = number === 0 ? words.none : number === 1 ? words.one : words.many.replace("#", number);
  }

  function go(way) {
    if (!way.run) {
      dialog.close();
      location.assign(way.href);
      return;
    }
    // Only once the focus is where it was: what is done, is done to that.
    dialog.addEventListener("close", () => way.run(new Event("palette")), { once: true });
    dialog.close();
  }

  function open() {
    if (dialog.open || document.querySelector("dialog:modal, dialog.opens")) return;
    field.value = "";
    found = [];
    hasMoved = false;
    isFilled = false;
    none.hidden = true;
    status.textContent = "";
    list.replaceChildren();
    mark(null);
    if (window.balieKeys) window.balieKeys.open(dialog);
    else dialog.showModal();
    field.focus();
    // The frame that answers the key is drawn first: on a slow machine the list takes longer than a key may.
    window.balieKeys?.afterFrame(() => { if (dialog.open && !isFilled) draw(); });
    ask();
  }

  field.addEventListener("input", () => {
    hasMoved = false;
    isGoing = false;
    none.hidden = true;
    draw();
    clearTimeout(waiting);
    asking?.abort();
    asking = new AbortController();
    waiting = setTimeout(ask, PAUSE);
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6 }[event.key];
    if (by) {
      event.preventDefault();
      step(by);
    } else if (event.key === "Enter") {
      event.preventDefault();
      // What stands there is of the words before, unless somebody chose it.
      if (asking && !hasMoved && !active?.run) isGoing = true;
      else if (active) go(active);
    }
  });
  list.addEventListener("mousemove", (event) => {
    const way = event.target.closest("[role=option]");
    if (way && way !== active && (event.movementX || event.movementY)) {
      hasMoved = true;
      mark(way);
    }
  });
  list.addEventListener("click", (event) => {
    const way = event.target.closest("[role=option]");
    if (!way || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(way);
  });
  dialog.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-palette-close]")) dialog.close();
  });
  dialog.addEventListener("close", () => {
    asking?.abort();
    clearTimeout(waiting);
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("a[data-palette]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  window.balieKeys?.on("Control+k", words.show, open, words.everywhere);
})();

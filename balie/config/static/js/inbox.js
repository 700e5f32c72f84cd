// The inbox: moving and selecting by key, changes of many, rows that come while one scrolls, news that move nothing, the place
// that back and reload return to, the request beside the list, and cards between columns. Without it, every button leads to a page.
"use strict";

(() => {
  const words = document.getElementById("list-words");
  if (!words) return;

  const MOST_ROWS = 500;
  const TOAST_SECONDS = 10;
  const lines = document.getElementById("lines");
  const board = document.getElementById("board");
  const list = lines || board;
  const bar = document.getElementById("chosen");
  const all = document.getElementById("all");
  const pane = document.getElementById("pane");
  const toast = document.getElementById("toast");
  const ask = document.getElementById("ask");
  const scroller = lines && lines.closest(".list");
  const query = new URLSearchParams(words.dataset.query);
  let since = words.dataset.now;

  const rows = () => [...list.querySelectorAll(".line, .card")];
  const picks = () => [...list.querySelectorAll(".pick")];
  const chosen = () => picks().filter((pick) => pick.checked);
  const numberOf = (row) => row.id.replace("request-", "");
  const rowOf = (number) => document.getElementById(`request-${number}`);
  const subjectOf = (row) => row.querySelector(".line-subject");
  const isPhone = () => matchMedia("(max-width: 760px)").matches;
  // What scrolls: the list's own pane, or on a phone the page.
  const scrolled = () => (scroller && getComputedStyle(scroller).overflowY !== "visible" ? scroller : document.scrollingElement);

  async function fetched(address) {
    const answer = await fetch(address, { headers: { "X-Requested-With": "fetch" }, credentials: "same-origin" });
    // Signed out, or moved away: the address that was asked did not answer itself.
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    return new DOMParser().parseFromString(await answer.text(), "text/html");
  }

  function swapped(place) {
    if (window.htmx) window.htmx.process(place);
  }

  // Selecting

  let lastPicked = null;

  function count() {
    const number = chosen().length;
    bar.classList.toggle("is-on", number > 0);
    const output = document.getElementById("how-many");
    const said = number === 0 ? "" : number === 1 ? bar.dataset.one : bar.dataset.many.replace("#", number);
    if (output.textContent !== said) output.textContent = said;
    all.checked = number > 0 && number === picks().length;
    all.indeterminate = number > 0 && !all.checked;
  }

  function select(pick, isOn, isRange) {
    const boxes = picks();
    const from = isRange && lastPicked ? boxes.indexOf(lastPicked) : -1;
    const to = boxes.indexOf(pick);
    const between = from < 0 ? [pick] : boxes.slice(Math.min(from, to), Math.max(from, to) + 1);
    for (const box of between) box.checked = isOn;
    lastPicked = pick;
    count();
  }

  list.addEventListener("click", (event) => {
    const pick = event.target.closest(".pick");
    if (pick) select(pick, pick.checked, event.shiftKey);
  });
  all.addEventListener("change", () => {
    for (const pick of picks()) pick.checked = all.checked;
    count();
  });
  bar.addEventListener("reset", () => {
    for (const pick of picks()) pick.checked = false;
    setTimeout(count);
  });

  // Moving by key

  function current() {
    const focused = document.activeElement && document.activeElement.closest(".line, .card");
    return focused && list.contains(focused) ? focused : list.querySelector("[aria-current]");
  }

  function go(row) {
    if (!row) return;
    const subject = subjectOf(row);
    subject.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    if (row === rows().at(-1)) more();
  }

  function step(by) {
    const there = rows();
    const now = there.indexOf(current());
    go(there[now < 0 ? 0 : Math.min(there.length - 1, Math.max(0, now + by))]);
  }

  function across(by) {
    const row = current();
    const columns = [...board.querySelectorAll(".column-of")].filter((one) => one.querySelector(".card"));
    if (!row) return go(columns[0] && columns[0].querySelector(".card"));
    const column = row.closest(".column-of");
    const place = [...column.querySelectorAll(".card")].indexOf(row);
    const next = columns[columns.indexOf(column) + by];
    if (!next) return;
    const cards = [...next.querySelectorAll(".card")];
    go(cards[Math.min(place, cards.length - 1)]);
  }

  // Changing many: what is selected, or else the row that has the focus

  function chosenNumbers() {
    const numbers = chosen().map((pick) => pick.value);
    const row = current();
    return numbers.length ? numbers : row ? [numberOf(row)] : [];
  }

  function change(button) {
    const numbers = chosenNumbers();
    // Beside an open request, its own keys are meant.
    const isInPane = pane && pane.contains(document.activeElement) && !chosen().length;
    if (!numbers.length || !window.htmx || isInPane) return false;
    back = current();
    const isAsking = button.name === "ask";
    const address = button.getAttribute("formaction");
    if (isAsking) askFor(`${address}?${new URLSearchParams([...numbers.map((one) => ["number", one]), ["list", listQuery()]])}`);
    else post(address, { number: numbers });
    return true;
  }

  function post(address, values) {
    const token = bar.querySelector("[name=csrfmiddlewaretoken]").value;
    window.htmx.ajax("POST", address, {
      source: bar, target: "#toast", swap: "innerHTML", values: { ...values, csrfmiddlewaretoken: token, list: listQuery() },
    });
  }

  function listQuery() {
    return words.dataset.query;
  }

  let back = null;

  async function askFor(address) {
    const answer = await window.htmx.ajax("GET", address, { target: "#ask-body", swap: "innerHTML", source: ask });
    if (!document.querySelector("#ask-body form")) return answer;
    if (!ask.open) ask.showModal();
    const first = ask.querySelector("select, input:not([type=hidden]), button");
    if (first) first.focus();
    return answer;
  }

  bar.addEventListener("submit", (event) => {
    if (!event.submitter || !window.htmx) return;
    event.preventDefault();
    change(event.submitter);
  });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("a[data-dialog]");
    if (opener && window.htmx && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      back = opener;
      askFor(opener.href);
    }
    const closer = event.target.closest("a[data-close]");
    if (closer && ask.contains(closer)) {
      event.preventDefault();
      ask.close();
    }
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  ask.addEventListener("close", () => {
    document.getElementById("ask-body").replaceChildren();
    if (back && back.isConnected) (back.matches(".line, .card") ? subjectOf(back) : back).focus({ preventScroll: true });
  });
  // A form of the dialog that was in order is answered with a toast, which belongs elsewhere.
  document.body.addEventListener("htmx:beforeSwap", (event) => {
    const header = event.detail.xhr && event.detail.xhr.getResponseHeader("HX-Trigger");
    if (header && header.includes("list-changed")) event.detail.target = toast;
    if (header && header.includes("list-changed")) event.detail.swapOverride = "innerHTML";
  });
  document.body.addEventListener("htmx:responseError", (event) => {
    if (event.target === bar || ask.contains(event.target) || toast.contains(event.target)) say(words.dataset.failed);
  });
  document.body.addEventListener("htmx:sendError", (event) => {
    if (event.target === bar || ask.contains(event.target) || toast.contains(event.target)) say(words.dataset.failed);
  });

  // The toast: there for ten seconds, and as long as somebody points at it or has its button

  let fading = 0;

  function say(text) {
    const box = document.createElement("div");
    box.className = "toast";
    const line = document.createElement("p");
    line.textContent = text;
    box.append(line);
    toast.replaceChildren(box);
    fade();
  }

  function fade() {
    clearTimeout(fading);
    fading = setTimeout(() => {
      if (toast.matches(":hover") || toast.contains(document.activeElement)) return fade();
      toast.replaceChildren();
    }, TOAST_SECONDS * 1000);
  }

  document.body.addEventListener("list-changed", async () => {
    if (ask.open) ask.close();
    for (const pick of chosen()) pick.checked = false;
    count();
    fade();
    const row = back && back.matches(".line, .card") ? back : current();
    const place = rows().indexOf(row);
    if (lines) await redraw();
    await news();
    if (row && !row.isConnected) go(rowOf(numberOf(row)) || rows()[Math.min(place, rows().length - 1)]);
  });
  if (toast.firstElementChild) {
    fade();
    const address = new URL(location.href);
    address.searchParams.delete("changed");
    history.replaceState(history.state, "", address);
  }

  // Rows that come while one scrolls; and the address, the scroll position and the row that back and reload return to

  let isComing = false;

  async function more() {
    const button = lines && document.getElementById("older");
    if (!button || isComing || rows().length >= MOST_ROWS) return;
    isComing = true;
    try {
      const address = new URL(button.href);
      address.searchParams.set("part", "rows");
      const page = await fetched(address);
      const there = new Set(rows().map((row) => row.id));
      const coming = [...page.body.children].filter((one) => !there.has(one.id));
      const had = document.activeElement === button;
      const picked = all.checked;
      button.closest("li").replaceWith(...coming);
      if (had) go(coming.find((one) => one.matches(".line")));
      if (picked) for (const one of coming) for (const pick of one.querySelectorAll(".pick")) pick.checked = true;
      count();
      keepPlace();
      watch();
    } catch {
      // The button stays, and takes whoever presses it to the next page.
    } finally {
      isComing = false;
    }
  }

  const watcher = lines && new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && more(), { rootMargin: "800px" });

  function watch() {
    watcher.disconnect();
    const end = lines.querySelector(".more");
    if (end) watcher.observe(end);
  }

  function keepPlace() {
    const end = lines.querySelector(".more, .no-more");
    const address = new URL(location.href);
    if (end && end.dataset.until && rows().length > 50 && !address.searchParams.has("cursor")) {
      address.search = end.dataset.until;
      if (opened) address.searchParams.set("open", opened);
    }
    const row = current();
    history.replaceState({ ...history.state, top: scrolled().scrollTop, row: row ? numberOf(row) : null }, "", address);
    try {
      // For the page of a request: the way back, and who is next.
      sessionStorage.setItem("balie.list", JSON.stringify({ address: address.pathname + address.search, numbers: rows().map(numberOf) }));
    } catch {
      // A browser that keeps nothing shows the plain list.
    }
  }

  function returnToPlace() {
    const state = history.state;
    const [entry] = performance.getEntriesByType("navigation");
    if (!state || !entry || entry.type === "navigate") return;
    history.scrollRestoration = "manual";
    const row = state.row && rowOf(state.row);
    if (row) subjectOf(row).focus({ preventScroll: true });
    scrolled().scrollTop = state.top || 0;
  }

  async function redraw() {
    const end = lines.querySelector(".more, .no-more");
    const address = new URL(location.href);
    address.search = rows().length > 50 && end && end.dataset.until ? end.dataset.until : listQuery();
    address.searchParams.set("part", "rows");
    const page = await fetched(address);
    const top = scrolled().scrollTop;
    lines.replaceChildren(...page.body.children);
    markOpened();
    scrolled().scrollTop = top;
    count();
    watch();
    keepPlace();
  }

  // News: rows change in place, new ones wait

  let isAsking = false;
  let isAskedAgain = false;

  async function news() {
    if (isAsking) {
      isAskedAgain = true;
      return;
    }
    isAsking = true;
    try {
      const asked = new URLSearchParams(words.dataset.query);
      asked.set("shown", rows().map(numberOf).join("."));
      asked.set("since", since);
      if (lines && !lines.querySelector(".more")) asked.set("whole", "1");
      const page = await fetched(`${words.dataset.address}?${asked}`);
      await new Promise(window.baliePressing.whenFree);
      since = page.getElementById("changed").dataset.now;
      for (const id of ["places", "fresh", "open-count"]) update(document.getElementById(id), page.getElementById(id));
      for (const row of [...page.getElementById("changed").children]) if (row.id) renew(row);
      for (const number of page.getElementById("changed").dataset.gone.split(" ").filter(Boolean)) remove(number);
      count();
    } catch {
      // `live.js` says that the connection is lost, and calls again when it is back.
    } finally {
      isAsking = false;
      if (isAskedAgain) {
        isAskedAgain = false;
        news();
      }
    }
  }

  const withoutCounts = (place) => {
    const copy = place.cloneNode(true);
    for (const one of copy.querySelectorAll(".count")) one.textContent = "";
    return copy.innerHTML;
  };

  function update(old, now) {
    if (!old || !now || old.innerHTML === now.innerHTML) return;
    if (withoutCounts(old) === withoutCounts(now)) {
      // Numbers alone: a click that has begun must not lose what it is on.
      const counts = now.querySelectorAll(".count");
      old.querySelectorAll(".count").forEach((one, at) => { one.textContent = counts[at].textContent; });
      return;
    }
    const at = old.contains(document.activeElement) ? [...old.querySelectorAll("a, button")].indexOf(document.activeElement) : -1;
    const top = old.scrollTop;
    old.replaceChildren(...now.childNodes);
    swapped(old);
    old.scrollTop = top;
    if (at >= 0) [...old.querySelectorAll("a, button")][at]?.focus({ preventScroll: true });
  }

  function renew(now) {
    const old = rowOf(numberOf(now));
    if (!old) return;
    const column = board && [...board.querySelectorAll(".column-of")].find((one) => one.dataset.status === now.dataset.status);
    const isElsewhere = board && column && old.closest(".column-of") !== column;
    const pick = old.querySelector(".pick");
    const focused = old.contains(document.activeElement) ? document.activeElement.className.split(" ")[0] : "";
    now.querySelector(".pick").checked = pick.checked;
    if (old.hasAttribute("aria-current")) now.setAttribute("aria-current", "true");
    if (isElsewhere) {
      tally(old.closest(".column-of"), -1);
      tally(column, 1);
      old.remove();
      column.querySelector(".cards").prepend(now);
    } else if (old.outerHTML !== now.outerHTML) {
      old.replaceWith(now);
    } else return;
    if (!focused) return;
    now.querySelector(`.${focused}`)?.focus({ preventScroll: true });
    // Whoever is on it cannot see that it changed, perhaps.
    const facts = [...now.querySelectorAll(".line-status, .line-urgency, .line-assignee > :last-child, .line-when")].map((one) => one.textContent.trim());
    document.getElementById("row-said").textContent = [subjectOf(now).textContent, ...facts].filter(Boolean).join(", ");
  }

  function remove(number) {
    const row = rowOf(number);
    if (!row) return;
    // Whoever is on it is not thrown elsewhere; the next step goes on from its place.
    if (row.contains(document.activeElement)) go(row.nextElementSibling?.matches(".line, .card") ? row.nextElementSibling : row.previousElementSibling);
    if (row.closest(".column-of")) tally(row.closest(".column-of"), -1);
    row.remove();
  }

  function tally(column, by) {
    const place = column.querySelector("[data-count]");
    if (/^\d+$/.test(place.textContent)) place.textContent = Number(place.textContent) + by;
  }

  // At once, and once more when it is quiet again, so that the last change is never missed.
  let quiet = 0;
  let asked = 0;
  function heard() {
    clearTimeout(quiet);
    quiet = setTimeout(() => { asked = Date.now(); news(); }, 1200);
    if (Date.now() - asked < 1000) return;
    asked = Date.now();
    news();
  }
  document.body.addEventListener("ticket-changed", heard);
  document.body.addEventListener("resync", heard);

  // Split: the request beside the list

  let opened = new URLSearchParams(location.search).get("open");

  function markOpened() {
    for (const row of rows()) {
      if (opened && numberOf(row) === opened) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  }

  async function open(row) {
    if (!pane || isPhone() || !window.htmx) {
      location.assign(subjectOf(row).href);
      return;
    }
    opened = numberOf(row);
    markOpened();
    const address = new URL(location.href);
    address.searchParams.set("open", opened);
    history.replaceState(history.state, "", address);
    await show(subjectOf(row).href);
    row.classList.remove("unread");
    row.querySelector(".dot").replaceChildren();
  }

  async function show(href) {
    const address = new URL(href);
    await window.htmx.ajax("GET", address.pathname, { target: pane, select: ".detail", swap: "innerHTML" });
    // Unless `request.js` has returned to a letter of it.
    if (!pane.querySelector(".detail[data-returned]")) document.getElementById("latest")?.scrollIntoView({ block: "start" });
  }

  if (pane) {
    list.addEventListener("click", (event) => {
      const subject = event.target.closest(".line-subject");
      if (!subject || event.ctrlKey || event.metaKey || event.shiftKey || event.button || isPhone()) return;
      event.preventDefault();
      subject.focus({ preventScroll: true });
      open(subject.closest(".line"));
    });
    if (opened && !isPhone() && window.htmx) {
      markOpened();
      const row = rowOf(opened);
      show(row ? subjectOf(row).href : new URL(`${location.pathname}${opened}`, location.href).href);
    }
  }

  // Board: cards between statuses, more cards

  if (board) {
    let held = null;
    board.addEventListener("dragstart", (event) => {
      held = event.target.closest(".card");
      if (!held) return;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", numberOf(held));
      held.classList.add("is-held");
    });
    board.addEventListener("dragend", () => {
      if (held) held.classList.remove("is-held");
      for (const column of board.querySelectorAll(".is-over")) column.classList.remove("is-over");
      held = null;
    });
    board.addEventListener("dragover", (event) => {
      const column = event.target.closest(".column-of");
      if (!held || !column) return;
      event.preventDefault();
      for (const one of board.querySelectorAll(".is-over")) if (one !== column) one.classList.remove("is-over");
      column.classList.toggle("is-over", column !== held.closest(".column-of"));
    });
    board.addEventListener("drop", (event) => {
      const column = event.target.closest(".column-of");
      if (!held || !column) return;
      event.preventDefault();
      move(held, column);
    });
    board.addEventListener("click", async (event) => {
      const button = event.target.closest("a[data-more]");
      if (!button || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const had = document.activeElement === button;
      const page = await fetched(button.dataset.more).catch(() => null);
      if (!page) return location.assign(button.href);
      const coming = [...page.body.children].filter((one) => !one.id || !rowOf(numberOf(one)));
      button.closest("li").replaceWith(...coming);
      if (had) go(coming.find((one) => one.matches(".card")));
      count();
    });
  }

  function move(card, column) {
    if (!column || column === card.closest(".column-of")) return;
    back = card;
    const numbers = chosen().some((pick) => card.contains(pick)) ? chosen().map((pick) => pick.value) : [numberOf(card)];
    post(board.dataset.move, { number: numbers, status: column.dataset.status });
  }

  function moveBy(by) {
    const card = current();
    if (!card) return;
    const columns = [...board.querySelectorAll(".column-of")];
    move(card, columns[columns.indexOf(card.closest(".column-of")) + by]);
  }

  // Keys

  const said = words.dataset;
  const keys = window.balieKeys;
  const on = (key, label, act) => keys && keys.on(key, label, act);
  on("j", said.next, () => step(1));
  on("k", said.previous, () => step(-1));
  const toCurrent = (act) => () => {
    const row = current();
    if (!row) return false;
    act(row);
    return true;
  };
  on("o", said.open, toCurrent(open));
  on("x", said.select, toCurrent((row) => {
    const pick = row.querySelector(".pick");
    select(pick, !pick.checked, false);
  }));
  on("X", said.all, () => { all.checked = !all.checked; all.dispatchEvent(new Event("change")); });
  for (const button of bar.querySelectorAll("[data-bulk]")) on(button.dataset.bulk, said[button.dataset.bulk], () => change(button));
  on("Control+z", said.undo, () => {
    const undo = document.getElementById("undo");
    undo?.click();
    return Boolean(undo);
  });
  if (board) {
    on("ArrowRight", said.next, () => across(1));
    on("ArrowLeft", said.previous, () => across(-1));
    on("Shift+ArrowRight", said.right, () => moveBy(1));
    on("Shift+ArrowLeft", said.left, () => moveBy(-1));
  }

  // Beginning

  if (lines) {
    returnToPlace();
    watch();
    let settling = 0;
    const settle = () => { clearTimeout(settling); settling = setTimeout(keepPlace, 200); };
    (scroller || document).addEventListener("scroll", settle, { passive: true });
    document.addEventListener("scroll", settle, { passive: true });
    window.addEventListener("pagehide", keepPlace);
    list.addEventListener("click", keepPlace);
    keepPlace();
  }
  count();
})();

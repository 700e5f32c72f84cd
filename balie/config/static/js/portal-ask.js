// One search over teams and subjects, in place of the long list that is there without this script: a combobox as in the ARIA
// Authoring Practices (list autocomplete). The list stays the form's field; this only fills it.
"use strict";

(() => {
  const box = document.getElementById("everything");
  const list = document.getElementById("id_other");
  if (!box || !list) return;

  const folded = (text) => text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "");
  const choices = [...list.querySelectorAll("option[value]:not([value=''])")].map((option, place) => ({
    option, place,
    value: option.value,
    name: option.textContent.trim(),
    team: option.parentElement.label,
    isTeam: option.dataset.team === "1",
    note: option.dataset.note || "",
    promise: option.dataset.promise || "",
    named: folded(`${option.textContent} ${option.parentElement.label}`),
    words: folded(option.dataset.words || ""),
  }));

  const input = document.createElement("input");
  Object.assign(input, { type: "text", id: "id_search", autocomplete: "off", placeholder: box.dataset.hint });
  for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", "found-places"], ["aria-autocomplete", "list"], ["dir", "auto"]]) input.setAttribute(name, value);
  for (const name of ["aria-invalid", "aria-describedby"]) if (list.hasAttribute(name)) input.setAttribute(name, list.getAttribute(name));
  const label = box.querySelector("label");
  label.htmlFor = input.id;
  label.id = "search-label";
  const found = document.createElement("ul");
  Object.assign(found, { id: "found-places", hidden: true });
  found.setAttribute("role", "listbox");
  found.setAttribute("aria-labelledby", label.id);
  const count = document.createElement("p");
  count.className = "visually-hidden";
  count.setAttribute("role", "status");
  const holder = document.createElement("div");
  holder.className = "combobox";
  holder.append(input, found);
  list.before(holder, count);
  list.hidden = true;
  list.tabIndex = -1;

  let shown = [];
  let active = -1;

  function startsWord(text, word) {
    return text.startsWith(word) || text.includes(` ${word}`) || text.includes(`-${word}`);
  }

  // By name first, then by the other words for it; each word that was typed must begin one.
  function matching(typed) {
    const words = folded(typed).split(/\s+/).filter(Boolean);
    const rank = (one) => {
      let rank = 0;
      for (const word of words) {
        if (startsWord(one.named, word)) continue;
        if (!startsWord(one.words, word)) return -1;
        rank += 1;
      }
      return rank;
    };
    return choices.map((one) => ({ one, rank: rank(one) })).filter(({ rank }) => rank >= 0)
      .sort((a, b) => a.rank - b.rank || a.one.place - b.one.place).map(({ one }) => one);
  }

  function draw() {
    shown = matching(input.value);
    active = -1;
    const groups = new Map();
    for (const one of shown) groups.set(one.team, [...(groups.get(one.team) || []), one]);
    shown = [...groups.values()].flat();
    found.replaceChildren();
    for (const [team, ones] of groups) {
      const group = document.createElement("li");
      group.setAttribute("role", "group");
      group.setAttribute("aria-label", team);
      const heading = document.createElement("div");
      heading.className = "place-team";
      heading.setAttribute("aria-hidden", "true");
      heading.textContent = team;
      const inner = document.createElement("ul");
      inner.setAttribute("role", "none");
      for (const one of ones) inner.append(line(one));
      group.append(heading, inner);
      found.append(group);
    }
    if (!shown.length) {
      const none = document.createElement("li");
      none.className = "place-none";
      none.setAttribute("role", "presentation");
      none.textContent = box.dataset.none;
      found.append(none);
    }
    count.textContent = !shown.length ? box.dataset.none : shown.length === 1 ? box.dataset.one : `${box.dataset.many}${shown.length}`;
    open(true);
  }

  function line(one) {
    const item = document.createElement("li");
    item.id = `place-${one.value.replace(".", "-")}`;
    item.className = "place";
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", String(list.value === one.value));
    const name = document.createElement("b");
    name.textContent = one.name;
    name.dir = "auto";
    item.append(name);
    if (one.note) item.append(Object.assign(document.createElement("small"), { textContent: one.note, dir: "auto" }));
    // Before the field loses the focus, and with it the list.
    item.addEventListener("mousedown", (event) => { event.preventDefault(); choose(one); });
    return item;
  }

  function open(isOpen) {
    found.hidden = !isOpen;
    input.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) point(-1);
  }

  function point(place) {
    active = place;
    found.querySelectorAll(".place.active").forEach((one) => one.classList.remove("active"));
    if (place < 0) return input.removeAttribute("aria-activedescendant");
    const item = document.getElementById(`place-${shown[place].value.replace(".", "-")}`);
    item.classList.add("active");
    item.scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", item.id);
  }

  function choose(one) {
    list.value = one.value;
    list.dispatchEvent(new Event("change", { bubbles: true }));
    open(false);
  }

  // What the field says is what was chosen, also when the browser filled the form again by itself.
  function show() {
    const one = choices.find(({ value }) => value === list.value);
    input.value = one ? (one.isTeam ? one.name : `${one.team} · ${one.name}`) : "";
    const promise = document.getElementById("promise");
    promise.textContent = one ? [one.promise, one.note].filter(Boolean).join(" · ") : "";
    promise.hidden = !promise.textContent;
    if (one) input.removeAttribute("aria-invalid");
  }

  list.addEventListener("change", () => {
    show();
    if (!list.value) return;
    const elsewhere = document.querySelector("#offers input[value='else']");
    if (elsewhere) elsewhere.checked = true;
  });
  input.addEventListener("input", () => {
    list.value = "";
    document.getElementById("promise").hidden = true;
    draw();
  });
  input.addEventListener("click", () => { if (found.hidden) { input.select(); draw(); } });
  input.addEventListener("blur", () => { open(false); show(); });
  input.addEventListener("keydown", (event) => {
    const last = shown.length - 1;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (found.hidden) draw();
      const step = event.key === "ArrowDown" ? 1 : -1;
      if (shown.length) point(active < 0 ? (step > 0 ? 0 : shown.length - 1) : (active + step + shown.length) % shown.length);
    } else if (event.key === "Enter" && !found.hidden) {
      event.preventDefault();
      if (active >= 0) choose(shown[active]);
      else if (last === 0) choose(shown[0]);
    } else if (event.key === "Escape" && !found.hidden) {
      event.preventDefault();
      event.stopPropagation();
      open(false);
      show();
    } else if (event.key === "Tab" && !found.hidden && active >= 0) {
      choose(shown[active]);
    }
  });

  // The search shows itself where there are no offers, or none of them will do.
  const offers = document.getElementById("offers");
  const reveal = () => {
    const taken = offers.querySelector("input[name='place']:checked");
    const isNeeded = !offers.querySelector("input[name='place']") || (taken && taken.value === "else");
    box.hidden = !isNeeded;
    box.classList.remove("needless");
    // An offer that was taken counts, not what was searched for before.
    if (taken && taken.value !== "else" && list.value) { list.value = ""; show(); }
  };
  offers.addEventListener("change", (event) => {
    reveal();
    if (event.target.value === "else") input.focus();
  });
  offers.addEventListener("htmx:afterSwap", reveal);
  window.addEventListener("pageshow", () => { show(); reveal(); });
  show();
  reveal();
})();

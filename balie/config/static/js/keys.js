// Keys. An element with data-key="e" (or a sequence, "g i", or "Control+Enter") is clicked, or focused if it is a field, when that
// is pressed outside of fields; scripts add what no element stands for: balieKeys.on("j", label, act), where act may return false
// to leave the key to the next one. `?` shows them all, by group: the nearest data-key-group, or the fourth argument of `on`.
// Keys without Ctrl can be switched off on the account page (WCAG 2.1.4).
"use strict";

(() => {
  const words = () => document.getElementById("keys");
  const registered = [];
  const pauseOfSequence = 1500;
  let begun = [];
  let lastPress = 0;

  const isOff = () => words()?.dataset.off !== undefined;
  const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
  const isTyped = (key) => !/^(Control|Alt)\+/.test(key);

  const isField = (element) =>
    element.isContentEditable ||
    element.closest?.("textarea, select, [role=textbox], [role=combobox]") ||
    (element.matches?.("input") && !/^(checkbox|radio|button|submit|reset|file|image|range|color)$/.test(element.type));

  const isShown = (element) => element.getClientRects().length > 0 && !element.closest("[inert], [hidden]");

  const isAble = (element) => !element.matches(":disabled, [aria-disabled=true]");

  // A letter of another alphabet is the key where the Latin letter stands: the list says "j", and the hand finds it.
  const nameOf = (event) => {
    if (event.key.length > 1) return event.key;
    const place = /^Key([A-Z])$/.exec(event.code);
    if (place && !/^[\x21-\x7e]$/.test(event.key)) return event.shiftKey ? place[1] : place[1].toLowerCase();
    return event.key;
  };

  // "Control" is Cmd on a Mac. AltGr, and Option on a Mac, are how many keyboards write [ and ]; they are no modifiers then.
  const pressed = (event) => {
    const name = nameOf(event);
    const isWritten = event.key.length === 1 && !/[a-z0-9]/i.test(event.key);
    const isControl = event.ctrlKey || event.metaKey;
    if (event.getModifierState("AltGraph") || (isMac && event.altKey && !isControl)) return isWritten ? name : null;
    if (isControl) return `Control+${event.altKey ? "Alt+" : ""}${event.shiftKey ? "Shift+" : ""}${name.length === 1 ? name.toLowerCase() : name}`;
    if (event.altKey) return `Alt+${name}`;
    return event.shiftKey && name.length > 1 ? `Shift+${name}` : name;
  };

  const keysOf = (element) => element.dataset.key.split(",").map((key) => key.trim()).filter(Boolean);

  const withKey = (wanted, around) =>
    [...(around || document).querySelectorAll("[data-key]")].filter((one) => keysOf(one).includes(wanted) && isAble(one));

  const press = (element) => {
    if (isField(element)) {
      element.focus();
      element.select?.();
    } else {
      element.click();
      // What the click leads to by and by would be too late for the next key.
      element.dispatchEvent(new CustomEvent("key-pressed"));
    }
  };

  const act = (wanted, event) => {
    for (const one of registered.filter((one) => one.key === wanted).reverse()) {
      if (one.act(event) !== false) return true;
    }
    const form = event.target.closest?.("form");
    // Beside a list, what has the focus says whose key is meant.
    const around = event.target.closest?.("[data-key-group]");
    const elements = [...(form ? withKey(wanted, form) : []), ...(around ? withKey(wanted, around) : []), ...withKey(wanted)];
    // A narrow page folds its navigation away, and a menu what it holds; their ways stay open to the keyboard.
    const shown = elements.filter(isShown);
    // The field of a page goes before the navigation's link to it.
    const element = shown.find((one) => !one.closest("nav.side-nav, .top-bar")) || shown[0] || elements.find((one) => one.matches("nav a[href], details:not([open]) *"));
    if (element) press(element);
    return Boolean(element);
  };

  const isBeginning = (typed) => {
    const start = `${typed} `;
    const all = [...registered.map((one) => one.key), ...[...document.querySelectorAll("[data-key]")].flatMap(keysOf)];
    return all.some((key) => key.startsWith(start));
  };

  const onKey = (event) => {
    if (event.defaultPrevented || event.isComposing || /^(Shift|Control|Alt|Meta|AltGraph|Dead|Process)$/.test(event.key)) return;
    const name = pressed(event);
    if (!name) return;
    const dialog = document.querySelector("dialog:modal, dialog.opens, [aria-modal=true]:not([hidden])");
    if (!isTyped(name)) {
      if (dialog && !dialog.contains(event.target)) return;
      if (act(name, event)) event.preventDefault();
      return;
    }
    if (dialog || isOff()) return;
    if (isField(event.target)) {
      if (name === "Escape" && !event.target.closest("[popover]")) event.target.blur();
      return;
    }
    if ((name === "Enter" || name === " ") && event.target.closest?.("a, button, summary, input, label, [role=button], [role=option], [role=menuitem]")) return;
    // What is open over the page is closed by the browser, and by nothing else.
    if (name === "Escape" && document.querySelector("[popover]:popover-open")) return;
    const now = event.timeStamp;
    if (now - lastPress > pauseOfSequence) begun = [];
    lastPress = now;
    const sequence = [...begun, name].join(" ");
    begun = [];
    if (isBeginning(sequence)) {
      begun = sequence.split(" ");
      event.preventDefault();
      return;
    }
    // Held down, j and k run through a list; nothing else happens twice.
    if (event.repeat && !registered.some((one) => one.key === sequence && one.repeats)) return;
    if (act(sequence, event) || (sequence !== name && act(name, event))) event.preventDefault();
  };

  const textOf = (element) => {
    const given = element.dataset.keyLabel || element.getAttribute("aria-label");
    if (given) return given;
    const copy = element.cloneNode(true);
    for (const extra of copy.querySelectorAll("kbd, .count, svg")) extra.remove();
    const labelled = element.labels?.[0]?.textContent;
    return (labelled || copy.textContent || "").trim().replace(/\s+/g, " ") || element.title || element.placeholder || "";
  };

  const all = () => {
    const found = [];
    for (const one of registered) found.push({ key: one.key, label: one.label, group: one.group, run: one.repeats ? null : one.act });
    for (const element of document.querySelectorAll("[data-key]")) {
      const group = element.closest("[data-key-group]")?.dataset.keyGroup || "";
      const key = keysOf(element).join(",");
      if (isShown(element) || element.matches("nav a[href], dialog [data-key], [data-key-group] [data-key]")) found.push({ key, label: textOf(element), group, element, run: isShown(element) && isAble(element) ? () => press(element) : null });
    }
    const seen = new Set();
    return found.filter(({ key, label }) => label && !seen.has(`${key}\n${label}`) && seen.add(`${key}\n${label}`));
  };

  const drawn = (key) => {
    const said = words().dataset;
    const names = { Control: isMac ? "⌘" : said.ctrl, Enter: said.enter, Escape: said.escape, ArrowDown: "↓", ArrowUp: "↑", ArrowLeft: "←", ArrowRight: "→", Shift: said.shift, Alt: isMac ? "⌥" : "Alt", Delete: said.delete, " ": said.space };
    const place = document.createElement("span");
    place.className = "keys-of";
    key.split(",").forEach((one, number) => {
      if (number) place.append(` ${said.or} `);
      one.split(" ").forEach((step, order) => {
        if (order) place.append(` ${said.then} `);
        (step === "+" ? [step] : step.split("+")).forEach((part) => {
          const shown = document.createElement("kbd");
          shown.textContent = names[part] || part;
          place.append(shown);
        });
      });
    });
    return place;
  };

  const show = () => {
    const dialog = words();
    if (!dialog || dialog.open) return;
    dialog.querySelector(".keys-list").replaceChildren();
    window.balieKeys.open(dialog);
    // The frame that answers the key is drawn first: on a slow machine the list takes longer than a key may.
    window.balieKeys.afterFrame(() => fill(dialog));
  };

  // Making all the rest of a page inert takes a slow machine longer than a key may, and making it usable again as long. So a dialog is
  // first only shown, and becomes modal once its reader rests, or before it would make a difference.
  const open = (dialog) => {
    const from = document.activeElement;
    const ends = new AbortController();
    let waiting = 0;
    const becomeModal = () => {
      clearTimeout(waiting);
      if (!dialog.open || !dialog.classList.contains("opens")) return;
      const within = document.activeElement;
      dialog.classList.remove("opens");
      dialog.removeAttribute("open");
      dialog.showModal();
      if (dialog.contains(within)) within.focus();
    };
    const rest = () => {
      clearTimeout(waiting);
      waiting = setTimeout(becomeModal, 300);
    };
    const on = (name, act) => document.addEventListener(name, act, { capture: true, signal: ends.signal });
    dialog.classList.add("opens");
    dialog.show();
    rest();
    on("keydown", (event) => {
      if (event.key === "Tab") becomeModal();
      else if (event.key === "Escape" && !event.isComposing && dialog.classList.contains("opens")) {
        event.preventDefault();
        event.stopPropagation();
        dialog.close();
      } else rest();
    });
    on("pointerdown", (event) => { if (!dialog.contains(event.target)) becomeModal(); });
    // Gone before the page can be used again, since both together take too long.
    dialog.addEventListener("cancel", (event) => {
      if (event.target !== dialog) return;
      event.preventDefault();
      dialog.classList.add("closes");
      window.balieKeys.afterFrame(() => dialog.close());
    }, { signal: ends.signal });
    dialog.addEventListener("close", () => {
      clearTimeout(waiting);
      ends.abort();
      dialog.classList.remove("opens", "closes");
      const now = document.activeElement;
      if (!now || now === document.body || dialog.contains(now)) from?.focus?.({ preventScroll: true });
    }, { once: true });
  };

  const fill = (dialog) => {
    const groups = new Map();
    for (const one of all()) {
      const group = one.group || (one.key.startsWith("g ") ? dialog.dataset.goTo : dialog.dataset.page);
      if (!groups.has(group)) groups.set(group, []);
      groups.get(group).push(one);
    }
    const list = dialog.querySelector(".keys-list");
    const columns = document.createElement("div");
    columns.className = "keys-columns";
    list.replaceChildren(columns);
    for (const [group, keys] of groups) {
      const section = document.createElement("section");
      const heading = document.createElement("h3");
      heading.textContent = group;
      const rows = document.createElement("dl");
      for (const { key, label } of keys) {
        const row = document.createElement("div");
        const name = document.createElement("dt");
        name.textContent = label;
        const how = document.createElement("dd");
        how.append(drawn(key));
        row.append(name, how);
        rows.append(row);
      }
      section.append(heading, rows);
      columns.append(section);
    }
  };

  window.balieKeys = {
    // `more` may say { group, repeats }. Returns what takes it away again.
    on(key, label, fn, more = {}) {
      const group = typeof more === "string" ? more : more.group || "";
      const one = { key, label, act: fn, group, repeats: /^[jk]$|^Arrow/.test(key) || Boolean(more.repeats) };
      registered.push(one);
      return () => registered.splice(registered.indexOf(one), 1);
    },
    show,
    open,
    // Each key with its label, its group, and `run`, which does what it does now; null where that is only moving about, or not possible.
    all,
    drawn,
    isOff,
    isField,
    // Once what was changed until now is on the screen.
    afterFrame: (act) => requestAnimationFrame(() => setTimeout(act)),
  };

  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-show-keys]")) {
      event.preventDefault();
      show();
    }
  });
  document.addEventListener("DOMContentLoaded", () => {
    const dialog = words();
    if (!dialog) return;
    window.balieKeys.on("?", dialog.dataset.show, show, dialog.dataset.everywhere);
    for (const hint of document.querySelectorAll("[data-key-hint]")) if (isMac) hint.textContent = hint.dataset.keyHint.replace("Control+", "⌘");
  });
})();

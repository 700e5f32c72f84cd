// A field that holds a person offers names while one types. Without this script a name or an address is typed in full.
"use strict";

(() => {
  const PAUSE = 150;
  let number = 0;

  for (const field of document.querySelectorAll("input[data-people]")) {
    const list = document.createElement("datalist");
    list.id = `people-offered-${++number}`;
    field.after(list);
    field.setAttribute("list", list.id);
    let waiting = 0;
    let asked = "";
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        const typed = field.value.trim();
        // What was chosen from the list needs no other.
        if (!typed || typed === asked || typed.endsWith(">")) return;
        asked = typed;
        const answer = await fetch(`${field.dataset.people}?${new URLSearchParams({ q: typed })}`);
        if (answer.ok && field.value.trim() === typed) list.innerHTML = await answer.text();
      }, PAUSE);
    });
  }
})();

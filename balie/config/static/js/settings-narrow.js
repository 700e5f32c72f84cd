// A search field above a list of choices shows those whose names hold what was typed. Without scripts the list is whole.
"use strict";

(() => {
  const plain = (words) => words.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

  for (const label of document.querySelectorAll("[data-narrows]")) {
    const list = document.getElementById(label.dataset.narrows);
    const none = list.parentElement.querySelector("[data-none]");
    const field = label.querySelector("input");
    field.addEventListener("input", () => {
      const wanted = plain(field.value.trim());
      let found = 0;
      for (const group of list.querySelectorAll("[data-group]")) {
        let here = 0;
        for (const one of group.querySelectorAll("[data-name]")) {
          one.hidden = !plain(one.dataset.name).includes(wanted);
          here += one.hidden ? 0 : 1;
        }
        group.hidden = here === 0;
        found += here;
      }
      none.hidden = found > 0;
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
    list.addEventListener("change", () => {
      const chosen = list.closest("form").querySelector('input[name="which"][value="chosen"]');
      if (chosen) chosen.checked = true;
    });
  }
})();

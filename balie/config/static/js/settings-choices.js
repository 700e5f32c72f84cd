// A list of choices: typing shows those that fit, and the line above says what is chosen. Without it the list is all there.
"use strict";

for (const box of document.querySelectorAll("[data-choices]")) {
  const filter = box.querySelector("[data-filter]");
  const chosen = box.querySelector("[data-chosen]");
  const nothing = box.querySelector("[data-nothing]");
  const choices = [...box.querySelectorAll(".tick")];
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase();

  filter.addEventListener("input", () => {
    const words = plain(filter.value).split(/\s+/).filter(Boolean);
    for (const section of box.querySelectorAll("fieldset")) {
      const heading = plain(section.querySelector("legend").textContent);
      let shown = 0;
      for (const choice of section.querySelectorAll(".tick")) {
        const text = `${heading} ${plain(choice.querySelector(".choice-name").textContent)}`;
        choice.hidden = !words.every((word) => text.includes(word));
        if (!choice.hidden) shown += 1;
      }
      section.hidden = !shown;
    }
    nothing.hidden = choices.some((choice) => !choice.hidden);
  });
  // Enter would send the form while one still looks.
  filter.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  box.addEventListener("change", () => {
    const names = choices.filter((choice) => choice.querySelector("input").checked).map((choice) => choice.querySelector(".choice-name").textContent);
    chosen.textContent = names.join(", ") || chosen.dataset.none;
  });
  box.addEventListener("toggle", () => box.open && filter.focus());
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !box.open) return;
    box.open = false;
    box.querySelector("summary").focus();
  });
}

// A day has as many lines as it needs and a button for another one; the holidays follow the country that is chosen.
"use strict";

(() => {
  const form = document.getElementById("week");
  if (!form) return;
  const MOST = 8;

  for (const day of form.querySelectorAll(".week-row")) {
    const spans = day.querySelector(".week-spans");
    const button = spans.querySelector(".week-add");
    const lines = spans.querySelectorAll(".week-span");
    const last = lines[lines.length - 1];
    const spare = last.cloneNode(true);
    if (lines.length > 1) last.remove();
    button.addEventListener("click", () => {
      const line = spare.cloneNode(true);
      button.before(line);
      line.querySelector("input").focus();
      button.hidden = spans.querySelectorAll(".week-span").length >= MOST;
    });
  }
  form.dataset.ready = "";

  form.addEventListener("change", async (event) => {
    if (!["country", "region"].includes(event.target.name)) return;
    const isCountry = event.target.name === "country";
    const asked = new URLSearchParams({ country: form.elements.country.value, region: isCountry ? "" : event.target.value });
    const answer = await fetch(`?${asked}`, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.getElementById("holidays").replaceWith(fresh.getElementById("holidays"));
    if (!isCountry) return;
    // A country without regions has a hidden field in their place.
    const [place, newPlace] = [form, fresh.getElementById("week")].map((one) => one.elements.region.closest(".field"));
    const newRegion = fresh.getElementById("week").elements.region;
    if (place) place.replaceWith(newPlace || newRegion);
    else if (newPlace) { form.elements.region.remove(); form.elements.country.closest(".field").after(newPlace); }
  });
})();

// Shows what a rule would mean while it is written. The page does so without this file, too, by its button.
(() => {
  const form = document.querySelector("[data-preview]");
  if (form) {
    const place = document.getElementById("preview");
    const names = ["response_hours", "response_minutes", "resolution_hours", "resolution_minutes"];
    let waiting = 0;
    let asked = "";
    const look = async () => {
      const query = new URLSearchParams(names.map((name) => [name, form.elements[name].value])).toString();
      if (query === asked) return;
      asked = query;
      const answer = await fetch(`${form.dataset.preview}?${query}`, { headers: { "X-Requested-With": "fetch" } });
      if (answer.ok && query === asked) place.innerHTML = await answer.text();
    };
    form.addEventListener("input", (event) => {
      if (!names.includes(event.target.name)) return;
      clearTimeout(waiting);
      waiting = setTimeout(look, 250);
    });
  }
})();

// Shows what a rule would mean while it is written, and how far a change has come. Both are there without this file.
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
  const progress = document.getElementById("progress");
  const follow = async () => {
    const shown = progress?.querySelector("[data-progress]");
    if (!shown) return;
    if (!document.hidden) {
      const answer = await fetch(shown.dataset.progress);
      if (answer.ok) progress.innerHTML = await answer.text();
    }
    setTimeout(follow, 2000);
  };
  setTimeout(follow, 1500);
})();

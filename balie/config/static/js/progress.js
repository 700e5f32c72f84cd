// Shows how far the work in the background has come while it goes on. The page says so without this file, too, when it is opened.
(() => {
  const follow = async (place) => {
    const shown = place.querySelector("[data-progress]");
    if (!shown) return;
    if (!document.hidden) {
      const answer = await fetch(shown.dataset.progress).catch(() => null);
      // Whoever is signed out meanwhile is led elsewhere, and that is no part of this page.
      if (answer?.redirected) return;
      if (answer?.ok) place.innerHTML = await answer.text();
    }
    setTimeout(follow, 2000, place);
  };
  for (const place of document.querySelectorAll("[data-follows]")) setTimeout(follow, 1500, place);
})();

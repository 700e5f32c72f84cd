// Back and reload return to where one was. A browser remembers how far its window was scrolled, and nothing of what scrolls within:
// the page beside the navigation, the navigation, the columns of a board. The list and the conversation have more to remember, and
// do so themselves (inbox.js, request.js).
"use strict";

(() => {
  const SCROLLED = "#places, #content, .board, .cards, .side";
  const [entry] = performance.getEntriesByType("navigation");
  const scrolled = () => [...document.querySelectorAll(SCROLLED)].filter((one) => !one.matches(".talk, :has(> #lines), #pane *"));
  let settling = 0;

  // What has the focus, as something that the same page has again.
  function focused() {
    const one = document.activeElement;
    if (!one || one === document.body || one.closest("dialog, [popover]")) return null;
    return one.id ? `#${CSS.escape(one.id)}` : one.matches("a[href]") ? `a[href="${CSS.escape(one.getAttribute("href"))}"]` : null;
  }

  function keep() {
    const places = scrolled().map((one) => [one.scrollLeft, one.scrollTop]);
    history.replaceState({ ...history.state, places, focused: focused() }, "");
  }

  function comeBack() {
    if (!history.state?.places || !entry || entry.type === "navigate") return;
    const there = scrolled();
    if (there.length === history.state.places.length) there.forEach((one, at) => one.scrollTo(...history.state.places[at]));
    // The list and the conversation give the focus themselves.
    if (history.state.focused && !document.querySelector("#lines, .talk")) document.querySelector(history.state.focused)?.focus({ preventScroll: true });
  }

  comeBack();
  document.addEventListener("scroll", () => {
    clearTimeout(settling);
    settling = setTimeout(keep, 200);
  }, { capture: true, passive: true });
  window.addEventListener("pagehide", keep);
})();

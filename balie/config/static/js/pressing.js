// A click that has begun must not lose what it is on, nor a drag what it carries: until the button is up, what changes a page waits.
//
//   baliePressing.isFree()          whether nothing is held down
//   baliePressing.whenFree(act)     now, or as soon as nothing is
"use strict";

window.baliePressing = (() => {
  let isPressed = false;
  const waiting = [];

  // The click itself comes once the button is up.
  const release = () => setTimeout(() => {
    isPressed = false;
    for (const act of waiting.splice(0)) act();
  });

  window.addEventListener("pointerdown", () => { isPressed = true; }, true);
  for (const end of ["pointerup", "dragend"]) window.addEventListener(end, release, true);
  // A mouse that begins to drag says so, too; its button is still down. A finger that scrolls has let go.
  window.addEventListener("pointercancel", (event) => { if (event.pointerType !== "mouse") release(); }, true);
  // Let go where no page sees it: outside the window, or on what the system draws.
  window.addEventListener("pointermove", (event) => { if (isPressed && !event.buttons) release(); }, true);
  window.addEventListener("blur", (event) => { if (event.target === window) release(); }, true);

  return {
    isFree: () => !isPressed,
    whenFree: (act) => { isPressed ? waiting.push(act) : act(); },
  };
})();

// One press in the mail is enough: once a person's browser shows the page, the face is sent. Programs that look through mails
// and fetch this page run no script, do not show it, or say that they are driven; then the button waits for somebody.
"use strict";

(() => {
  const form = document.querySelector("form[data-at-once]");
  if (!form || navigator.webdriver) return;
  const send = () => requestAnimationFrame(() => requestAnimationFrame(() => form.requestSubmit()));
  const whenSeen = () => {
    if (document.visibilityState === "visible" && !document.prerendering) return send();
    document.addEventListener("visibilitychange", whenSeen, { once: true });
  };
  if (document.prerendering) document.addEventListener("prerenderingchange", whenSeen, { once: true });
  else whenSeen();
})();

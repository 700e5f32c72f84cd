// Notices that this browser shows though no page is open: asked for by a click, kept up while one is signed in, ended with signing out.
"use strict";

(() => {
  const list = document.getElementById("bell-list");
  if (!list || !("serviceWorker" in navigator)) return offerNothing();
  if (!("PushManager" in window) || !("Notification" in window)) return offerNothing();

  const BROWSERS = list.dataset.browsers;
  const WORKER = list.dataset.worker;
  const TOLD = "balie-push-told";
  const offer = document.querySelector("[data-push]");

  function offerNothing() {
    const place = document.querySelector("[data-push]");
    if (!place) return;
    place.hidden = false;
    place.querySelector("[data-push-begin]").hidden = true;
    place.querySelector("[data-push-said]").textContent = place.dataset.unable;
  }

  const bytes = (written) =>
    Uint8Array.from(atob(written.replace(/-/g, "+").replace(/_/g, "/") + "=".repeat((4 - (written.length % 4)) % 4)), (one) => one.charCodeAt(0));

  const token = () => (document.querySelector("[name=csrfmiddlewaretoken]") || {}).value || cookie("csrftoken");
  const cookie = (name) => (document.cookie.match(`(?:^|; )${name}=([^;]*)`) || [])[1] || "";

  async function subscribed() {
    const registration = await navigator.serviceWorker.register(WORKER, { scope: "/" });
    await navigator.serviceWorker.ready;
    const { key } = await (await fetch(BROWSERS, { headers: { Accept: "application/json" } })).json();
    const known = await registration.pushManager.getSubscription();
    const wanted = bytes(key);
    const theirs = known && known.options.applicationServerKey && new Uint8Array(known.options.applicationServerKey);
    if (known && theirs && theirs.join() !== wanted.join()) await known.unsubscribe();
    return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted });
  }

  async function tell(subscription) {
    const answer = await fetch(BROWSERS, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
      body: JSON.stringify(subscription),
    });
    if (!answer.ok) throw new Error(`${answer.status}`);
    sessionStorage.setItem(TOLD, "1");
  }

  async function begin() {
    const said = offer.querySelector("[data-push-said]");
    said.textContent = "";
    if ((await Notification.requestPermission()) !== "granted") {
      said.textContent = offer.dataset.denied;
      return;
    }
    try {
      await tell(await subscribed());
      location.reload();
    } catch {
      said.textContent = offer.dataset.failed;
    }
  }

  async function end() {
    sessionStorage.removeItem(TOLD);
    const registration = await navigator.serviceWorker.getRegistration("/");
    const subscription = registration && (await registration.pushManager.getSubscription());
    if (subscription) await subscription.unsubscribe();
    if (registration) for (const notice of await registration.getNotifications()) notice.close();
  }

  // Whoever signed in again, or whose session got another key, is still somebody who agreed: said once for each tab.
  async function keepUp() {
    if (Notification.permission !== "granted" || sessionStorage.getItem(TOLD)) return;
    const registration = await navigator.serviceWorker.getRegistration("/");
    const subscription = registration && (await registration.pushManager.getSubscription());
    if (subscription) await tell(await subscribed());
  }

  if (offer) {
    offer.hidden = Boolean(document.querySelector("[data-push-end]"));
    offer.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      begin();
    });
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-push-end], [action$='/sign-out/']") || form.dataset.ended) return;
    event.preventDefault();
    form.dataset.ended = "1";
    // Signing out does not wait for a push service that does not answer.
    const patience = new Promise((resolve) => setTimeout(resolve, 1500));
    Promise.race([end(), patience]).catch(() => {}).finally(() => form.submit());
  });
  navigator.serviceWorker.addEventListener("message", (event) => {
    if (event.data === "subscribe-again") subscribed().then(tell).catch(() => {});
  });
  keepUp().catch(() => {});
})();

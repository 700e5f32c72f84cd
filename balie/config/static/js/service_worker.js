// Shows what the desk sends to this browser, and takes away what was read elsewhere. It keeps nothing, and pages do not go through it.
"use strict";

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => event.waitUntil(shown(event.data ? event.data.json() : null)));

async function shown(message) {
  if (!message) return;
  await closeAllBut(message.unread);
  await self.registration.showNotification(message.title, {
    body: message.body,
    tag: message.tag,
    renotify: true,
    lang: message.lang,
    dir: message.dir,
    data: { page: message.page, tickets: message.tickets },
  });
}

// A notice of several requests stays while one of them is unread.
async function closeAllBut(unread) {
  for (const notice of await self.registration.getNotifications()) {
    const tickets = (notice.data && notice.data.tickets) || [];
    if (!tickets.some((number) => unread.includes(number))) notice.close();
  }
}

self.addEventListener("message", (event) => {
  if (event.data && Array.isArray(event.data.unread)) event.waitUntil(closeAllBut(event.data.unread));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.page));
});

async function open(page) {
  const address = new URL(page, self.location.origin);
  if (address.origin !== self.location.origin) return;
  const pages = await self.clients.matchAll({ type: "window" });
  const there = pages.find((one) => new URL(one.url).pathname === address.pathname);
  if (there) await there.focus();
  else await self.clients.openWindow(address.href);
}

// The service gave this browser a new address by itself.
self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(self.clients.matchAll({ type: "window" }).then((pages) => pages.forEach((one) => one.postMessage("subscribe-again"))));
});

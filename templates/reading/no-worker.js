// Reading without a connection is switched off here: this takes away what an earlier worker kept.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith("kith-")) await caches.delete(name);
      await self.registration.unregister();
    })(),
  );
});

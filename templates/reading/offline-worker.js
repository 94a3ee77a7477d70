// Serves the pages of saved entries when there is no connection. It keeps nothing itself
// (static/js/offline.js does) and touches nothing else: moderation, submissions, accounts, searches
// and forms always come from the server, or not at all.

const CACHE = "kith-saved";
const PAGES = /^\/(?:(?:approaches|services|organizations|places)\/[^/.]+(?:\/easy-read)?|saved|help-now)$/;
const PATIENCE = 8000; // milliseconds

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && PAGES.test(url.pathname)) event.respondWith(page(request, url));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(file(request));
});

/** The page as it is now; without a connection as it was kept, marked so that it can say so. */
async function page(request, url) {
  try {
    return await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
  } catch {
    const kept = await (await caches.open(CACHE)).match(url.pathname, { ignoreSearch: true });
    if (!kept) return Response.redirect("/saved", 302);
    const text = await kept.text();
    const day = (kept.headers.get("X-Kept") ?? "").slice(0, 10);
    return new Response(text.replace("<html ", `<html data-kept-on="${day}" `), { headers: kept.headers });
  }
}

/** Files never change at their address, so a kept one is as good as any. */
async function file(request) {
  const kept = await (await caches.open(CACHE)).match(request.url);
  return kept ?? fetch(request);
}

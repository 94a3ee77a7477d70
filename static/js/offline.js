// Keeps saved entries readable without a connection. saved.js fetches this file once something is
// saved; who saves nothing gets no worker. What is kept here, /offline-worker.js serves.

const CACHE = "kith-saved";
const WORKER = "/offline-worker.js";
const STAMP = "kith.offline";
const DAY = 24 * 60 * 60 * 1000;
// Somebody may take their story back at any time: stories are never kept.
const KINDS = /^(approaches|services|organizations|places)\//;
const SHELL = ["/saved", "/help-now"];
const FILES = /\/assets\/[^"'()\s?#]+\.(?:css|js|woff2|svg)/g;

let busy = Promise.resolve();

/** Keep the pages of these entries ("approaches/homeshare"), and no others. */
export function keep(entries) {
  if (!("serviceWorker" in navigator) || !window.caches) return busy;
  busy = busy.then(() => follow(entries)).catch((error) => console.warn("offline:", error));
  return busy;
}

async function follow(entries) {
  const kept = entries.filter((entry) => KINDS.test(entry));
  if (!kept.length) {
    await forget();
    return;
  }
  await navigator.serviceWorker.register(WORKER, { scope: "/" });
  const cache = await caches.open(CACHE);
  const easy = kept.filter((entry) => entry.startsWith("approaches/"));
  const wanted = [...SHELL, ...kept.map((entry) => `/${entry}`), ...easy.map((entry) => `/${entry}/easy-read`)];
  const isOld = Date.now() - stamp() > DAY;
  const files = new Set();
  for (const path of wanted) {
    if (isOld || !(await cache.match(path))) await fetchPage(cache, path);
    for (const file of await filesOf(cache, path)) files.add(file);
  }
  for (const file of files) {
    if (!(await cache.match(file))) await fetchFile(cache, file);
    if (file.endsWith(".css")) for (const font of await filesOf(cache, file)) files.add(font);
  }
  for (const { url } of await cache.keys()) {
    const { pathname } = new URL(url);
    if (!wanted.includes(pathname) && !files.has(pathname)) await cache.delete(url);
  }
  if (isOld) localStorage.setItem(STAMP, String(Date.now()));
}

/** The page as anybody sees it: without cookies, and whole (what was renamed answers at its old address too). */
async function fetchPage(cache, path) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "omit", cache: "no-cache" });
  } catch {
    return; // no connection: what is kept stays
  }
  if (answer.status === 404 || answer.status === 410) {
    await cache.delete(path);
  } else if (answer.ok) {
    const headers = { "Content-Type": "text/html; charset=utf-8" };
    for (const name of ["Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy"]) {
      if (answer.headers.get(name)) headers[name] = answer.headers.get(name);
    }
    headers["X-Kept"] = new Date().toISOString();
    await cache.put(path, new Response(await answer.text(), { headers }));
  }
}

async function fetchFile(cache, file) {
  try {
    const answer = await fetch(file);
    if (answer.ok) await cache.put(file, answer);
  } catch {
    // Next time.
  }
}

async function filesOf(cache, path) {
  const answer = await cache.match(path);
  return answer ? new Set((await answer.text()).match(FILES) ?? []) : [];
}

async function forget() {
  await caches.delete(CACHE);
  localStorage.removeItem(STAMP);
  const registration = await navigator.serviceWorker.getRegistration("/");
  if (registration?.active?.scriptURL.endsWith(WORKER)) await registration.unregister();
}

function stamp() {
  return Number(localStorage.getItem(STAMP)) || 0;
}

// Saved entries, kept in this browser: no cookie, no account, nothing sent. Without this file every
// Save is a link to a page that carries the list in its address.
//
// Kept under "kith.saved": {"lists": [{"name": "", "entries": [{"e": "approaches/homeshare",
// "name": "Homeshare"}]}]}. The first list is the one that Save adds to.

(() => {
  const KEY = "kith.saved";
  const MOST = 60; // entries of a list, as on the server (directory/saved/lists.py)
  const header = document.querySelector("[data-saved-link]");
  if (!header || !works()) return;

  const words = header.dataset;
  window.kithSaved = { lists, write, tell, MOST };
  document.documentElement.dataset.keeps = "";
  enhance();
  show();
  keepOffline();
  sayKept();
  document.addEventListener("kith:saved", keepOffline);
  // Results that htmx put in hold fresh links.
  document.addEventListener("htmx:after:swap", () => {
    enhance();
    show();
  });
  // Another tab changed the list.
  window.addEventListener("storage", (event) => {
    if (event.key === KEY) show();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-save]");
    if (button) toggle(button.dataset.save, button.dataset.name);
  });

  /** All lists; always at least one. What cannot be read counts as nothing. */
  function lists() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY)) ?? {};
      const found = (kept.lists ?? []).map((list) => ({
        name: String(list.name ?? ""),
        entries: (list.entries ?? []).filter((entry) => typeof entry?.e === "string"),
      }));
      return found.length ? found : [{ name: "", entries: [] }];
    } catch {
      return [{ name: "", entries: [] }];
    }
  }

  function write(changed) {
    localStorage.setItem(KEY, JSON.stringify({ lists: changed }));
    show();
    document.dispatchEvent(new CustomEvent("kith:saved"));
  }

  function toggle(e, name) {
    const all = lists();
    if (all.some((list) => list.entries.some((entry) => entry.e === e))) {
      for (const list of all) list.entries = list.entries.filter((entry) => entry.e !== e);
      write(all);
      tell(words.saidRemoved.replace("{}", name));
    } else if (all[0].entries.length >= MOST) {
      tell(words.saidFull);
    } else {
      all[0].entries.push({ e, name });
      write(all);
      tell(words.saidSaved.replace("{}", name));
    }
  }

  /** Links become buttons: pressing them leads nowhere any more. */
  function enhance() {
    for (const link of document.querySelectorAll("a[data-save]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = link.className;
      Object.assign(button.dataset, link.dataset);
      button.append(...link.childNodes);
      link.replaceWith(button);
    }
  }

  /** Every button and the count say what is kept. */
  function show() {
    const kept = new Set(lists().flatMap((list) => list.entries.map((entry) => entry.e)));
    for (const button of document.querySelectorAll("button[data-save]")) {
      const on = kept.has(button.dataset.save);
      button.classList.toggle("save--on", on);
      button.querySelector(".save__word").textContent = on ? words.wordSaved : words.wordSave;
      button.querySelector(".save__rest").textContent =
        ` ${button.dataset.name}${on ? `. ${words.pressAgain}` : ""}`;
    }
    for (const count of document.querySelectorAll("[data-saved-count]")) {
      count.textContent = kept.size ? `(${kept.size})` : "";
    }
  }

  /** Keep the saved pages for when there is no connection. The last one taken off clears them away. */
  function keepOffline() {
    const entries = lists().flatMap((list) => list.entries.map((entry) => entry.e));
    const hasWorker = "serviceWorker" in navigator && navigator.serviceWorker.controller;
    if (!words.offline || !(entries.length || hasWorker)) return;
    import(words.offline).then((offline) => offline.keep(entries)).catch(() => {});
  }

  /** The worker marks a page that it served from what was kept. */
  function sayKept() {
    const day = document.documentElement.dataset.keptOn;
    if (!day) return;
    const notice = document.createElement("p");
    notice.className = "kept-notice wrap";
    notice.textContent = words.saidKept.replace(
      "{}",
      new Date(day).toLocaleDateString(document.documentElement.lang, { dateStyle: "long" }),
    );
    document.getElementById("main")?.prepend(notice);
  }

  /** Say it to those who cannot see the button change. */
  function tell(what) {
    const status = document.getElementById("status");
    if (status) status.textContent = what;
  }

  function works() {
    try {
      localStorage.setItem("kith.try", "1");
      localStorage.removeItem("kith.try");
      return true;
    } catch {
      return false;
    }
  }
})();

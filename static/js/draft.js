// Drafts on this device: what is typed in a part of a draft is kept in this browser until the server
// has it, so that a lost connection or a closed tab loses nothing. Without this file the server alone
// saves, each time a page is sent. A form that cannot be sent now stays, and says so, instead of
// giving way to the browser's own page. Plain words, put in place of others at one press. And a picture
// that is too large is told before it is sent.
//
// Kept under "kith.draft.<draft>/<part>": {"at": ms, "sent": bool, "values": [[name, value], …]}.

(() => {
  const START = "kith.draft.";
  const SENDING = "kith.sending"; // of this tab alone: the name under which what it sends is kept
  const KEPT_MS = 30 * 24 * 3600 * 1000; // as on the server (directory/submissions/drafts.py)
  const NOT_TYPED = new Set(["window", "seen", "leave_empty"]);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-swap]");
    if (button && swap(button)) event.preventDefault();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("input[type=file][data-most]")) refuseTooHeavy(event.target);
  });

  document.addEventListener("submit", (event) => {
    const bar = event.target.querySelector("[data-lost]");
    if (bar && !navigator.onLine) {
      event.preventDefault();
      sayLost(bar);
    }
  });
  window.addEventListener("online", () => {
    for (const bar of document.querySelectorAll("[data-lost]:not([hidden])")) sayLost(bar, "");
  });

  try {
    localStorage.setItem(`${START}try`, "1");
    localStorage.removeItem(`${START}try`);
  } catch {
    return; // no room on this device, or not allowed
  }

  const form = document.querySelector("form[data-draft]");
  const key = form && START + form.dataset.draft;
  forgetWhatArrived();
  if (form) keep();

  /** Put the plain words in their box at once; false if the server has to do it. */
  function swap(button) {
    const [name, words, instead] = button.value.split("|");
    const box = button.form?.elements[name];
    const escaped = words.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const at = words ? (box?.value?.search(new RegExp(`(?<![\\w])${escaped}(?![\\w])`)) ?? -1) : 0;
    if (!box || at < 0) return false;
    box.focus();
    box.setRangeText(instead, at, words ? at + words.length : box.value.length, "select");
    for (const type of ["input", "change"]) box.dispatchEvent(new Event(type, { bubbles: true }));
    return true;
  }

  /** Say at once that a picture is too large, before it travels; the server says so too. */
  function refuseTooHeavy(input) {
    const heavy = [...input.files].some((file) => file.size > Number(input.dataset.most));
    const id = `${input.id}-heavy`;
    document.getElementById(id)?.remove();
    input.toggleAttribute("aria-invalid", heavy);
    if (!heavy) return;
    const line = document.createElement("p");
    line.className = "field__error";
    line.id = id;
    line.textContent = input.dataset.saidHeavy;
    input.before(line);
    input.value = "";
    input.setAttribute("aria-invalid", "true");
    document.getElementById("status").textContent = input.dataset.saidHeavy;
  }

  /** What this tab sent last has arrived if the server led on from there to here. Old words go too. */
  function forgetWhatArrived() {
    const sent = sessionStorage.getItem(SENDING);
    sessionStorage.removeItem(SENDING);
    const ledHere = performance.getEntriesByType("navigation")[0]?.redirectCount > 0;
    if (sent && ledHere) localStorage.removeItem(sent);
    for (const name of Object.keys(localStorage).filter((one) => one.startsWith(START))) {
      const kept = read(name);
      if (!kept || Date.now() - kept.at > KEPT_MS) localStorage.removeItem(name);
    }
  }

  function keep() {
    const beside = document.getElementById("beside");
    const bar = form.querySelector("[data-lost]");
    const kept = read(key);
    if (kept && isLost(kept)) offer(kept);
    else localStorage.removeItem(key);

    let changes = 0;
    let onTheWay = 0;
    form.addEventListener("input", () => {
      changes += 1;
      write(false);
    });
    form.addEventListener("submit", () => write(navigator.onLine));
    // The words go to the server while somebody types; what it has need not be kept here.
    document.addEventListener("htmx:before:request", (event) => {
      if (event.detail.ctx.sourceElement === beside) onTheWay = changes;
    });
    document.addEventListener("htmx:after:request", (event) => {
      const { sourceElement, response } = event.detail.ctx;
      if (sourceElement !== beside) return;
      if (response?.status !== 200) {
        sayLost(bar, whyNotSaved(bar, response));
        return;
      }
      sayLost(bar, "");
      if (onTheWay === changes) localStorage.removeItem(key);
    });
    document.addEventListener("htmx:error", (event) => {
      if (event.detail?.ctx?.sourceElement === beside) sayLost(bar);
    });
    window.addEventListener("online", () => {
      if (read(key)) form.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  /** Whether words that are kept here are not on this page. It may hold more, such as a new row. */
  function isLost({ sent, values }) {
    if (sent && "arrived" in form.dataset) return false; // this page is the answer to them
    const here = typed().map((pair) => JSON.stringify(pair));
    if (sent) return values.some((pair) => !here.includes(JSON.stringify(pair)));
    return JSON.stringify(values) !== JSON.stringify(typed());
  }

  /** What the server made of it; without an answer, or where it is out of order, it was not reached. */
  function whyNotSaved(bar, response) {
    const { lost, changed, gone, refused } = bar.dataset;
    if (!response || response.status >= 500) return lost;
    return { 409: changed, 410: gone }[response.status] ?? refused;
  }

  /** In sight wherever they are in the form, and read out once; or, without words, it is well again. */
  function sayLost(bar, words = bar.dataset.lost) {
    const line = document.getElementById("saved");
    if (line && words) line.textContent = words;
    if (bar.textContent === words) return;
    bar.textContent = words;
    bar.hidden = !words;
    document.getElementById("status").textContent = words;
  }

  function typed() {
    const hidden = new Set([...form.querySelectorAll("input[type=hidden]")].map((one) => one.name));
    return [...new FormData(form)].filter(
      ([name, value]) =>
        !NOT_TYPED.has(name) && !hidden.has(name) && typeof value === "string" && value !== "",
    );
  }

  function write(sent) {
    try {
      localStorage.setItem(key, JSON.stringify({ at: Date.now(), sent, values: typed() }));
      if (sent) sessionStorage.setItem(SENDING, key);
    } catch {
      // The device is full; the server still saves.
    }
  }

  function read(name) {
    try {
      const kept = JSON.parse(localStorage.getItem(name));
      return Array.isArray(kept?.values) ? kept : null;
    } catch {
      return null;
    }
  }

  function offer(kept) {
    const box = document.querySelector("[data-restore]");
    box.hidden = false;
    box.querySelector("[data-restore-yes]").addEventListener("click", () => {
      box.hidden = true;
      putBack(kept.values);
    });
    box.querySelector("[data-restore-no]").addEventListener("click", () => {
      box.hidden = true;
      localStorage.removeItem(key);
      firstBox().focus();
    });
  }

  /** Each control as it was; a row that this page does not show is left out. */
  function putBack(values) {
    const left = new Map();
    for (const [name, value] of values) left.set(name, [...(left.get(name) ?? []), value]);
    for (const control of form.elements) {
      if (!control.name || NOT_TYPED.has(control.name)) continue;
      const found = left.get(control.name) ?? [];
      if (control.type === "checkbox" || control.type === "radio") {
        control.checked = found.includes(control.value);
      } else if (control.type !== "submit" && control.type !== "hidden") {
        control.value = found[0] ?? "";
      }
    }
    firstBox().focus();
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function firstBox() {
    return [...form.elements].find((one) => one.name && one.type !== "hidden");
  }
})();

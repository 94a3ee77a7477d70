// Drafts on this device: what is typed in a part of a draft, a report, a message is kept in this browser
// until the server has it, so that a lost connection or a closed tab loses nothing. Without this file
// the server alone saves, each time a page is sent. A form that cannot be sent now stays, and says so,
// instead of giving way to the browser's own page. Plain words, put in place of others at one press.
// And a picture that is too large is told before it is sent.
//
// Kept under "kith.draft.<data-draft>": {"until": ms, "sent": bool, "values": [[name, value], …]}.
// Others may use the same browser, so a form says how many days (data-kept-days), which boxes are left
// out (data-kept-without), and which answer lets nothing be kept at all (data-kept-never="name=value").

(() => {
  const START = "kith.draft.";
  const SENDING = "kith.sending"; // of this tab alone: the name under which what it sends is kept
  const DAY_MS = 24 * 3600 * 1000;
  const waiting = new Map(); // form: what is offered back to it
  const NOT_TYPED = new Set(["window", "seen", "leave_empty"]);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-swap]");
    if (button && swap(button)) event.preventDefault();
  });
  // Enter after a word for pictures finds them: it does not carry on to the next part.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches(".pictures__search input")) return;
    event.preventDefault();
    event.target.closest(".pictures__search").querySelector("button").click();
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

  forgetWhatArrived();
  for (const form of document.querySelectorAll("form[data-draft]")) keep(form);
  document.addEventListener("submit", ({ target }) => {
    if (target.dataset.forget && navigator.onLine) forget(target.dataset.forget);
  });

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
      if (!(kept?.until > Date.now())) localStorage.removeItem(name);
    }
  }

  /** What was taken back or deleted is deleted here, too. */
  function forget(start) {
    for (const name of Object.keys(localStorage)) {
      if (name.startsWith(START + start)) localStorage.removeItem(name);
    }
  }

  function keep(form) {
    const key = keyOf(form);
    const kept = read(key);
    const beside = document.querySelector(`#beside[hx-include="#${form.id}"]`);
    if (kept && isLost(form, kept)) offer(form, kept);
    else if (beside || !("arrived" in form.dataset)) localStorage.removeItem(key);
    else write(form, false); // sent back for another look: the server has kept nothing
    form.addEventListener("input", () => write(form, false));
    form.addEventListener("submit", () => write(form, navigator.onLine));
    const told = form.querySelector("[data-kept-here]");
    if (told) {
      told.hidden = false;
      told.querySelector("button").addEventListener("click", () => {
        waiting.delete(form);
        form.querySelector("[data-restore]").hidden = true;
        putBack(form, []);
        localStorage.removeItem(key);
        document.getElementById("status").textContent = told.dataset.keptHere;
      });
    }
    if (beside) keepUntilSaved(form, beside);
  }

  /** The words go to the server while somebody types; what it has need not be kept here. */
  function keepUntilSaved(form, beside) {
    const bar = form.querySelector("[data-lost]");
    const key = keyOf(form);
    let changes = 0;
    let onTheWay = 0;
    form.addEventListener("input", () => {
      changes += 1;
    });
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
      if (onTheWay === changes && !waiting.has(form)) localStorage.removeItem(key);
    });
    document.addEventListener("htmx:error", (event) => {
      if (event.detail?.ctx?.sourceElement === beside) sayLost(bar);
    });
    window.addEventListener("online", () => {
      if (read(key)) form.dispatchEvent(new Event("change", { bubbles: true }));
    });
  }

  /** Whether words that are kept here are not on this page. It may hold more, such as a new row. */
  function isLost(form, { sent, values }) {
    if (sent && "arrived" in form.dataset) return false; // this page is the answer to them
    const here = typed(form).map((pair) => JSON.stringify(pair));
    if (sent) return values.some((pair) => !here.includes(JSON.stringify(pair)));
    return JSON.stringify(values) !== JSON.stringify(typed(form));
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

  function keyOf(form) {
    return START + form.dataset.draft;
  }

  function typed(form) {
    const hidden = [...form.querySelectorAll("input[type=hidden]")].map((one) => one.name);
    const left = new Set([...NOT_TYPED, ...hidden, form.dataset.keptWithout]);
    return [...new FormData(form)].filter(
      ([name, value]) => !left.has(name) && typeof value === "string" && value !== "",
    );
  }

  function write(form, sent) {
    const key = keyOf(form);
    const [name, value] = form.dataset.keptNever?.split("=") ?? [];
    if (name && new FormData(form).get(name) === value) {
      localStorage.removeItem(key);
      return;
    }
    const until = Date.now() + Number(form.dataset.keptDays) * DAY_MS;
    const here = typed(form);
    // What is offered back stays until somebody has said what is to become of it.
    const offered = sent ? [] : (waiting.get(form) ?? []);
    const values = [...here, ...offered.filter(([one]) => !here.some(([other]) => other === one))];
    try {
      localStorage.setItem(key, JSON.stringify({ until, sent, values }));
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

  function offer(form, kept) {
    const box = form.querySelector("[data-restore]");
    box.hidden = false;
    waiting.set(form, kept.values);
    box.closest("details")?.setAttribute("open", "");
    box.querySelector("[data-restore-yes]").addEventListener("click", () => {
      box.hidden = true;
      waiting.delete(form);
      putBack(form, kept.values);
      write(form, false);
    });
    box.querySelector("[data-restore-no]").addEventListener("click", () => {
      box.hidden = true;
      waiting.delete(form);
      localStorage.removeItem(keyOf(form));
      firstBox(form).focus();
    });
  }

  /** Each control as it was; a row that this page does not show is left out. */
  function putBack(form, values) {
    const left = new Map();
    for (const [name, value] of values) left.set(name, [...(left.get(name) ?? []), value]);
    for (const control of form.elements) {
      // What is never kept was typed just now; it goes only with everything.
      if (values.length && control.name && control.name === form.dataset.keptWithout) continue;
      if (!control.name || NOT_TYPED.has(control.name)) continue;
      const found = left.get(control.name) ?? [];
      if (control.type === "checkbox" || control.type === "radio") {
        control.checked = found.includes(control.value);
      } else if (control.type !== "submit" && control.type !== "hidden") {
        control.value = found[0] ?? "";
      }
    }
    firstBox(form).focus();
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function firstBox(form) {
    return [...form.elements].find((one) => one.name && !["hidden", "submit"].includes(one.type));
  }
})();

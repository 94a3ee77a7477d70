// Guided talks: keeps notes on this device, fills in the decision, saves a file. Sends nothing.

(() => {
  const page = document.querySelector("[data-guided]");
  if (!page) return;
  const KEY = `kith.guided.${page.dataset.guided}`;
  const fields = [...page.querySelectorAll("[data-note]")];
  let notes = kept();

  for (const one of document.querySelectorAll("[data-guided-only]")) one.hidden = false;
  for (const one of page.querySelectorAll(".only-without-script")) one.hidden = true;
  page.dataset.ready = "";
  put();
  page.addEventListener("input", (event) => {
    const name = event.target.dataset?.note;
    if (!name) return;
    notes[name] = event.target.value;
    keep();
    show();
  });
  page.querySelector("[data-guided-print]").addEventListener("click", () => window.print());
  page.querySelector("[data-guided-export]").addEventListener("click", save);
  page.querySelector("[data-guided-clear]").addEventListener("click", (event) => {
    if (!window.confirm(event.target.dataset.sure)) return;
    notes = {};
    keep();
    put();
  });

  /** Notes into their fields. */
  function put() {
    for (const field of fields) {
      const value = notes[field.dataset.note] ?? "";
      if (field.type === "radio") field.checked = field.value === value;
      else field.value = value;
    }
    show();
  }

  /** What is noted into the decision, the picture and the next steps. */
  function show() {
    for (const cell of page.querySelectorAll("[data-shows]")) {
      cell.textContent = notes[cell.dataset.shows] ?? "";
    }
    for (const patch of page.querySelectorAll("[data-pictures]")) {
      const chosen = fields.find((one) => one.name === patch.dataset.pictures && one.checked);
      const said = patch.querySelector("[data-answer]");
      said.dataset.none ??= said.textContent;
      patch.dataset.is = chosen?.value ?? "";
      said.textContent = chosen ? chosen.labels[0].textContent : said.dataset.none;
    }
    let steps = 0;
    for (const step of page.querySelectorAll("[data-step]")) {
      const answer = notes[step.dataset.step];
      step.hidden = !answer || answer === "yes";
      steps += step.hidden ? 0 : 1;
    }
    const none = page.querySelector("[data-when-none]");
    if (none) none.hidden = steps > 0;
  }

  /** Every question with its answer, as plain text. */
  function save() {
    const lines = [page.dataset.file, location.href, ""];
    let part = "";
    for (const field of fields) {
      if (field.type === "radio" && !field.checked) continue;
      const heading = field.closest("section")?.querySelector("h2")?.textContent.trim() ?? "";
      if (heading !== part) lines.push("", (part = heading), "");
      const asked = field.type === "radio" ? "" : `${field.labels[0].textContent.trim()} `;
      lines.push(`${asked}${field.type === "radio" ? field.labels[0].textContent.trim() : field.value || "–"}`);
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([lines.join("\n")], { type: "text/plain" }));
    link.download = `${page.dataset.guided}.txt`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function kept() {
    try {
      return JSON.parse(localStorage.getItem(KEY)) ?? {};
    } catch {
      return {};
    }
  }

  function keep() {
    try {
      localStorage.setItem(KEY, JSON.stringify(notes));
    } catch {
      // Then it holds until the page is closed.
    }
  }
})();

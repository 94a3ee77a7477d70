// Text and colours: applies a choice at once and keeps it on the device. On every page the link
// opens the choices below the header; without this file it leads to their page.

(() => {
  const KEY = "kith.comfort";
  const root = document.documentElement;
  for (const form of document.querySelectorAll("[data-comfort-form]")) wire(form);
  for (const link of document.querySelectorAll("a[data-comfort]")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      open(link);
    });
  }

  function chosen() {
    try {
      return JSON.parse(localStorage.getItem(KEY)) ?? {};
    } catch {
      return {};
    }
  }

  function wire(form) {
    const now = chosen();
    for (const input of form.querySelectorAll("input[type=radio]")) {
      input.checked = input.value === (now[input.name] ?? "");
    }
    form.addEventListener("change", (event) => set(event.target.name, event.target.value));
    form.addEventListener("reset", () => {
      for (const key of Object.keys(chosen())) set(key, "");
    });
    document.dispatchEvent(new CustomEvent("kith:listen", { detail: form }));
  }

  function set(key, value) {
    if (value) root.dataset[key] = value;
    else delete root.dataset[key];
    const all = { ...chosen(), [key]: value };
    for (const one of Object.keys(all)) if (!all[one]) delete all[one];
    try {
      localStorage.setItem(KEY, JSON.stringify(all));
    } catch {
      // Then it holds for this page.
    }
  }

  async function open(link) {
    const panel = document.getElementById("comfort");
    if (location.pathname === "/reading-comfort") return;
    if (panel.hidden) {
      if (!panel.querySelector("form")) {
        try {
          const answer = await fetch(link.href, { headers: { "HX-Request-Type": "partial" } });
          if (!answer.ok) throw new Error(answer.status);
          const part = new DOMParser().parseFromString(await answer.text(), "text/html");
          panel.querySelector("[data-here]").replaceChildren(...part.body.children);
        } catch {
          location.assign(link.href);
          return;
        }
        wire(panel.querySelector("form"));
        panel.querySelector("[data-close]").addEventListener("click", () => close(panel));
        panel.addEventListener("keydown", (event) => {
          if (event.key === "Escape") close(panel);
        });
      }
      panel.hidden = false;
      panel.opener = link;
      // The menu of a phone would lie over what it opened.
      link.closest("details")?.removeAttribute("open");
      panel.querySelector("h2").focus();
      panel.scrollIntoView({ block: "nearest" });
    } else close(panel);
  }

  function close(panel) {
    panel.hidden = true;
    const opener = panel.opener?.checkVisibility() ? panel.opener : null;
    (opener ?? document.querySelector(".menu > summary"))?.focus();
  }
})();

// Suggestions under the search field: the ARIA 1.2 combobox. Without this the form works as it is.
const field = document.querySelector("form[role=search] input#q");
if (field) suggestFor(field);

function suggestFor(field) {
  const list = document.createElement("ul");
  list.id = "suggestions";
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", field.labels[0]?.textContent ?? "");
  list.hidden = true;
  field.after(list);
  field.parentElement.classList.add("has-suggestions");
  const attributes = {
    role: "combobox", autocomplete: "off", "aria-autocomplete": "list",
    "aria-controls": list.id, "aria-expanded": "false",
  };
  for (const [name, value] of Object.entries(attributes)) field.setAttribute(name, value);

  let active = -1;
  let timer = 0;
  let asked = 0;

  const options = () => [...list.querySelectorAll("[role=option]")];

  function close() {
    clearTimeout(timer);
    asked += 1; // an answer on its way comes too late
    list.hidden = true;
    move(-1);
    field.setAttribute("aria-expanded", "false");
  }

  function move(to) {
    const all = options();
    active = all.length && to >= 0 ? to % all.length : -1;
    all.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    if (active < 0) return field.removeAttribute("aria-activedescendant");
    field.setAttribute("aria-activedescendant", all[active].id);
    all[active].scrollIntoView({ block: "nearest" });
  }

  function choose(option) {
    close();
    if (option.dataset.href) return window.location.assign(option.dataset.href);
    field.value = option.dataset.words;
    field.form.requestSubmit();
  }

  async function ask() {
    const mine = ++asked;
    const typed = field.value.trim();
    if (typed.length < 2) return close();
    const answer = await fetch(`/suggest?${new URLSearchParams({ q: typed })}`).catch(() => null);
    if (!answer?.ok || mine !== asked) return;
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine !== asked) return;
    list.replaceChildren(...found.querySelectorAll("[role=option]"));
    move(-1);
    list.hidden = !list.children.length;
    field.setAttribute("aria-expanded", String(!list.hidden));
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 150);
  });
  field.addEventListener("blur", () => setTimeout(close, 150));
  field.form.addEventListener("submit", close);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      close();
      event.preventDefault(); // else the browser empties a search field
    } else if (list.hidden) {
      if (event.key === "ArrowDown") ask();
    } else if (event.key === "ArrowDown") {
      move(active + 1);
      event.preventDefault();
    } else if (event.key === "ArrowUp") {
      move(active > 0 ? active - 1 : options().length - 1);
      event.preventDefault();
    } else if (event.key === "Enter" && active >= 0) {
      choose(options()[active]);
      event.preventDefault();
    }
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // keep the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
}

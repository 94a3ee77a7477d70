// The page of saved entries: shows the lists of this browser, in words and pictures that the server
// makes of their entries. Needs saved.js.

(() => {
  const store = window.kithSaved;
  copyButtons(document);
  if (!store) return;
  const home = document.getElementById("own-lists");
  keepButton();
  if (home) ownLists();

  /** A list that came by link can be kept beside one's own. */
  function keepButton() {
    const keep = document.querySelector("[data-keep]");
    if (!keep) return;
    keep.hidden = false;
    keep.querySelector("button").addEventListener("click", () => {
      const names = new Map(
        [...document.querySelectorAll(".entry-card")].map((card) => [
          card.querySelector("[data-remove]")?.dataset.remove,
          card.querySelector(".entry-card__name")?.textContent.trim(),
        ]),
      );
      const entries = keep.dataset.entries.split(" ").map((e) => ({ e, name: names.get(e) ?? e }));
      const lists = store.lists();
      // Onto an empty first list it goes without a name of its own: nothing is there to tell it from.
      if (lists.length === 1 && !lists[0].entries.length) lists.length = 0;
      store.write([...lists, { name: keep.dataset.listName, entries }]);
      location.assign("/saved");
    });
  }

  function ownLists() {
    const empty = document.getElementById("saved-empty");
    const fresh = document.getElementById("new-list");
    const where = document.getElementById("saved-where");
    const words = home.dataset;
    const sections = []; // one for each list, in order
    render();
    window.addEventListener("storage", (event) => {
      if (event.key === "kith.saved") render();
    });

    fresh.querySelector("form").addEventListener("submit", (event) => {
      event.preventDefault();
      const name = event.target.elements.name.value.trim();
      if (!name) return;
      store.write([...store.lists(), { name, entries: [] }]);
      event.target.reset();
      render();
      sections.at(-1)?.querySelector("h2").focus();
    });

    /** Draw every list anew. `notice`: what was just done, with what undoes it. */
    function render(notice) {
      const lists = store.lists();
      const any = lists.length > 1 || lists[0].entries.length > 0;
      empty.hidden = any || Boolean(notice);
      for (const part of [fresh, where]) part.hidden = !any;
      home.hidden = !(any || notice);
      sections.length = 0;
      for (const list of lists) sections.push(draw(list, sections.length, lists));
      home.replaceChildren(...(any ? sections : []));
      if (notice) home.prepend(undo(notice));
    }

    function draw(list, number, lists) {
      const section = document.getElementById("own-list").content.cloneNode(true).firstElementChild;
      const name = list.name || words.mainList;
      section.querySelector("h2").textContent = name;
      section.querySelector(".saved-own__which").textContent = ` ${name}`;
      section.querySelector("[data-nothing]").hidden = list.entries.length > 0;
      const rename = section.querySelector("[data-rename]");
      rename.elements.name.value = name;
      rename.addEventListener("submit", (event) => {
        event.preventDefault();
        change((now) => (now[number].name = rename.elements.name.value.trim()));
        sections[number].querySelector("h2").focus();
      });
      section.querySelector("[data-delete]").addEventListener("click", () => {
        const before = store.lists();
        change((now) => now.splice(number, 1), { before, said: words.deleted.replace("{}", name) });
      });
      fill(section.querySelector(".saved-own__entries"), list, number, lists);
      return section;
    }

    /** The entries as the server shows them; without a connection, their names. */
    async function fill(place, list, number, lists) {
      if (!list.entries.length) return;
      const asked = new URLSearchParams(list.name ? { name: list.name } : {});
      for (const { e } of list.entries) asked.append("e", e);
      try {
        const answer = await fetch(`/saved?${asked}`, { headers: { "HX-Request-Type": "partial" } });
        if (!answer.ok) throw new Error(answer.status);
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        place.replaceChildren(...page.body.childNodes);
      } catch {
        place.replaceChildren(...names(list));
      }
      copyButtons(place);
      for (const link of place.querySelectorAll("a[data-remove]")) wire(link, number, lists);
    }

    function names(list) {
      const said = Object.assign(document.createElement("p"), {
        className: "quiet",
        textContent: words.offline,
      });
      const items = list.entries.map(({ e, name }) => {
        const item = document.createElement("li");
        item.append(Object.assign(document.createElement("a"), { href: `/${e}`, textContent: name }));
        return item;
      });
      const bullets = document.createElement("ul");
      bullets.append(...items);
      return [said, bullets];
    }

    /** Remove and, where there are several lists, Move. */
    function wire(link, number, lists) {
      const e = link.dataset.remove;
      const name = link.closest(".entry-card").querySelector(".entry-card__name").textContent.trim();
      const button = Object.assign(document.createElement("button"), {
        type: "button",
        className: link.className,
      });
      button.append(...link.childNodes);
      button.addEventListener("click", () => {
        const before = store.lists();
        change((now) => take(now[number], e), { before, said: words.removed.replace("{}", name) });
      });
      link.replaceWith(button);
      if (lists.length > 1) button.before(mover(e, name, number, lists));
    }

    function mover(e, name, number, lists) {
      const menu = document.getElementById("move").content.cloneNode(true).firstElementChild;
      menu.querySelector(".saved-move__what").textContent = ` ${name}`;
      lists.forEach((list, to) => {
        if (to === number) return;
        const button = Object.assign(document.createElement("button"), {
          type: "button",
          className: "link-button",
          textContent: list.name || words.mainList,
        });
        button.addEventListener("click", () => {
          const before = store.lists();
          const said = words.moved.replace("{}", list.name || words.mainList);
          change(
            (now) => {
              const entry = take(now[number], e);
              if (entry && !now[to].entries.some((one) => one.e === e)) now[to].entries.push(entry);
            },
            { before, said },
          );
        });
        const item = document.createElement("li");
        item.append(button);
        menu.querySelector("ul").append(item);
      });
      menu.addEventListener("keydown", (event) => {
        if (event.key !== "Escape") return;
        menu.open = false;
        menu.querySelector("summary").focus();
      });
      return menu;
    }

    /** Take an entry off a list and give it. */
    function take(list, e) {
      const at = list.entries.findIndex((entry) => entry.e === e);
      return at < 0 ? null : list.entries.splice(at, 1)[0];
    }

    function change(how, notice) {
      const lists = store.lists();
      how(lists);
      store.write(lists);
      render(notice);
      if (notice) {
        store.tell(notice.said);
        home.querySelector(".saved-undo").focus();
      }
    }

    function undo({ said, before }) {
      const notice = document.getElementById("undo").content.cloneNode(true).firstElementChild;
      notice.querySelector("span").textContent = said;
      notice.querySelector("button").addEventListener("click", () => {
        store.write(before);
        render();
        sections[0]?.querySelector("h2").focus();
      });
      return notice;
    }
  }

  function copyButtons(place) {
    for (const button of place.querySelectorAll("[data-copy]")) {
      if (!navigator.clipboard) continue;
      button.hidden = false;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(button.dataset.copy);
        button.textContent = button.dataset.said;
        store?.tell(button.dataset.said);
      });
    }
  }
})();

/*
 * <kith-search>: a search box of this directory on any site.
 *
 *   <script type="module" src="https://DIRECTORY/embed/v1/widget.js"></script>
 *   <kith-search near="Leeds"><a href="https://DIRECTORY/search">Search the directory</a></kith-search>
 *
 * Attributes: q, near, kind, support_area, who_for, place, sort, limit, network, heading, theme.
 * It works under `require-trusted-types-for 'script'` and `style-src 'self'`: nodes are made one by
 * one and styles are a constructed sheet. It keeps nothing: no cookie, no storage, no global.
 * Until it runs, without scripts, or when the directory cannot be reached, the link inside stays.
 */
const HOME = new URL(import.meta.url).origin;
const FILTERS = ["kind", "support_area", "who_for", "place", "sort", "network"];
const WORDS = {
  en: {
    heading: "Find something near you",
    words: "What would make life better?",
    place: "Place (optional)",
    search: "Search",
    searching: "Searching…",
    nothing: "Nothing found for these words yet.",
    one: "1 thing found",
    many: "{n} things found",
    more: "See all {n} on {site}",
    down: "The directory cannot be reached just now.",
    there: "Search on {site}",
    first: "Help first",
    about: "about {miles} miles away",
    opens: "opens in a new tab",
  },
  cy: {
    heading: "Dod o hyd i rywbeth yn eich ardal",
    words: "Beth fyddai’n gwneud bywyd yn well?",
    place: "Lle (dewisol)",
    search: "Chwilio",
    searching: "Yn chwilio…",
    nothing: "Dim byd ar gyfer y geiriau hyn eto.",
    one: "1 canlyniad",
    many: "{n} o ganlyniadau",
    more: "Gweld y cyfan ({n}) ar {site}",
    down: "Nid oes modd cyrraedd y cyfeiriadur ar hyn o bryd.",
    there: "Chwilio ar {site}",
    first: "Help yn gyntaf",
    about: "tua {miles} milltir i ffwrdd",
    opens: "yn agor mewn tab newydd",
  },
};

const STYLE = `
:host { --text: var(--kith-text, #1e1915); --bg: var(--kith-bg, #fffcf5); --line: #d8caae;
  --accent: var(--kith-accent, #1e1915); --on-accent: var(--kith-on-accent, #fff);
  --link: var(--kith-link, #173b7a); --focus: var(--kith-focus, #ffc94a);
  all: initial; display: block; container-type: inline-size; color: var(--text);
  background: var(--bg); min-block-size: var(--kith-min-height, 12rem); padding: 1rem;
  border: 1.5px solid var(--line); border-radius: var(--kith-radius, 4px);
  font: 1.0625rem/1.5 var(--kith-font, "Atkinson Hyperlegible Next", system-ui, sans-serif);
  box-sizing: border-box; overflow-wrap: anywhere; text-align: start }
:host([hidden]) { display: none }
@media (prefers-color-scheme: dark) { :host(:not([theme="light"])) {
  --text: var(--kith-text, #f6eedf); --bg: var(--kith-bg, #241f1a); --line: #4b4136;
  --accent: var(--kith-accent, #f6eedf); --on-accent: var(--kith-on-accent, #191512);
  --link: var(--kith-link, #a9c4ff) } }
:host([theme="dark"]) { --text: var(--kith-text, #f6eedf); --bg: var(--kith-bg, #241f1a);
  --line: #4b4136; --accent: var(--kith-accent, #f6eedf);
  --on-accent: var(--kith-on-accent, #191512); --link: var(--kith-link, #a9c4ff) }
*, ::before { box-sizing: border-box }
h2 { font-size: 1.25rem; line-height: 1.2; margin: 0 0 .75rem }
form { display: grid; gap: .75rem; margin: 0 }
@container (min-width: 34rem) { form { grid-template-columns: 2fr 1fr auto; align-items: end } }
label { display: block; font-weight: 700; margin-block-end: .25rem }
input { inline-size: 100%; min-block-size: 2.75rem; padding: .5rem .75rem; font: inherit;
  color: inherit; background: transparent; border: 2px solid currentColor; border-radius: 4px }
button { min-block-size: 2.75rem; padding: .5rem 1.25rem; font: inherit; font-weight: 700;
  cursor: pointer; color: var(--on-accent); background: var(--accent);
  border: 2px solid var(--accent); border-radius: 4px }
:focus-visible { outline: 3px solid var(--text); outline-offset: 3px;
  box-shadow: 0 0 0 9px var(--focus) }
a { color: var(--link); text-decoration-thickness: .1em; text-underline-offset: .15em }
[part="status"] { margin: .75rem 0 0; min-block-size: 1.5rem }
[part="help"] { margin: .75rem 0 0; padding: .75rem 1rem; border: 2px solid currentColor;
  border-inline-start-width: 12px }
[part="help"] p { margin: 0 0 .25rem }
ul { list-style: none; margin: .5rem 0 0; padding: 0 }
li { padding-block: .75rem; border-block-start: 1.5px solid var(--line) }
li a { font-weight: 700; display: inline-block; padding-block: .25rem }
li p, [part="more"] { margin: .25rem 0 0 }
[part="note"] { opacity: .9; font-size: 1rem }
@media (prefers-color-scheme: dark) { :focus-visible { outline-color: #f6eedf } }
`;

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

class KithSearch extends HTMLElement {
  #words = WORDS.en;
  #asked = null;

  connectedCallback() {
    if (this.shadowRoot) return;
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    const language = (this.closest("[lang]")?.lang || "en").slice(0, 2);
    this.#words = WORDS[language] || WORDS.en;
    this.#draw(root, language in WORDS ? language : "en");
  }

  #draw(root, language) {
    const say = this.#words;
    const words = make("input", { id: "q", name: "q", type: "search", part: "input", maxlength: "300" });
    const place = make("input", {
      id: "near", name: "near", part: "input", maxlength: "80", autocomplete: "address-level2",
    });
    words.value = this.getAttribute("q") || "";
    place.value = this.getAttribute("near") || "";
    const button = make("button", { part: "button" }, say.search);
    const form = make(
      "form",
      { role: "search", "aria-labelledby": "heading" },
      make("div", {}, make("label", { for: "q" }, say.words), words),
      make("div", {}, make("label", { for: "near" }, say.place), place),
      button,
    );
    const status = make("p", { role: "status", part: "status" });
    const results = make("div", { part: "results" });
    const link = make("p", { part: "more" }, make("slot"));
    const box = make(
      "div",
      { lang: language },
      make("h2", { id: "heading" }, this.getAttribute("heading") || say.heading),
      form, status, results, link,
    );
    root.replaceChildren(box);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#search({ words, place, button, status, results, link });
    });
  }

  #address(path, words, place) {
    const address = new URL(path, HOME);
    for (const name of FILTERS) {
      const value = this.getAttribute(name);
      if (value) address.searchParams.set(name, value);
    }
    if (words) address.searchParams.set("q", words);
    if (place) address.searchParams.set("near", place);
    return address;
  }

  async #search({ words, place, button, status, results, link }) {
    const say = this.#words;
    this.#asked?.abort();
    const asked = (this.#asked = new AbortController());
    const late = setTimeout(() => asked.abort("late"), 10000);
    const there = this.#address("/search", words.value.trim(), place.value.trim());
    button.textContent = status.textContent = say.searching;
    try {
      const address = this.#address("/embed/v1/search.json", words.value.trim(), place.value.trim());
      address.searchParams.set("limit", this.getAttribute("limit") || "3");
      const answer = await fetch(address, { credentials: "omit", signal: asked.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      this.#show(await answer.json(), there, { status, results, link });
    } catch {
      if (asked !== this.#asked) return; // a newer search took over
      results.replaceChildren();
      status.textContent = say.down;
      this.#offer(link, there, say.there);
    } finally {
      clearTimeout(late);
      if (asked === this.#asked) button.textContent = say.search;
    }
  }

  #show(found, there, { status, results, link }) {
    const say = this.#words;
    const count = found.total === 1 ? say.one : fill(say.many, { n: found.total });
    status.textContent = found.total ? count : say.nothing;
    const list = make("ul", { part: "list" });
    for (const one of found.results) list.append(this.#item(one));
    results.replaceChildren(...this.#help(found.urgent_help), ...(found.total ? [list] : []));
    this.#offer(link, there, found.total ? say.more : say.there, found.total);
  }

  #item(one) {
    const item = make("li", { part: "result" }, this.#link(one.url, one.name), make("p", {}, one.strapline));
    const near = one.nearest || one;
    const where = one.nearest ? [one.nearest.name, one.nearest.place] : [one.place];
    const notes = [...where, this.#distance(near.distance_miles), near.freshness?.words].filter(Boolean);
    if (notes.length) item.append(make("p", { part: "note" }, notes.join(" · ")));
    return item;
  }

  #distance(miles) {
    if (miles === null || miles === undefined) return "";
    return fill(this.#words.about, { miles: miles < 1 ? 1 : Math.round(miles) });
  }

  #help(help) {
    if (!help) return [];
    const lines = help.lines.map((line) => make("p", {}, make("strong", {}, `${line.name}: ${line.contact}`), ` ${line.what}`));
    return [make("div", { part: "help" }, make("p", {}, make("strong", {}, this.#words.first)), ...lines)];
  }

  #offer(place, address, words, total = 0) {
    const text = fill(words, { n: total, site: new URL(HOME).host });
    place.replaceChildren(this.#link(address.href, text));
  }

  #link(address, words) {
    const safe = new URL(address, HOME);
    const web = safe.protocol === "https:" || safe.protocol === "http:";
    return make("a", { href: web ? safe.href : HOME, part: "link", target: "_blank", rel: "noopener",
      title: this.#words.opens }, words);
  }
}

if (!customElements.get("kith-search")) customElements.define("kith-search", KithSearch);

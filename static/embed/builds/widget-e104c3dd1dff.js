/*
 * <kith-search>: this directory on any site.
 *
 *   <script type="module" src="https://DIRECTORY/embed/v1/widget.js"></script>
 *   <kith-search near="Leeds"><a href="https://DIRECTORY/search">Search the directory</a></kith-search>
 *
 * Attributes, all optional:
 *   show         search (a box), list (results at once), entry (one entry), propose (a button)
 *   q near kind support_area who_for moment builds_on approach place sort network   what to look for
 *   widget       name of a saved widget: what it shows is asked for, and can be changed there
 *   entry        address of one entry: approaches/homeshare
 *   limit        results shown at first, 1 to 10        heading, level   words above; h2 to h6
 *   theme        light or dark; else as the reader's device says
 *   target       _blank opens results in a new tab
 *
 * It works under `require-trusted-types-for 'script'` and `style-src 'self'`: nodes are made one by
 * one, styles are a constructed sheet. It keeps nothing: no cookie, no storage, no global. Until it
 * runs, without scripts, or when the directory cannot be reached, the link inside stays.
 */
const HOME = new URL(import.meta.url).origin;
const MOST = 10;
const PATIENCE_MS = 10000;
const NEAR_MILES = 25;
const ASKED = ["kind", "support_area", "who_for", "moment", "builds_on", "approach", "place", "sort", "network"];
const DRAWN_FROM = ["show", "q", "near", "entry", "limit", "heading", "level", "theme", "target", ...ASKED];
const SVG = "http://www.w3.org/2000/svg";

const WORDS = {
  en: {
    question: "What would make life better?",
    place: "Place",
    optional: "(optional)",
    search: "Search",
    searching: "Searching…",
    nothing: "Nothing for these words yet.",
    none: "Nothing here yet.",
    one: "1 found",
    many: "{n} found",
    near: "near {place}",
    showing: "Showing {n}.",
    more: "Show more",
    all: "All {n} on {site}",
    there: "Search on {site}",
    from: "From",
    down: "The directory cannot be reached just now.",
    absent: "This cannot be shown just now.",
    help: "Help first",
    inside: "In {place}",
    mile: "less than a mile away",
    miles: "about {n} miles away",
    far: "None near yet. Nearest we know of: {place}",
    which: "Which {place} do you mean?",
    unknown: "We do not know a place called “{place}”, so this is from everywhere.",
    meant: "Did you mean:",
    where: "Where are you? Write your town or postcode, and what is near comes first.",
    tab: "(opens in a new tab)",
    propose: "Share what you do",
    easy: "Easy Read",
  },
  cy: {
    question: "Beth fyddai’n gwneud bywyd yn well?",
    place: "Lle",
    optional: "(dewisol)",
    search: "Chwilio",
    searching: "Yn chwilio…",
    nothing: "Dim byd ar gyfer y geiriau hyn eto.",
    none: "Dim byd yma eto.",
    one: "1 canlyniad",
    many: "{n} o ganlyniadau",
    near: "ger {place}",
    showing: "Yn dangos {n}.",
    more: "Dangos mwy",
    all: "Y cyfan ({n}) ar {site}",
    there: "Chwilio ar {site}",
    from: "Gan",
    down: "Nid oes modd cyrraedd y cyfeiriadur ar hyn o bryd.",
    absent: "Nid oes modd dangos hyn ar hyn o bryd.",
    help: "Help yn gyntaf",
    inside: "Yn {place}",
    mile: "llai na milltir i ffwrdd",
    miles: "tua {n} milltir i ffwrdd",
    far: "Dim byd gerllaw eto. Yr agosaf y gwyddom amdano: {place}",
    which: "Pa {place}?",
    unknown: "Nid ydym yn adnabod lle o’r enw “{place}”, felly daw’r rhain o bobman.",
    meant: "Oeddech chi’n meddwl:",
    where: "Ble ydych chi? Ysgrifennwch eich tref neu god post i weld beth sydd gerllaw.",
    tab: "(yn agor mewn tab newydd)",
    propose: "Rhannwch beth rydych chi’n ei wneud",
    easy: "Hawdd ei Ddeall",
  },
};

const DARK = `{ --text: var(--kith-text, #f6eedf); --soft: var(--kith-text, #d3c7b4); --bg: var(--kith-bg, #241f1a);
  --line: #9c8d78; --accent: var(--kith-accent, #f6eedf); --on-accent: var(--kith-on-accent, #191512);
  --link: var(--kith-link, #a9c4ff); color-scheme: dark }`;
// The box starts from nothing (`all: initial`), in the reader's own letter size, so that neither the
// host's rules for every element nor its idea of a rem reach it.
const STYLE = `
:host { display: block }
:host([hidden]) { display: none }
.box { all: initial; display: block; box-sizing: border-box;
  --text: var(--kith-text, #1e1915); --soft: var(--kith-text, #4a4036); --bg: var(--kith-bg, #fffcf5);
  --line: #8a7a62; --accent: var(--kith-accent, #1e1915); --on-accent: var(--kith-on-accent, #fffcf5);
  --link: var(--kith-link, #173b7a); --ring: var(--kith-focus, #ffc94a);
  color: var(--text); background: var(--bg); border: 2px solid var(--text);
  border-radius: var(--kith-radius, 4px); min-block-size: var(--kith-min-height, 15em);
  font: medium/1.5 var(--kith-font, "Atkinson Hyperlegible Next", system-ui, sans-serif);
  overflow: clip; overflow-wrap: anywhere; color-scheme: light }
.propose { border: 0; background: none; min-block-size: 0; overflow: visible }
*, ::before, ::after { box-sizing: border-box }
.geese { block-size: 12px; background: repeat-x conic-gradient(from 243.4deg at 12px 50%, #c2452d 53.2deg, #0000 0) 0 0 / 60px 12px,
  repeat-x conic-gradient(from 243.4deg at 12px 50%, #2c53a0 53.2deg, #0000 0) 12px 0 / 60px 12px,
  repeat-x conic-gradient(from 243.4deg at 12px 50%, #e8a325 53.2deg, #0000 0) 24px 0 / 60px 12px,
  repeat-x conic-gradient(from 243.4deg at 12px 50%, #8b4c96 53.2deg, #0000 0) 36px 0 / 60px 12px,
  repeat-x conic-gradient(from 243.4deg at 12px 50%, #3c7d4e 53.2deg, #0000 0) 48px 0 / 60px 12px }
.inside { padding: 1em 1.2em; font-size: 1.0625em }
.propose .inside { padding: 0 }
.top { display: flex; flex-wrap: wrap; gap: .25em 1em; margin: 0 0 .6em; align-items: center; justify-content: space-between }
.is-easy { font-size: 1.375em; line-height: 1.6 }
.title { flex: 1; min-inline-size: 9em; margin: 0 0 .45em; font-size: 1.35em; font-weight: 750; line-height: 1.15; letter-spacing: -.01em; text-wrap: balance }
.top .title { margin: 0 }
form { display: flex; flex-wrap: wrap; gap: .6em .75em; margin: 0; align-items: end }
form div { flex: 2 1 13em }
form .place { flex: 1 1 11em }
form button { flex: 0 1 auto }
label { display: block; margin: 0 }
.label { font-weight: 700; margin-block-end: .25em }
input { inline-size: 100%; min-block-size: 2.75em; margin: 0; padding: .4em .7em; font: inherit; color: inherit;
  background: none; border: 2px solid var(--text); border-radius: 4px; appearance: none }
button, .button { display: inline-block; min-block-size: 2.75em; padding: .5em 1.2em; margin: 0; font: inherit;
  font-weight: 700; cursor: pointer; color: var(--on-accent); background: var(--accent); border: 2px solid var(--accent);
  border-radius: 4px; text-decoration: none }
a.button { color: var(--on-accent) !important }
.quiet { color: var(--text); background: none; border-color: var(--text); padding-inline: .8em }
.quiet[aria-pressed="true"] { color: var(--bg); background: var(--text) }
button:hover, .button:hover { text-decoration: underline; text-underline-offset: .2em }
:focus-visible { outline: 3px solid var(--text); outline-offset: 3px; box-shadow: 0 0 0 9px var(--ring) }
a, ::slotted(a) { color: var(--link) !important; text-decoration: underline .08em; text-underline-offset: .18em }
.status { margin: .6em 0 0; color: var(--soft) }
.status:empty, .notes:empty { display: none }
.notes p { margin: .5em 0 0 }
.choices { display: flex; flex-wrap: wrap; gap: .5em; margin-block-start: .5em }
.help { margin-block-start: .75em; padding: .6em .9em; border: 2px solid var(--text); border-inline-start-width: 12px }
.help p { margin: 0 }
.help a { display: table; padding-block: .6em .1em; font-weight: 700 }
.entry { min-block-size: 9em } .entry li { border: 0; padding-block-start: 0 } .entry ul { margin: 0 }
ul { list-style: none; margin: .6em 0 0; padding: 0 }
li { position: relative; display: grid; grid-template-columns: 3.3em 1fr; gap: 0 .85em; align-items: center;
  padding-block: .85em; border-block-start: 1.5px solid var(--line) }
svg { inline-size: 100%; block-size: auto; border-radius: 2px; display: block }
li p { margin: 0 }
li .name { font-weight: 700; font-size: 1.1em; line-height: 1.3; color: var(--text) !important }
li .name::after { content: ""; position: absolute; inset: 0 }
li .name:focus-visible { outline: 0; box-shadow: none }
li:focus-within:has(:focus-visible) { outline: 3px solid var(--text); outline-offset: 3px; box-shadow: 0 0 0 9px var(--ring); z-index: 1 }
.soft { color: var(--soft) }
.said { border-inline-start: 4px solid; padding-inline-start: .6em }
.more { margin-block-start: .25em }
.end { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .25em 1em; margin: .6em 0 0; padding-block-start: .6em }
.end a { display: inline-block; padding-block: .55em; font-weight: 700 }
.end .soft a { color: inherit !important; font-weight: 400 }
.hidden { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
@media (prefers-reduced-motion: no-preference) { button { transition: background 120ms } }
`;

// Where a sheet cannot be constructed (browsers before 2023) this throws: no element, the link stays.
const SHEET = new CSSStyleSheet();
SHEET.replaceSync(`${STYLE} .dark ${DARK} @media (prefers-color-scheme: dark) { .auto ${DARK} }`);

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

function draw(block) {
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of [["viewBox", "0 0 12 12"], ["aria-hidden", "true"]]) svg.setAttribute(name, value);
  const paths = (patches, parent) => {
    for (const { fill: colour, d } of patches) {
      const path = document.createElementNS(SVG, "path");
      path.setAttribute("fill", colour);
      path.setAttribute("d", d);
      parent.append(path);
    }
  };
  const figure = document.createElementNS(SVG, "g");
  if (block.transform) figure.setAttribute("transform", block.transform);
  paths(block.behind, svg);
  paths(block.figure, figure);
  svg.append(figure);
  return svg;
}

class KithSearch extends HTMLElement {
  static observedAttributes = DRAWN_FROM;
  #language = "en";
  #say = WORDS.en;
  #easy = false;
  #asked = null;
  #seen = null;
  #saved = {};

  connectedCallback() {
    if (this.shadowRoot) return;
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [SHEET];
    if (this.#get("widget")) this.#load();
    else this.#draw();
  }

  async #load() {
    const box = make("div", { class: "box auto" }, make("div", { class: "inside" }, make("slot")));
    this.shadowRoot.replaceChildren(box);
    try {
      const answer = await fetch(this.#kept(".json"), { credentials: "omit", referrerPolicy: "strict-origin" });
      if (!answer.ok) return; // the link stays
      const { attributes, colours } = await answer.json();
      this.#saved = attributes;
      for (const [name, value] of Object.entries(colours)) this.style.setProperty(name, value);
      this.#draw();
    } catch {
      // Not reached: the link stays.
    }
  }

  #kept(end) {
    return new URL(`/embed/v1/widgets/${encodeURIComponent(this.#get("widget"))}${end}`, HOME);
  }

  attributeChangedCallback(name, before, after) {
    if (this.shadowRoot && before !== after) this.#draw();
  }

  #get(name) {
    return (this.#saved[name] || this.getAttribute(name) || "").trim();
  }

  get #limit() {
    const wanted = parseInt(this.#get("limit"), 10);
    return wanted >= 1 ? Math.min(wanted, MOST) : 3;
  }

  #draw() {
    this.#asked?.abort();
    this.#seen?.disconnect();
    this.#easy = false;
    const language = (this.closest("[lang]")?.lang || "en").slice(0, 2).toLowerCase();
    this.#language = language in WORDS ? language : "en";
    this.#say = WORDS[this.#language];
    const show = this.#get("show") || (this.#get("entry") ? "entry" : "search");
    const inside = make("div", { class: "inside" });
    const box = make("div", { class: `box ${show} ${this.#theme()}`, part: "box", lang: this.#language, dir: "ltr" });
    if (show === "propose") {
      const button = this.#link(new URL("/submit/", HOME), this.#get("heading") || this.#say.propose);
      button.classList.add("button");
      button.part = "button";
      inside.append(button);
    } else {
      box.append(make("div", { class: "geese", "aria-hidden": "true" }));
      const parts = {
        status: make("p", { role: "status", part: "status", class: "status" }),
        notes: make("div", { class: "notes" }),
        results: make("div", { part: "results" }),
        end: make("p", { class: "end", part: "end" }, make("slot")),
      };
      inside.append(...Object.values(parts));
      const easy = this.#easyRead(parts, inside);
      // The first Tab stop of a box is its field: the switch for results stands behind it.
      if (show === "search") inside.prepend(...this.#form(parts, easy));
      else inside.prepend(make("div", { class: "top" }, ...this.#list(show, parts), easy));
    }
    box.append(inside);
    this.shadowRoot.replaceChildren(box);
  }

  #theme() {
    const theme = this.#get("theme");
    if (theme === "light" || theme === "dark") return theme;
    // A host that chose colours chose them for one ground: never put our dark text colours on it.
    return getComputedStyle(this).getPropertyValue("--kith-bg").trim() ? "light" : "auto";
  }

  #title(...words) {
    const level = /^[2-6]$/.test(this.#get("level")) ? this.#get("level") : "2";
    return make(`h${level}`, { class: "title", part: "title", dir: "auto" }, ...words);
  }

  #easyRead(parts, inside) {
    const button = make("button", { type: "button", class: "quiet", part: "button easy", "aria-pressed": "false" }, this.#say.easy);
    button.addEventListener("click", () => {
      this.#easy = inside.classList.toggle("is-easy");
      button.setAttribute("aria-pressed", String(this.#easy));
      if (parts.answered) this.#answer(parts, ...parts.answered);
    });
    return button;
  }

  #form(parts, easy) {
    const say = this.#say;
    const heading = this.#get("heading");
    const words = make("input", { id: "q", name: "q", type: "search", part: "input", maxlength: "300", enterkeyhint: "search" });
    const place = make("input", { id: "near", name: "near", part: "input", maxlength: "80", autocomplete: "address-level2" });
    words.value = this.#get("q");
    place.value = this.#get("near");
    const label = make("label", { for: "q" }, say.question);
    const wordsField = make("div", {}, words);
    if (heading) {
      label.className = "label";
      wordsField.prepend(label);
    }
    const button = make("button", { part: "button" }, say.search);
    const form = make("form", { role: "search", "aria-labelledby": "title" }, wordsField);
    if (!this.#get("near")) {
      const optional = make("span", { class: "soft" }, ` ${say.optional}`);
      form.append(make("div", { class: "place" }, make("label", { for: "near", class: "label" }, say.place, optional), place));
    }
    form.append(button, easy);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#search(parts, { q: words.value, near: place.value });
    });
    parts.again = ({ q = words.value, near = place.value }) => {
      words.value = q;
      place.value = near;
      words.focus();
      this.#search(parts, { q, near });
    };
    const title = this.#title(heading || label);
    title.id = "title";
    return [title, form];
  }

  #list(show, parts) {
    const asked = { q: this.#get("q"), near: this.#get("near") };
    if (show === "entry") asked.entry = this.#get("entry");
    this.#seen = new IntersectionObserver(
      (seen) => {
        if (!seen.some((one) => one.isIntersecting)) return;
        this.#seen.disconnect();
        this.#search(parts, asked);
      },
      { rootMargin: "300px" },
    );
    this.#seen.observe(this);
    const heading = this.#get("heading");
    return heading ? [this.#title(heading)] : [];
  }

  #address(path, asked) {
    const address = new URL(path, HOME);
    const fixed = ASKED.map((name) => [name, this.#get(name)]);
    for (const [name, value] of [...fixed, ...Object.entries(asked)]) {
      if (value.trim()) address.searchParams.set(name, value.trim());
    }
    return address;
  }

  async #search(parts, asked) {
    const say = this.#say;
    this.#asked?.abort();
    const mine = (this.#asked = new AbortController());
    const late = setTimeout(() => mine.abort(), PATIENCE_MS);
    parts.status.textContent = say.searching;
    const address = this.#address("/embed/v1/search.json", asked);
    address.searchParams.set("limit", String(MOST));
    if (this.#get("widget")) address.searchParams.set("widget", this.#get("widget"));
    const options = { credentials: "omit", referrerPolicy: "strict-origin", signal: mine.signal };
    let found = null;
    let isAbsent = false;
    try {
      const answer = await fetch(address, options);
      isAbsent = answer.status >= 400 && answer.status < 500 && answer.status !== 429;
      if (answer.ok) found = await answer.json();
    } catch {
      // Not reached, too slow, or the host's policy does not let us ask: said below.
    }
    clearTimeout(late);
    if (mine !== this.#asked) return; // a newer search took over
    if (found) this.#answer(parts, found, asked);
    else this.#fail(parts, asked, isAbsent);
  }

  #fail(parts, asked, isAbsent) {
    const say = this.#say;
    parts.answered = null;
    parts.notes.replaceChildren();
    parts.results.replaceChildren();
    parts.status.textContent = isAbsent ? say.absent : say.down;
    // Never the whole directory under the name of a network that is not there: then the host's link.
    const there = this.#link(this.#address("/search", asked), fill(say.there, { site: new URL(HOME).host }));
    parts.end.replaceChildren(isAbsent || asked.entry ? make("slot") : there);
  }

  #answer(parts, found, asked) {
    const say = this.#say;
    parts.answered = [found, asked];
    const shown = Math.min(this.#limit, found.results.length);
    const list = make("ul", { part: "list", lang: "en", role: "list" });
    const items = found.results.map((one) => this.#item(one, found.place));
    list.append(...items.slice(0, shown));
    list.addEventListener("click", (event) => {
      if (!this.#get("widget") || !event.target.closest("a")) return;
      fetch(this.#kept("/clicks"), { method: "POST", mode: "no-cors", credentials: "omit", keepalive: true }).catch(() => {});
    });
    parts.status.textContent = asked.entry ? "" : this.#count(found, shown, asked);
    parts.notes.replaceChildren(...this.#help(found.urgent_help), ...this.#notes(parts, found));
    parts.results.replaceChildren(...(items.length ? [list] : []), ...this.#more(parts, found, items, list, asked));
    const site = found.source.name;
    const end = [make("span", { class: "soft" }, `${say.from} `, this.#link(found.source.url, site))];
    if (!asked.entry) {
      const all = found.total > shown ? fill(say.all, { n: found.total, site }) : fill(say.there, { site });
      end.unshift(make("span", {}, this.#link(found.url, all)));
    }
    parts.end.replaceChildren(...end);
  }

  #count(found, shown, asked) {
    const say = this.#say;
    if (!found.total) return asked.q ? say.nothing : say.none;
    const said = [found.total === 1 ? say.one : fill(say.many, { n: found.total })];
    if (found.place?.name) said.push(fill(say.near, { place: found.place.name }));
    const count = `${said.join(" ")}.`;
    return found.total > shown ? `${count} ${fill(say.showing, { n: shown })}` : count;
  }

  #more(parts, found, items, list, asked) {
    if (items.length <= list.children.length) return [];
    const button = make("button", { type: "button", class: "quiet more", part: "button more" }, this.#say.more);
    button.addEventListener("click", () => {
      const next = items[list.children.length];
      list.append(...items.slice(list.children.length));
      button.remove();
      parts.status.textContent = this.#count(found, items.length, asked);
      next.querySelector("a").focus();
    });
    return [button];
  }

  #item(one, place) {
    const easy = this.#easy && one.easy_read;
    const words = make("div", {}, this.#link(easy ? easy.url : one.url, one.name), make("p", {}, easy ? easy.begins : one.strapline));
    words.firstChild.className = "name";
    if (one.network_note) words.append(make("p", { class: "said", part: "note", dir: "auto" }, one.network_note));
    const where = this.#where(one, place);
    const line = make("p", { class: "soft", part: "note" }, one.freshness.words);
    if (where) line.prepend(make("span", { lang: this.#language }, where), " · ");
    words.append(line);
    return make("li", { part: "result" }, draw(one.block), words);
  }

  #where(one, place) {
    const say = this.#say;
    const it = one.kind === "approach" ? one.nearest : one;
    if (!it) return "";
    const name = it.place || "";
    const miles = it.distance_miles;
    if (it.is_inside) return fill(say.inside, { place: name || place?.name });
    if (miles === null) return name;
    if (one.nearest && miles > NEAR_MILES) return fill(say.far, { place: name || it.name });
    const far = miles < 1 ? say.mile : fill(say.miles, { n: Math.round(miles) });
    return name ? `${name}, ${far}` : far;
  }

  #help(help) {
    if (!help) return [];
    const lines = help.lines.map((line) => {
      const link = make("a", {}, line.name.includes(line.contact) ? line.name : `${line.name}: ${line.contact}`);
      if (/^(tel|sms):/.test(line.href)) link.href = line.href;
      return make("p", {}, link, line.what);
    });
    return [make("div", { class: "help", part: "help" }, make("p", {}, make("strong", {}, this.#say.help)), ...lines)];
  }

  #notes(parts, found) {
    const say = this.#say;
    const again = (words, asked) => {
      const button = make("button", { type: "button", class: "quiet" }, words);
      button.addEventListener("click", () => parts.again(asked));
      return button;
    };
    const notes = [];
    const place = found.place;
    if (place && !place.name) {
      const sure = place.choices.length && !place.is_guess;
      const choices = parts.again ? place.choices.map((one) => again(one.name, { near: one.near })) : [];
      notes.push(make("p", {}, fill(sure ? say.which : say.unknown, { place: place.typed })));
      if (choices.length) notes.push(make("div", { class: "choices" }, ...choices));
    }
    if (found.wants_place && parts.again) notes.push(make("p", {}, say.where));
    if (found.did_you_mean && parts.again) {
      const meant = again(found.did_you_mean.q, { q: found.did_you_mean.q });
      notes.push(make("div", { class: "choices" }, make("p", {}, say.meant), meant));
    }
    return notes;
  }

  #link(address, words) {
    const to = new URL(address, HOME);
    const isWeb = to.protocol === "https:" || to.protocol === "http:";
    const link = make("a", { href: isWeb ? to.href : HOME, part: "link", referrerpolicy: "strict-origin" }, words);
    if (this.#get("target") === "_blank") {
      link.target = "_blank";
      link.rel = "noopener";
      link.append(make("span", { class: "hidden" }, ` ${this.#say.tab}`));
    }
    return link;
  }
}

if (!customElements.get("kith-search")) customElements.define("kith-search", KithSearch);

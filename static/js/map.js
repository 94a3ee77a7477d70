// A map of results: our own outline, marks from the server, what a mark stands for told below it.
//
// Marks are buttons with names, one tab stop each: the server puts close ones together, so a screen
// never holds many, and a link before the map leads past them. Nothing moves by itself.

const L = window.L;
// Marks are asked for a little beyond the edge, so that moving the map shows some at once.
const BEYOND = 0.25;
const CLOSEST_AT_FIRST = 9;
const WAIT_MS = 150;

/** The land, with nothing on it yet. */
export async function ground(fold, canvas) {
  const map = L.map(canvas, {
    attributionControl: Boolean(fold.dataset.tiles), zoomControl: false, zoomSnap: 0.5, minZoom: 4,
    maxZoom: Number(fold.dataset.deepest), scrollWheelZoom: false, inertia: false,
    zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false,
    maxBounds: [[47, -16], [63, 8]], maxBoundsViscosity: 1,
  });
  canvas.setAttribute("role", "group");
  canvas.setAttribute("aria-label", fold.dataset.name);
  L.control.zoom({
    zoomInTitle: fold.dataset.in, zoomOutTitle: fold.dataset.out, position: "topright",
  }).addTo(map);
  if (fold.dataset.tiles) {
    const credit = document.createElement("span");
    credit.textContent = fold.dataset.credit;
    map.attributionControl.setPrefix(false);
    L.tileLayer(fold.dataset.tiles, {
      attribution: credit.innerHTML, className: "map__tiles",
    }).addTo(map);
  } else {
    const outline = await (await fetch(fold.dataset.outline)).json();
    L.geoJSON(outline, { interactive: false, style: { className: "map__land" } }).addTo(map);
  }
  map.createPane("towns").classList.add("map__towns"); // below the marks
  return map;
}

/** Put these towns in place of those that `layer` holds. */
export function nameTowns(layer, towns) {
  layer.clearLayers();
  for (const one of towns) {
    L.marker([one.lat, one.lon], {
      interactive: false, keyboard: false, pane: "towns",
      icon: L.divIcon({ className: "map__town", html: name(one.name), iconSize: null }),
    }).addTo(layer);
  }
}

/** Draw the map of this fold, and keep it like the results. */
export async function draw(fold) {
  const around = fold.parentElement; // the server's word on what is asked: it follows each search
  const canvas = fold.querySelector(".map");
  const map = await ground(fold, canvas);
  const towns = L.layerGroup().addTo(map);
  const marks = L.layerGroup().addTo(map);
  const told = fold.querySelector(".map-told");
  const says = fold.querySelector(".map-fold__says");
  let asking = null;
  let timer = 0;
  let shown = "";

  const say = (words) => {
    says.textContent = words;
    document.getElementById("status").textContent = words; // the one line that is read aloud
  };

  const look = () => {
    if (!around.dataset.box) return;
    const [west, south, east, north] = around.dataset.box.split(",").map(Number);
    map.fitBounds([[south, west], [north, east]], {
      animate: false, maxZoom: CLOSEST_AT_FIRST, padding: [28, 28],
    });
  };

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const box = map.getBounds().pad(BEYOND);
    const part = new URLSearchParams({ box: box.toBBoxString(), zoom: Math.floor(map.getZoom()) });
    canvas.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`/search/map.json?${around.dataset.query}&${part}`, {
        signal: asking.signal,
      });
      if (!answer.ok) throw new Error(answer.status);
      show(await answer.json());
    } catch (error) {
      if (error.name === "AbortError") return;
      say(fold.dataset.failed);
    }
    canvas.setAttribute("aria-busy", "false");
  }

  function show(found) {
    const hadFocus = marks.getLayers().some((one) => one.getElement() === document.activeElement);
    marks.clearLayers();
    nameTowns(towns, found.towns);
    // In the order in which one reads a page, so that Tab does not jump about.
    const across = map.getSize().x;
    const place = (one) => {
      const { x, y } = map.latLngToContainerPoint([one.lat, one.lon]);
      return Math.round(y / 44) * across + x;
    };
    for (const one of found.marks.sort((a, b) => place(a) - place(b))) mark(one).addTo(marks);
    if (hadFocus) canvas.focus(); // the mark that was pressed is gone
    const here = found.marks.filter((one) => map.getBounds().contains([one.lat, one.lon])).length;
    say(here ? fold.dataset.some.replace("{count}", here) : fold.dataset.none);
  }

  function mark(one) {
    const face = one.block
      ? `<svg viewBox="0 0 12 12" width="32" height="32" aria-hidden="true" focusable="false">${one.block}</svg>`
      : `<span aria-hidden="true">${Number(one.count)}</span>`;
    const made = L.marker([one.lat, one.lon], {
      title: one.label, riseOnHover: false, zIndexOffset: one.count,
      icon: L.divIcon({
        className: one.block ? "map__mark map__mark--one" : "map__mark", html: face, iconSize: [44, 44],
      }),
    });
    made.on("add", () => made.getElement().setAttribute("aria-label", one.label));
    made.on("click keypress", (event) => {
      const key = event.originalEvent?.key;
      if (event.type === "keypress" && key !== "Enter" && key !== " ") return;
      event.originalEvent?.preventDefault(); // Space would scroll the page
      if (one.box) closer(one);
      else tell(one);
    });
    return made;
  }

  function closer(one) {
    const [west, south, east, north] = one.box;
    const bounds = L.latLngBounds([[south, west], [north, east]]);
    const zoom = Math.max(map.getBoundsZoom(bounds.pad(0.1)), map.getZoom() + 1);
    map.setView(bounds.getCenter(), Math.min(zoom, map.getMaxZoom()), { animate: false });
  }

  function tell(one) {
    const heading = document.createElement("p");
    heading.className = "map-told__heading";
    heading.textContent = one.heading;
    const list = document.createElement("ul");
    for (const each of one.named) list.append(entry(each));
    told.replaceChildren(heading, list);
    if (one.more) {
      const more = document.createElement("p");
      more.append(anchor(one.more.words, one.more.url));
      told.append(more);
    }
    told.setAttribute("aria-label", one.heading);
    told.hidden = false;
    told.focus();
    told.scrollIntoView({ block: "nearest" });
  }

  function asked() {
    const now = `${around.dataset.query} ${around.dataset.box}`;
    if (now === shown) return;
    shown = now;
    told.hidden = true;
    const before = map._loaded ? map.getBounds().toBBoxString() + map.getZoom() : "";
    look();
    if (map._loaded && before === map.getBounds().toBBoxString() + map.getZoom()) ask();
  }

  map.on("moveend", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  // The server's answer to a search morphs the element around the map, never the map itself.
  new MutationObserver(() => {
    if (fold.open) asked();
  }).observe(around, { attributes: true, attributeFilter: ["data-query", "data-box"] });
  fold.addEventListener("toggle", () => {
    if (!fold.open) return;
    map.invalidateSize();
    asked();
  });
  asked();
}

function name(words) {
  const span = document.createElement("span");
  span.textContent = words;
  span.setAttribute("aria-hidden", "true");
  return span;
}

function entry(one) {
  const item = document.createElement("li");
  item.append(anchor(one.name, one.url));
  if (one.note) {
    const note = document.createElement("span");
    note.className = "quiet small";
    note.textContent = ` ${one.note}`;
    item.append(note);
  }
  return item;
}

function anchor(words, href) {
  return Object.assign(document.createElement("a"), { href, textContent: words });
}

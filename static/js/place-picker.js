// A map to say where something happens: what lies under the cross in its middle has a name, and one
// press puts that name into the box. Moved by finger, mouse or arrow keys; nothing else is kept.

const L = window.L;
const WAIT_MS = 150;
const ALL_ISLANDS = [[49.9, -8.2], [59.4, 1.8]];

/** Draw the map of this fold. `data-fills` names the box, `data-ground` the module that draws land. */
export async function draw(fold) {
  const { ground, nameTowns } = await import(fold.dataset.ground);
  const canvas = fold.querySelector(".map");
  const map = await ground(fold, canvas);
  const towns = L.layerGroup().addTo(map);
  const says = fold.querySelector(".map-fold__says");
  const use = fold.querySelector("[data-use]");
  const cross = document.createElement("div");
  cross.className = "map__cross";
  canvas.append(cross);
  let asking = null;
  let timer = 0;

  async function ask() {
    asking?.abort();
    asking = new AbortController();
    const { lat, lng } = map.getCenter();
    const part = new URLSearchParams({
      lat: lat.toFixed(4), lon: lng.toFixed(4),
      box: map.getBounds().toBBoxString(), zoom: Math.floor(map.getZoom()),
    });
    canvas.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`${fold.dataset.asks}?${part}`, { signal: asking.signal });
      if (!answer.ok) throw new Error(answer.status);
      const found = await answer.json();
      nameTowns(towns, found.towns);
      tell(found.name);
    } catch (error) {
      if (error.name === "AbortError") return;
      says.textContent = fold.dataset.failed;
    }
    canvas.setAttribute("aria-busy", "false");
  }

  function tell(name) {
    says.textContent = name ? fold.dataset.here.replace("{name}", name) : fold.dataset.none;
    document.getElementById("status").textContent = says.textContent;
    use.hidden = !name;
    use.value = name;
    use.textContent = fold.dataset.take.replace("{name}", name);
  }

  use.addEventListener("click", () => {
    const box = document.getElementById(fold.dataset.fills);
    box.value = use.value;
    for (const type of ["input", "change"]) box.dispatchEvent(new Event(type, { bubbles: true }));
    fold.open = false;
    box.focus();
  });
  map.on("click", (event) => map.panTo(event.latlng, { animate: false }));
  map.on("moveend", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  map.fitBounds(ALL_ISLANDS, { animate: false });
}

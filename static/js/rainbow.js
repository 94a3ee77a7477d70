// The rainbow for pointer and keyboard, and the list as folds on a phone. Without this file the
// patches are plain links, and the list holds the same.

const arcs = document.querySelector(".rainbow__arcs");
const wide = window.matchMedia("(width >= 76.75rem)");

if (arcs) {
  explore(arcs);
}
fold(document.querySelectorAll("#moments > details"));

/** One tab stop an arc: left and right along it, up and down between arcs, Home and End. */
function explore(svg) {
  const rows = [...svg.querySelectorAll(".rainbow__arc")]
    .map((arc) => [...arc.querySelectorAll(".rainbow__patch")])
    .filter((row) => row.length);
  const ring = svg.querySelector(".rainbow__ring");
  const name = document.querySelector(".rainbow__reading-name");
  const strapline = document.querySelector(".rainbow__reading-strapline");

  // Narrow screens show the crown, a picture only; then nothing here can be reached.
  const adapt = () => {
    if (wide.matches) svg.removeAttribute("aria-hidden");
    else svg.setAttribute("aria-hidden", "true");
    for (const row of rows) row.forEach((patch, i) => stop(patch, wide.matches && i === 0));
  };
  adapt();
  wide.addEventListener("change", adapt);
  rest();

  // Not on the svg itself: Chromium makes a tab stop of an svg that listens for focus.
  const around = svg.parentElement;
  around.addEventListener("pointerover", (event) => show(patchOf(event) ?? focused()));
  around.addEventListener("pointerleave", () => show(focused()));
  around.addEventListener("focusin", (event) => show(patchOf(event)));
  around.addEventListener("focusout", () => show(null));
  around.addEventListener("keydown", (event) => {
    const patch = patchOf(event);
    const next = patch && !event.altKey && !event.ctrlKey && !event.metaKey && from(patch, event.key);
    if (!next) return;
    event.preventDefault();
    for (const other of rowOf(next)) stop(other, other === next);
    next.focus();
  });

  function from(patch, key) {
    const row = rowOf(patch);
    const at = row.indexOf(patch);
    const up = rows[rows.indexOf(row) - 1];
    const down = rows[rows.indexOf(row) + 1];
    const moves = {
      ArrowRight: () => row[at + 1],
      ArrowLeft: () => row[at - 1],
      ArrowUp: () => up && nearest(up, patch),
      ArrowDown: () => down && nearest(down, patch),
      Home: () => row[0],
      End: () => row.at(-1),
    };
    return Object.hasOwn(moves, key) ? moves[key]() : undefined;
  }

  /** The patch of a row that lies at about the same angle: the turns are in the transforms. */
  function nearest(row, patch) {
    const gap = (other) => Math.abs(turn(other) - turn(patch));
    return row.reduce((best, other) => (gap(other) < gap(best) ? other : best));
  }

  function show(patch) {
    ring.classList.toggle("rainbow__ring--on", Boolean(patch));
    ring.classList.toggle("rainbow__ring--focus", Boolean(patch?.matches(":focus-visible")));
    if (!patch) {
      rest();
      return;
    }
    ring.setAttribute("transform", patch.getAttribute("transform"));
    name.textContent = patch.getAttribute("aria-label");
    strapline.textContent = patch.dataset.strapline;
    patch.setAttribute("aria-describedby", strapline.id);
  }

  function rest() {
    name.textContent = "";
    strapline.textContent = strapline.dataset.rest;
  }

  function patchOf(event) {
    return event.target.closest(".rainbow__patch");
  }

  function rowOf(patch) {
    return rows.find((row) => row.includes(patch));
  }

  function focused() {
    return document.activeElement.closest(".rainbow__patch");
  }

  function turn(patch) {
    return Number(/rotate\(([-\d.]+)\)/.exec(patch.getAttribute("transform"))[1]);
  }

  function stop(patch, reachable) {
    patch.setAttribute("tabindex", reachable ? "0" : "-1");
  }
}

/** On a phone the first moment is open; beside each other all are, and their heads do nothing. */
function fold(moments) {
  const columns = window.matchMedia("(width >= 62.5rem)");
  const adapt = () => {
    moments.forEach((moment, i) => {
      moment.open = columns.matches || i === 0 || `#${moment.id}` === location.hash;
      moment.querySelector("summary").tabIndex = columns.matches ? -1 : 0;
    });
  };
  adapt();
  columns.addEventListener("change", adapt);
  window.addEventListener("hashchange", () => {
    const named = document.getElementById(location.hash.slice(1));
    if (named?.matches("details")) named.open = true;
  });
}

// Maps that are opened. Most visitors never open one, so all that draws it is fetched only then.

document.addEventListener("toggle", open, true); // toggle does not bubble

async function open(event) {
  const fold = event.target;
  if (!fold.matches?.(".map-fold__details") || !fold.open || fold.dataset.asked) return;
  fold.dataset.asked = "true";
  const says = fold.querySelector(".map-fold__says");
  try {
    await Promise.all([
      link(fold.dataset.leafletStyle), link(fold.dataset.style), script(fold.dataset.leaflet),
    ]);
    const drawing = await import(fold.dataset.map);
    await drawing.draw(fold);
  } catch {
    says.textContent = fold.dataset.failed;
    fold.querySelector(".map").hidden = true;
  }
}

function link(href) {
  return loaded(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
}

function script(src) {
  return window.L ? null : loaded(Object.assign(document.createElement("script"), { src }));
}

function loaded(element) {
  return new Promise((done, failed) => {
    element.addEventListener("load", done);
    element.addEventListener("error", failed);
    document.head.append(element);
  });
}

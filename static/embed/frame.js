/* Tells the page around the frame how high it is; the page may listen (embed/height.js) or not. Of a
   saved widget it counts that a result was opened: a number, and nothing about who. */
const tell = () => {
  const height = Math.ceil(document.body.getBoundingClientRect().height) + 1;
  parent.postMessage({ type: "kith-height", height }, "*");
};

if (parent !== window) {
  new ResizeObserver(tell).observe(document.body);
}

const { clicks } = document.body.dataset;
if (clicks) {
  document.addEventListener("click", (event) => {
    if (event.target.closest(".frame__name")) navigator.sendBeacon(clicks);
  });
}

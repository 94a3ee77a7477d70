/* Tells the page around the frame how high it is. The page may listen (embed/height.js) or not. */
const tell = () => {
  const height = Math.ceil(document.body.getBoundingClientRect().height) + 1;
  parent.postMessage({ type: "kith-height", height }, "*");
};

if (parent !== window) {
  new ResizeObserver(tell).observe(document.body);
}

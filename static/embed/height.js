/*
 * Makes frames of this directory as high as what is in them.
 *
 *   <script type="module" src="https://DIRECTORY/embed/v1/height.js"></script>
 *
 * It believes only frames that this page holds and that come from the directory.
 */
const HOME = new URL(import.meta.url).origin;
const MOST = 5000;

addEventListener("message", (event) => {
  if (event.origin !== HOME || event.data?.type !== "kith-height") return;
  const height = Number(event.data.height);
  if (!(height > 0)) return;
  for (const frame of document.querySelectorAll("iframe")) {
    if (frame.contentWindow === event.source) frame.height = String(Math.min(Math.ceil(height), MOST));
  }
});

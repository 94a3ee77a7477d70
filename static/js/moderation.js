// The moderators' pages: single keys, and a claim that holds while somebody works.
// Without this every link and button is still there, and a claim holds for 20 minutes.
const OFF = "kith.moderation.keys";
const EXTEND_AFTER_MS = 4 * 60 * 1000;

const help = document.querySelector("#keys");
const keys = {
  j: () => step(1),
  k: () => step(-1),
  g: () => document.querySelector(".desk__links a")?.click(),
  n: () => (document.querySelector("[data-key=n]") ?? document.querySelector("#work a.work__name"))?.click(),
  d: () => focusOn(document.querySelector("#decision input:checked, #decision input[type=radio]")),
  m: () => focusOn(document.querySelector("#note, #answer")),
  b: () => document.querySelector(".claim button")?.click(),
  u: () => document.querySelector("form[action$='/reversal'] button")?.click(),
  "?": () => help?.showModal(),
};

document.addEventListener("keydown", (event) => {
  const writing = event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select");
  const withOthers = event.ctrlKey || event.metaKey || event.altKey;
  if (writing || withOthers || help?.open || localStorage.getItem(OFF)) return;
  const act = Object.hasOwn(keys, event.key) ? keys[event.key] : null;
  if (!act) return;
  event.preventDefault();
  act();
});

function step(by) {
  const lines = [...document.querySelectorAll("#work a.work__name")];
  const at = lines.findIndex((line) => line.closest("li").contains(document.activeElement));
  focusOn(lines[at < 0 ? (by > 0 ? 0 : lines.length - 1) : at + by]);
}

function focusOn(element) {
  element?.focus();
  element?.scrollIntoView({ block: "nearest" });
}

const keysSwitch = document.querySelector("#keys-switch");
if (keysSwitch) {
  keysSwitch.hidden = false;
  const box = keysSwitch.querySelector("input");
  box.checked = !localStorage.getItem(OFF);
  box.addEventListener("change", () => {
    if (box.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "yes");
  });
}

// Whoever types or clicks still works on it: extend the claim, at most every few minutes. Whoever
// leaves the page without sending anything has put it back.
const claim = document.querySelector("form[data-claim]");
if (claim) {
  let takenAt = 0; // when the page was asked for, as performance.now() counts
  let isSending = false;
  const take = async () => {
    takenAt = performance.now();
    const answer = await fetch(claim.dataset.claim, { method: "POST", body: new FormData(claim) });
    if (answer.status === 409) claim.querySelector("p").textContent = claim.dataset.lost;
  };
  const extend = async () => {
    if (performance.now() - takenAt >= EXTEND_AFTER_MS) await take();
  };
  for (const sign of ["input", "pointerdown", "keydown", "scroll"]) {
    document.addEventListener(sign, () => extend().catch(() => {}), { passive: true });
  }
  document.addEventListener("submit", () => (isSending = true));
  addEventListener("pagehide", () => {
    if (isSending) return;
    const left = new FormData(claim);
    left.set("ms", Math.round(performance.now() - takenAt));
    navigator.sendBeacon(claim.dataset.left, left);
  });
  addEventListener("pageshow", (event) => {
    isSending = false;
    if (event.persisted) take().catch(() => {});
  });
}

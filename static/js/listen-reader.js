// Reads the page aloud, sentence by sentence. listen.js fetches this when somebody presses Listen.

const synth = window.speechSynthesis;
const template = document.getElementById("listen-bar");
const KEY = "kith.listen";
const RATES = [0.5, 0.65, 0.8, 1, 1.2, 1.5];
const QUIET = "nav, form, button, select, textarea, svg, script, template, noscript, dialog, " +
  "[hidden], [aria-hidden=true], .visually-hidden, .tools, .no-listen, [role=listbox]";
const language = document.documentElement.lang || "en-GB";
let rate = kept();
let voice = null;
let sentences = []; // a Range for each
let at = -1;
let bar = null;
let opener = null;
let turn = 0; // tells the end of a sentence that was cut off from the end of the one we read

window.addEventListener("pagehide", () => synth.cancel());

/** Read from what is marked, or from the top, with the voice `by`. */
export function start(button, by) {
  voice = by;
  opener = button;
  sentences = find(document.getElementById("main"));
  if (!sentences.length) return;
  if (!bar) {
    bar = template.content.cloneNode(true).firstElementChild;
    document.body.append(bar);
    bar.addEventListener("click", press);
    bar.addEventListener("keydown", (event) => {
      if (event.key === "Escape") stop();
    });
  }
  bar.hidden = false;
  read(first());
  bar.querySelector("[data-do=pause]").focus();
}

/** The sentence that is marked with the mouse, else the first. */
function first() {
  const marked = window.getSelection();
  if (!marked || marked.isCollapsed || !marked.rangeCount) return 0;
  const from = marked.getRangeAt(0);
  const found = sentences.findIndex((one) => one.compareBoundaryPoints(Range.END_TO_START, from) < 0
    ? false : one.comparePoint(from.startContainer, from.startOffset) <= 0);
  return Math.max(found, 0);
}

function press(event) {
  const what = event.target.closest("[data-do]")?.dataset.do;
  if (what === "pause") pause();
  else if (what === "back") read(Math.max(at - 1, 0));
  else if (what === "on") read(Math.min(at + 1, sentences.length - 1));
  else if (what === "slower") faster(-1);
  else if (what === "faster") faster(1);
  else if (what === "stop") stop();
}

function read(number) {
  const mine = ++turn;
  synth.cancel();
  at = number;
  const range = sentences[at];
  if (!range) return stop();
  show(range);
  reading(true);
  const said = new SpeechSynthesisUtterance(range.toString().replace(/\s+/g, " ").trim());
  Object.assign(said, { voice, lang: voice.lang, rate });
  said.onend = () => mine === turn && read(at + 1);
  said.onerror = (event) => mine === turn && event.error !== "interrupted" && reading(false);
  synth.speak(said);
}

// Not synth.pause(): on Android nothing wakes it again. The sentence is read anew instead.
function pause() {
  if (bar.dataset.state === "reading") {
    turn += 1;
    synth.cancel();
    reading(false);
  } else read(at);
}

function reading(is) {
  bar.dataset.state = is ? "reading" : "paused";
  const button = bar.querySelector("[data-do=pause]");
  button.textContent = is ? button.dataset.pause : button.dataset.goOn;
}

function faster(by) {
  const now = RATES.reduce((best, one, i) => (Math.abs(one - rate) < Math.abs(RATES[best] - rate) ? i : best), 0);
  rate = RATES[Math.min(Math.max(now + by, 0), RATES.length - 1)];
  try {
    localStorage.setItem(KEY, String(rate));
  } catch {
    // Then it holds for this page.
  }
  bar.querySelector("[data-speed]").textContent = `${Math.round(rate * 100)} %`;
  if (bar.dataset.state === "reading") read(at);
}

function stop() {
  turn += 1;
  synth.cancel();
  window.CSS?.highlights?.delete("listen");
  bar.hidden = true;
  at = -1;
  (opener?.isConnected && opener.checkVisibility() ? opener : document.getElementById("main")).focus();
}

function show(range) {
  if (window.CSS?.highlights) CSS.highlights.set("listen", new Highlight(range));
  const box = range.getBoundingClientRect();
  const floor = bar.getBoundingClientRect().top || innerHeight;
  if (box.top < 0 || box.bottom > floor) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    scrollBy({ top: box.top - innerHeight / 3, behavior: still ? "auto" : "smooth" });
  }
}

/** Every sentence below `root` as a range, in reading order. */
function find(root) {
  const found = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, {
    acceptNode(node) {
      if (node.nodeType === Node.TEXT_NODE) return NodeFilter.FILTER_ACCEPT;
      return node.matches(QUIET) || !node.checkVisibility() ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
    },
  });
  let block = null;
  let texts = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const own = blockOf(node);
    if (own !== block) {
      found.push(...cut(texts));
      texts = [];
      block = own;
    }
    texts.push(node);
  }
  found.push(...cut(texts));
  return found;
}

function blockOf(node) {
  let element = node.parentElement;
  while (element && getComputedStyle(element).display.startsWith("inline")) element = element.parentElement;
  return element;
}

/** The text nodes of one block, cut at the ends of sentences. */
function cut(texts) {
  const whole = texts.map((node) => node.data).join("");
  if (!/[\p{L}\p{N}]/u.test(whole)) return [];
  const pieces = window.Intl?.Segmenter
    ? [...new Intl.Segmenter(language, { granularity: "sentence" }).segment(whole)]
    : [{ index: 0, segment: whole }];
  return pieces
    .filter((piece) => /[\p{L}\p{N}]/u.test(piece.segment))
    .map((piece) => {
      const lead = piece.segment.length - piece.segment.trimStart().length;
      const range = new Range();
      range.setStart(...spot(texts, piece.index + lead));
      range.setEnd(...spot(texts, piece.index + piece.segment.trimEnd().length));
      return range;
    });
}

/** The node and offset at letter `index` of the joined texts. */
function spot(texts, index) {
  for (const node of texts) {
    if (index <= node.data.length) return [node, index];
    index -= node.data.length;
  }
  const last = texts.at(-1);
  return [last, last.data.length];
}

function kept() {
  try {
    return Number(localStorage.getItem(KEY)) || 1;
  } catch {
    return 1;
  }
}

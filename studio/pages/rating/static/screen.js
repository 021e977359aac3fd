// What the page says, in which language, and which of its parts is in sight.

let texts = {};
let tags = [];
let directions = {};
let language = "";

export const spoken = () => language;

/** Those of the study, its first one first. */
export const languages = () => tags;

/** Takes the texts, the language to begin with, and from which side languages are written. Gradio sets the document's language to the browser's: not here. */
export function learn(all, first, ways = {}, ordered = Object.keys(all)) {
  texts = all;
  tags = ordered;
  language = first;
  directions = ways;
  const document_ = document.documentElement;
  new MutationObserver(() => document_.lang !== language && (document_.lang = language)).observe(document_, {
    attributeFilter: ["lang"],
  });
}

/** Marks what `element` holds as written in a language, from its side. */
export function mark(element, tag) {
  element.lang = tag;
  element.dir = directions[tag] ?? "ltr";
}

/** The form of a text that the number `n` asks for, by the browser's plural rules. */
function form(text, n) {
  if (typeof text === "string") return text;
  try {
    return text[new Intl.PluralRules(language).select(Number(n))] ?? text.other;
  } catch {
    return text.other; // a browser that does not know the rules, or not this language's
  }
}

/** The text of `key` with each {name} filled from `values`. */
export function say(key, values = {}) {
  const text = form(texts[language][key] ?? key, values.n);
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** What a refusal says, in the language of the page or one that its readers read. */
export const told = ({ text = {}, en }) => text[language] ?? text[language.split("-")[0]] ?? en;

/** Lets `element` hold the words of `key`, now and after a change of language. */
export function put(element, key, values) {
  element.dataset.w = key;
  if (values) element.dataset.p = JSON.stringify(values);
  else delete element.dataset.p;
  element.textContent = say(key, values);
}

/** Says everything under `root` in `next`; nothing that was typed or chosen is touched. */
export function turn(root, next) {
  language = next;
  mark(root, next);
  mark(document.documentElement, next);
  for (const part of root.querySelectorAll("[data-in]")) part.hidden = part.dataset.in !== next;
  for (const note of root.querySelectorAll(".translation > small")) mark(note, next);
  nameLanguages(root);
  for (const element of root.querySelectorAll("[data-w]")) {
    element.textContent = say(element.dataset.w, values(element));
  }
  for (const element of root.querySelectorAll("[data-w-label]")) {
    element.setAttribute("aria-label", say(element.dataset.wLabel, values(element)));
  }
  for (const element of root.querySelectorAll("[data-w-placeholder]")) {
    element.placeholder = say(element.dataset.wPlaceholder);
  }
  document.title = say("study.title");
}

/** The buttons that change the language: each names a language in itself. */
function nameLanguages(root) {
  const other = languages().find((tag) => tag !== language);
  for (const [name, tag] of [["other", other], ["own", language]]) {
    for (const button of root.querySelectorAll(`[data-${name}]`)) {
      button.dataset.w = `language.${tag}`;
      mark(button, tag);
    }
  }
  for (const button of root.querySelectorAll("[data-language]")) button.setAttribute("aria-current", String(button.dataset.language === language));
}

const values = (element) => (element.dataset.p ? JSON.parse(element.dataset.p) : {});

/** Minutes, or hours and minutes, of a duration in seconds; never under one minute. */
export function duration(seconds) {
  const minutes = Math.max(1, Math.round(seconds / 60));
  return minutes < 60
    ? say("time.minutes", { m: minutes })
    : say("time.hours", { h: Math.floor(minutes / 60), m: minutes % 60 });
}

// --- parts and progress -------------------------------------------------------------------------------------------

const byId = (id) => document.getElementById(id);
const root = byId("studio");

/** Shows one part of the page; where `title` is given, the keyboard and screen readers begin there. */
export function view(name, title) {
  root.dataset.view = name;
  for (const part of root.querySelectorAll("[data-shown]")) part.hidden = part.dataset.shown !== name;
  if (!title) return;
  scrollTo(0, 0);
  byId(title)?.focus({ preventScroll: true });
}

/** Says in the dock, and to screen readers, how saving stands. */
export function announce(key, values) {
  put(byId("state"), key, values);
  put(byId("said"), key, values);
  root.dataset.saving = key;
}

/** Says what is wrong, at once. */
export function alarm(text) {
  byId("alerted").textContent = "";
  requestAnimationFrame(() => (byId("alerted").textContent = text));
  const line = byId("state");
  delete line.dataset.w;
  line.textContent = text;
  root.dataset.saving = "alarm";
}

const perPair = (rater) => (rater.done >= 3 ? rater.active_seconds / rater.done : 0);

/** The dock's bar and numbers; `finished` counts what is still on its way, `practice` is the practice pair on screen. */
export function showProgress(rater, finished, practice) {
  const { total } = rater;
  const done = Math.min(finished, total);
  const track = byId("track");
  track.setAttribute("aria-valuenow", done);
  track.dataset.p = JSON.stringify({ done, total });
  track.setAttribute("aria-label", say("dock.progress.label", { done, total }));
  track.firstElementChild.style.setProperty("--part", total ? done / total : 0);
  if (practice) put(byId("count"), "dock.practice", { n: practice.number });
  else put(byId("count"), "dock.progress", { done, total });
  const each = practice ? 0 : perPair(rater);
  byId("left").textContent = each && done < total ? say("dock.left", { time: duration(each * (total - done)) }) : "";
}

/** The figures of the pause: pairs done, own working time, an honest guess of what is left. */
export function fillPause(rater, finished, unsent) {
  const { total, active_seconds: worked } = rater;
  put(byId("pause-text"), unsent ? "pause.kept" : "pause.text", { done: finished, total, n: unsent });
  byId("pause-worked").textContent = worked ? duration(worked) : say("pause.unknown");
  const each = perPair(rater);
  byId("pause-left").textContent = each ? duration(each * (total - finished)) : say("pause.unknown");
}

/** Dresses the page for a pair: its banner, and the buttons that make sense for it. */
export function dress(pair, revising, canUndo, visiting) {
  const banner = byId("banner");
  banner.hidden = !revising && !pair.practice && !visiting;
  const number = say(pair.practice ? "answers.practice" : "answers.number", { n: pair.number });
  if (revising) put(banner, "revise.banner", { n: number });
  else if (pair.practice) put(banner, pair.again ? "practice.again" : "practice.banner");
  else if (visiting) put(banner, "visit.banner");
  byId("cancel").hidden = !revising;
  byId("undo").hidden = revising || !canUndo;
  put(byId("save").firstElementChild, revising ? "dock.revise" : "dock.save");
  for (const button of root.querySelectorAll(".judging")) button.hidden = pair.question === "blinding";
}

/** Fills the last page. */
export function fillEnd(state) {
  const { done, total } = state.rater;
  put(byId("end-text"), state.withdrawn ? "end.withdrawn" : done >= total ? "end.text" : "end.closed", { total });
  byId("sources").hidden = !state.provenance;
  byId("sources-text").textContent = state.provenance?.[language] ?? "";
  byId("claim").hidden = !state.claim;
  byId("claim-code").textContent = state.claim ?? "";
}

const MOST_RESTING = 0.45; // of the screen's height, so that what is asked about can be read above it

/** Tells the stylesheet how tall the dock is, and where dock and choice would leave too little of the screen. */
export function watchDock() {
  const dock = root.querySelector(".dock");
  const choices = [...root.querySelectorAll(".choice")];
  const measure = () => {
    document.documentElement.style.setProperty("--dock", `${dock.offsetHeight}px`);
    const resting = dock.offsetHeight + Math.max(0, ...choices.map((choice) => choice.offsetHeight));
    const crowded = dock.offsetHeight > MOST_RESTING * innerHeight ? "all" : resting > MOST_RESTING * innerHeight ? "choice" : "";
    if (crowded) root.dataset.crowded = crowded;
    else delete root.dataset.crowded;
  };
  const watcher = new ResizeObserver(measure);
  for (const part of [dock, ...choices]) watcher.observe(part);
  addEventListener("resize", measure);
}

const SETTLED = 400; // ms after a press has ended, in which the browser still makes a click or a selection of it
const held = new Set(); // fingers and buttons that are down
const hold = ({ type, pointerId, touches }) => {
  if (touches) return touches.length ? held.add("touch") : held.delete("touch"); // a finger that scrolls is no pointer any more
  return type === "pointerdown" ? held.add(pointerId) : held.delete(pointerId);
};
for (const type of ["pointerdown", "pointerup", "pointercancel", "touchstart", "touchend", "touchcancel"]) addEventListener(type, hold, { capture: true, passive: true });
addEventListener("blur", () => held.clear());

/** Whether a person is in the midst of what a move would break: a press, a selection, a text that is being typed. */
function inHand() {
  const selected = getSelection();
  const selecting = !selected.isCollapsed && root.contains(selected.anchorNode);
  const typing = root.contains(document.activeElement) && document.activeElement.matches("textarea, select, input:not([type=radio], [type=checkbox])");
  return held.size > 0 || selecting || typing;
}

const ENDS = ["pointerup", "pointercancel", "touchend", "touchcancel", "dragend", "selectionchange", "focusout", "blur"];

/** Called by Gradio's component when it is up: the page moves into it once nothing is in hand, keeping focus and scroll. */
export function adopt(element) {
  element.closest("main")?.setAttribute("role", "presentation"); // Gradio's; the page's main part is our own
  let timer = 0;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(move, SETTLED);
  };
  const listen = (act) => ENDS.forEach((type) => window[act](type, later, { capture: true, passive: true }));
  const move = () => {
    if (inHand()) return;
    listen("removeEventListener");
    if (element.moveBefore) element.moveBefore(root, null);
    else moveWithCare(element);
  };
  listen("addEventListener");
  move();
}

function moveWithCare(element) {
  const focused = document.activeElement;
  const panes = [...root.querySelectorAll("*")].filter((pane) => pane.scrollTop).map((pane) => [pane, pane.scrollTop]);
  element.append(root);
  for (const [pane, top] of panes) pane.scrollTop = top;
  if (root.contains(focused)) focused.focus({ preventScroll: true });
}

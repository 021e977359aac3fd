// One pair on the page: its texts, what of them was on screen to its end, and the time spent looking at it.

import { languages, mark, put, say, spoken } from "./screen.js";

const SHOWN_CHARACTERS = 320; // the same rule as view.py: enough of the dialogue before the last turn, in whole turns
const SHOWN_ON_PHONE = 80;
const SHOWN_TURNS = 3;
const IDLE_MILLISECONDS = 60000;

const byId = (id) => document.getElementById(id);

const isWhole = () => Boolean(byId("dialogue")); // the dialogue itself is judged: nothing of it is folded away

export const isStacked = () => matchMedia("(max-width: 63.99rem), (max-height: 36rem)").matches;

function foldedTurns(turns) {
  if (isWhole()) return 0;
  const enough = isStacked() ? SHOWN_ON_PHONE : SHOWN_CHARACTERS;
  let start = Math.max(turns.length - 1, 0);
  let seen = 0;
  while (start > 0 && (seen < enough || turns.length - start < SHOWN_TURNS)) {
    start -= 1;
    seen += [...turns[start].text].length;
  }
  return start > 1 ? start : 0;
}

function paragraph(text, written) {
  const element = document.createElement("p");
  mark(element, written);
  element.append(text);
  return element;
}

/** Where a turn's translation stands, with what it is called; `fillTranslation` says which. */
function translationElement() {
  const element = document.createElement("p");
  element.className = "translation";
  const note = document.createElement("small");
  put(note, "text.translation");
  mark(note, spoken());
  element.append(note, document.createElement("span"));
  return element;
}

/** The reader's language of a translation, else the first of the study's. A text alone, of an older server, is English. */
function fillTranslation(element, { translation }) {
  const given = typeof translation === "string" ? { en: translation } : (translation ?? {});
  const tag = [spoken(), ...languages()].find((one) => given[one]);
  element.hidden = !tag;
  element.querySelector("span").textContent = given[tag] ?? "";
  mark(element, tag ?? spoken());
}

function turnElement(turn, written, hidden) {
  const article = document.createElement("article");
  article.className = `turn ${turn.role === "client" ? "client" : "counselor"}`;
  article.hidden = hidden;
  const role = document.createElement("h3");
  put(role, `role.${turn.role}`);
  article.append(role, paragraph(turn.text, written));
  if (turn.translation) article.append(translationElement());
  return article;
}

/** Draws the dialogue, its early turns folded, and the two responses. Text only ever goes in as text. */
export function draw(pair) {
  const turns = byId("turns");
  const folded = foldedTurns(pair.turns);
  turns.querySelectorAll(".turn").forEach((turn) => turn.remove());
  turns.prepend(...pair.turns.map((turn, place) => turnElement(turn, pair.written, place < folded)));
  turns.dataset.folded = folded;
  byId("unfold").hidden = folded === 0;
  showFold(false);
  pair.responses.forEach((response, place) => drawResponse(byId(`text-${SIDES[place]}`), response, pair.written));
  translate(pair);
}

const SIDES = ["first", "second"];

function drawResponse(element, { text }, written) {
  element.textContent = text;
  mark(element, written);
}

/** Shows the translations of a pair that stands on the page, in the language that is spoken now. */
export function translate(pair) {
  byId("studio").toggleAttribute("data-foreign", pair.written !== spoken());
  const turns = [...byId("turns").querySelectorAll(".turn")];
  pair.turns.forEach((turn, place) => {
    const element = turns[place].querySelector(".translation");
    if (element) fillTranslation(element, turn);
  });
  pair.responses.forEach((response, place) => fillTranslation(byId(`translation-${SIDES[place]}`), response));
}

/** Once the pair is in sight: every pane at its beginning, the dialogue at its end. */
export function settle() {
  document.querySelectorAll(".reading, .compare").forEach((pane) => (pane.scrollTop = 0));
  byId("turns").scrollTop = isWhole() ? 0 : byId("turns").scrollHeight;
  if (isWhole()) document.querySelector("#studio > main").scrollTop = 0;
}

/** True where the served markup shows the pair as this screen wants it, so that nothing has to move. */
export const isDrawn = (pair) => Number(byId("turns").dataset.folded) === foldedTurns(pair.turns);

function showFold(open) {
  const folded = Number(byId("turns").dataset.folded);
  byId("unfold").setAttribute("aria-expanded", String(open));
  if (open) put(byId("unfold-words"), "context.fold");
  else put(byId("unfold-words"), "context.unfold", { n: folded });
}

/** Folds or unfolds the early turns; what was in sight stays where it was. Returns true where all is open now. */
export function unfold() {
  const turns = byId("turns");
  const all = [...turns.querySelectorAll(".turn")];
  const open = byId("unfold").getAttribute("aria-expanded") !== "true";
  const anchor = all[Number(turns.dataset.folded)];
  const before = anchor?.offsetTop ?? 0;
  all.slice(0, Number(turns.dataset.folded)).forEach((turn) => (turn.hidden = !open));
  showFold(open);
  if (turns.scrollHeight > turns.clientHeight) turns.scrollTop += (anchor?.offsetTop ?? 0) - before;
  return open;
}

/** Facts of one stay with one pair: active seconds, what was seen to its end, the order of answers, changes of mind. */
export class Stay {
  constructor() {
    this.reset();
    this.observer = new IntersectionObserver((entries) => this.#met(entries));
    document.querySelectorAll("[data-seen]").forEach((mark) => this.observer.observe(mark));
    for (const kind of ["pointerdown", "pointermove", "keydown", "scroll", "touchstart", "input"]) {
      addEventListener(kind, () => this.#touch(), { passive: true, capture: true });
    }
    document.addEventListener("visibilitychange", () => this.#count());
  }

  /** Begins a new stay; `kept` are the facts of an interrupted one. */
  reset(kept = {}) {
    this.active = (kept.active_seconds ?? 0) * 1000;
    this.seen = { ...kept.seen };
    this.order = [...(kept.order ?? [])];
    this.changes = kept.changes ?? 0;
    this.history = kept.history ?? false;
    this.last = performance.now();
    this.touched = performance.now();
    if (!this.observer) return;
    document.querySelectorAll("[data-seen]").forEach((mark) => {
      this.observer.unobserve(mark);
      this.observer.observe(mark); // asks anew: a mark already in sight counts for the new pair too
    });
  }

  answered(place) {
    if (this.order.includes(place)) this.changes += 1;
    else this.order.push(place);
  }

  /** What goes with the submission as `client`. */
  facts() {
    this.#count();
    return {
      active_seconds: Math.round(this.active / 100) / 10,
      viewport: [innerWidth, innerHeight],
      layout: isStacked() ? "stacked" : "columns",
      language: document.documentElement.lang,
      seen: this.seen,
      history: this.history,
      order: this.order,
      changes: this.changes,
    };
  }

  #met(entries) {
    for (const entry of entries) {
      if (entry.isIntersecting && !document.hidden) this.seen[entry.target.dataset.seen] = true;
    }
  }

  #touch() {
    this.#count();
    this.touched = performance.now();
  }

  /** Adds the time since the last call while the page was in sight and somebody was there. */
  #count() {
    const now = performance.now();
    const until = Math.min(now, this.touched + IDLE_MILLISECONDS);
    if (!this.away) this.active += Math.max(0, until - this.last);
    this.last = now;
    this.away = document.visibilityState === "hidden";
    if (!this.away) this.touched = Math.max(this.touched, now - IDLE_MILLISECONDS);
  }
}

/** One line per answer of a form, in words: for the practice feedback and the list of one's own answers. */
export function inWords(form, answers) {
  return answers
    .filter((answer) => answer.value !== 0 || form.rows().some((row) => row.dataset.criterion === answer.criterion))
    .map((answer) => {
      const label = say(`c.${answer.criterion}`);
      const row = answer.side === "pair" || answer.side === "item" ? label : say(`row.${answer.side}`, { label });
      const point = say(`c.${answer.criterion}.p.${answer.value}`);
      return point.startsWith("c.") ? row : `${row} … ${point}`;
    });
}

/** Shows what is said after a practice pair, and the rater's own answers. */
export function fillFeedback(text, lines) {
  byId("feedback-text").textContent = text;
  const items = lines.map((line) => Object.assign(document.createElement("li"), { textContent: line }));
  byId("feedback-yours").replaceChildren(...items);
}

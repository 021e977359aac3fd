// Spans: parts of a text marked by dragging, by touch, or by keyboard a sentence at a time.

import { put } from "./screen.js";

// What ends a sentence: the full stop and marks of Japanese and Chinese, in both widths, of Arabic, Urdu and Hindi, and a full stop
// before a space. What closes a quotation or bracket after it belongs to it.
const CLOSING = String.raw`[\p{Pe}\p{Pf}"']`;
const END = String.raw`[\u3002\uff01\uff1f\uff61!?\u061f\u06d4\u0964\u0965\u203c\u2047-\u2049\n]|\.(?=${CLOSING}*(?:\s|$))`;
const SENTENCE = new RegExp(String.raw`(?:(?!${END})[^])*(?:${END})(?:${END}|${CLOSING})*|(?:(?!${END})[^])+$`, "gu");
const PLACES = { first: "#text-first", second: "#text-second" };

const points = (text) => [...text];

export class SpanTool {
  /** `criteria` are those of kind `spans`; `onChange(place)` runs after every change by the rater. */
  constructor(criteria, onChange) {
    this.criteria = criteria;
    this.onChange = onChange;
    this.found = new Map(); // "criterion side place" -> [[start, end, label?], …]
    this.cursor = null;
    if (!criteria.length) return;
    this.bar = document.createElement("div");
    this.bar.className = "marker";
    this.bar.setAttribute("role", "toolbar");
    this.bar.hidden = true;
    document.getElementById("compare").prepend(this.bar);
    for (const criterion of criteria) this.#buttons(criterion);
    document.addEventListener("selectionchange", () => this.#selected());
    document.addEventListener("keydown", (event) => this.#key(event), true);
    document.addEventListener("click", (event) => this.#remove(event));
  }

  clear() {
    this.found.clear();
    this.cursor = null;
    this.#draw();
  }

  fill(answers) {
    for (const answer of answers.filter((one) => this.#criterion(one.criterion))) {
      const whole = this.#criterion(answer.criterion).of === "utterance";
      for (const [place, spans] of whole ? answer.value : [[null, answer.value]]) {
        this.found.set(nameOf(answer.criterion, answer.side, place), spans);
      }
    }
    this.#draw();
  }

  /** Answers of docs/study-format.md; an utterance's spans stand with its place, a response's alone. */
  collect() {
    const answers = new Map(); // a response in which nothing is marked is an answer too: no span
    for (const criterion of this.criteria.filter((one) => one.of === "response")) {
      for (const { side } of this.#texts(criterion)) {
        answers.set(`${criterion.criterion_id} ${side}`, { criterion: criterion.criterion_id, side, value: [], reasons: [] });
      }
    }
    for (const [name, spans] of this.found) {
      const [criterion, side, place] = name.split(" ");
      if (!spans.length) continue;
      const own = answers.get(`${criterion} ${side}`) ?? { criterion, side, value: [], reasons: [] };
      if (place === "null") own.value = spans;
      else own.value.push([Number(place), spans]);
      answers.set(`${criterion} ${side}`, own);
    }
    return [...answers.values()];
  }

  #criterion(id) {
    return this.criteria.find((one) => one.criterion_id === id);
  }

  #buttons(criterion) {
    const kinds = criterion.points.length ? criterion.points : [null];
    for (const point of kinds) {
      const button = document.createElement("button");
      button.type = "button";
      put(button, point ? `c.${criterion.criterion_id}.p.${point.value}` : `c.${criterion.criterion_id}`);
      button.addEventListener("mousedown", (event) => event.preventDefault()); // keeps what is selected
      button.addEventListener("click", () => this.#mark(criterion, point?.value));
      this.bar.append(button);
    }
  }

  /** Texts that a criterion's spans point into: {element, side, place}. */
  #texts(criterion) {
    if (criterion.of === "response") {
      return Object.entries(PLACES).map(([side, selector]) => ({ element: document.querySelector(selector), side, place: null })).filter((one) => one.element);
    }
    return [...document.querySelectorAll("#turns .turn")].map((turn, place) => ({ element: turn.querySelector("p"), side: "item", place }));
  }

  #at(node) {
    for (const criterion of this.criteria) {
      const found = this.#texts(criterion).find(({ element }) => element.contains(node));
      if (found) return { ...found, criterion };
    }
    return null;
  }

  #range() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    const at = this.#at(range.startContainer);
    if (!at || !at.element.contains(range.endContainer)) return null;
    const before = document.createRange();
    before.setStart(at.element, 0);
    before.setEnd(range.startContainer, range.startOffset);
    const start = points(before.toString()).length;
    return { ...at, start, end: start + points(range.toString()).length };
  }

  #selected() {
    this.bar.hidden = !this.#range() && !this.cursor;
  }

  #mark(criterion, label) {
    const range = this.#range() ?? this.cursor;
    if (!range || range.criterion.of !== criterion.of) return;
    const name = nameOf(criterion.criterion_id, range.side, range.place);
    const span = label === undefined ? [range.start, range.end] : [range.start, range.end, label];
    const same = (one) => one[0] === span[0] && one[1] === span[1] && one[2] === span[2];
    const spans = this.found.get(name) ?? [];
    const kept = spans.some(same) ? spans.filter((one) => !same(one)) : [...spans, span];
    this.found.set(name, kept.sort((a, b) => a[0] - b[0] || a[1] - b[1]));
    getSelection().removeAllRanges();
    this.#draw();
    this.onChange(criterion.criterion_id);
  }

  /** S goes to the next sentence (Shift+S back), M marks it with the first criterion, as the buttons do with theirs. */
  #key(event) {
    if (event.target.closest("textarea, input, dialog") || event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.toLowerCase();
    if (event.repeat && (key === "s" || key === "m")) return; // held down
    if (key === "s") this.#step(event.shiftKey ? -1 : 1);
    else if (key === "m" && (this.cursor || this.#range())) this.#mark(this.criteria[0], this.criteria[0].points[0]?.value);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #step(by) {
    const all = this.#texts(this.criteria[0]).flatMap((text) => sentences(text.element.textContent).map((at) => ({ ...text, ...at, criterion: this.criteria[0] })));
    if (!all.length) return;
    const now = all.findIndex((one) => this.cursor && one.element === this.cursor.element && one.start === this.cursor.start);
    this.cursor = all[(now + by + all.length) % all.length];
    this.bar.hidden = false;
    this.#draw();
    this.cursor.element.scrollIntoView({ block: "nearest" });
  }

  #remove(event) {
    const mark = event.target.closest("mark[data-mark]");
    if (!mark || !getSelection().isCollapsed) return;
    const [name, index] = mark.dataset.mark.split("|");
    this.found.set(name, this.found.get(name).filter((_, place) => place !== Number(index)));
    this.#draw();
    this.onChange(name.split(" ")[0]);
  }

  #draw() {
    const drawn = new Map();
    for (const criterion of this.criteria) {
      for (const text of this.#texts(criterion)) {
        const name = nameOf(criterion.criterion_id, text.side, text.place);
        const own = drawn.get(text.element) ?? [];
        (this.found.get(name) ?? []).forEach((span, index) => own.push({ start: span[0], end: span[1], mark: `${name}|${index}` }));
        drawn.set(text.element, own);
      }
    }
    for (const [element, spans] of drawn) {
      const at = this.cursor?.element === element ? this.cursor : null;
      if (spans.length || at || element.querySelector("mark, .cursor")) paint(element, spans, at);
    }
  }
}

const nameOf = (criterion, side, place) => `${criterion} ${side} ${place}`;

/** Half-open offsets of a text's sentences, in code points. */
export function sentences(text) {
  let start = 0;
  return (text.match(SENTENCE) ?? []).map((sentence) => {
    const at = { start, end: start + points(sentence).length };
    start = at.end;
    return at;
  });
}

/** The element's text again, cut where spans begin and end; its textContent stays the same. */
function paint(element, spans, cursor) {
  const text = points(element.textContent);
  const cuts = [...new Set([0, text.length, ...spans.flatMap((one) => [one.start, one.end]), ...(cursor ? [cursor.start, cursor.end] : [])])].sort((a, b) => a - b);
  const parts = cuts.slice(1).map((end, place) => {
    const start = cuts[place];
    const span = spans.find((one) => one.start <= start && end <= one.end);
    const part = document.createElement(span ? "mark" : "span");
    if (span) part.dataset.mark = span.mark;
    if (cursor && cursor.start <= start && end <= cursor.end) part.className = "cursor";
    part.append(text.slice(start, end).join(""));
    return part;
  });
  element.replaceChildren(...parts);
}

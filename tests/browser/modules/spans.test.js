// Spans: marked by selection or sentence by sentence, half-open, counted in Unicode code points.

import { all, byId, equal, learnWords, one, state, test } from "./check.js";
import { sentences, SpanTool } from "/static/spans.js";

await learnWords();
const criteria = state().study.criteria.filter((criterion) => criterion.kind === "spans");
const [phrase, asked] = criteria; // of responses; of utterances, with labels
const TEXT = "𠮟られて👨‍👩‍👧つらい。\nいつから？";

function tool() {
  const changes = [];
  const made = new SpanTool(criteria, (place) => changes.push(place));
  for (const side of ["first", "second"]) byId(`text-${side}`).textContent = TEXT;
  return { tool: made, changes };
}

/** Selects `from` to `to`, counted in UTF-16 units as browsers do, in the text nodes of an element. */
function select(element, from, to) {
  const range = document.createRange();
  const place = (units) => {
    let left = units;
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (left <= node.length) return [node, left];
      left -= node.length;
    }
    throw new Error(`no place ${units}`);
  };
  range.setStart(...place(from));
  range.setEnd(...place(to));
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}

const button = (place) => all(".marker button")[place].click();
const key = (name, options = {}) => byId("compare").dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true, cancelable: true, ...options }));
const spans = (own, criterion, side) => own.collect().find((answer) => answer.criterion === criterion && answer.side === side)?.value;

test("sentences end after their marks, in code points, without gaps", () => {
  equal(sentences("𠮟る。え？！はい\nうん"), [{ start: 0, end: 3 }, { start: 3, end: 6 }, { start: 6, end: 9 }, { start: 9, end: 11 }]);
  equal(sentences(""), []);
  equal(sentences("。。"), [{ start: 0, end: 2 }]);
  const parts = sentences(TEXT);
  equal([parts[0].start, parts.at(-1).end], [0, [...TEXT].length]);
});

test("sentences end after the marks of every script, closing quotes with them, and not at the point of a number", () => {
  const parts = (text) => sentences(text).map(({ start, end }) => [...text].slice(start, end).join(""));
  equal(parts("هل تنام جيدًا؟ نعم. ثم ماذا؟!"), ["هل تنام جيدًا؟", " نعم.", " ثم ماذا؟!"]);
  equal(parts("کیا؟ ہاں۔ ٹھیک"), ["کیا؟", " ہاں۔", " ٹھیک"]);
  equal(parts("क्या? हाँ। ठीक॥ फिर"), ["क्या?", " हाँ।", " ठीक॥", " फिर"]);
  equal(parts("She said “no.” Then 3.5 hours. And?"), ["She said “no.”", " Then 3.5 hours.", " And?"]);
  equal(parts("「つらい。」そう。"), ["「つらい。」", "そう。"]);
});

test("a selection is stored in code points, not in UTF-16 units", () => {
  const { tool: own, changes } = tool();
  select(byId("text-first"), 2, 5);
  button(0);
  equal(spans(own, "phrase", "first"), [[1, 4]]);
  equal(byId("text-first").querySelector("mark").textContent, "られて");
  equal(changes, ["phrase"]);
});

test("marking changes no text, and a second mark counts over the first", () => {
  const { tool: own } = tool();
  const { length } = TEXT;
  select(byId("text-second"), 0, 2);
  button(0);
  select(byId("text-second"), length - 5, length);
  button(0);
  equal(byId("text-second").textContent, TEXT);
  const whole = [...TEXT].length;
  equal(spans(own, "phrase", "second"), [[0, 1], [whole - 5, whole]]);
  equal(spans(own, "phrase", "first"), [], "a response in which nothing is marked is an answer");
});

test("a selection backwards is the same span; the same span again takes it back", () => {
  const { tool: own } = tool();
  const node = byId("text-first").firstChild;
  for (const expected of [[[0, 4]], []]) {
    const text = byId("text-first").querySelector("mark")?.firstChild ?? node;
    getSelection().setBaseAndExtent(text, 5, text, 0);
    button(0);
    equal(spans(own, "phrase", "first"), expected);
  }
});

test("a selection beyond one text marks nothing", () => {
  const { tool: own, changes } = tool();
  getSelection().setBaseAndExtent(byId("text-first").firstChild, 1, byId("text-second").firstChild, 3);
  button(0);
  equal([changes, spans(own, "phrase", "first")], [[], []]);
});

test("a click on a mark takes away that span alone", () => {
  const { tool: own } = tool();
  select(byId("text-first"), 0, 2);
  button(0);
  select(byId("text-first"), 5, 8);
  button(0);
  getSelection().removeAllRanges();
  one("#text-first mark").click();
  equal(spans(own, "phrase", "first").length, 1);
  equal(spans(own, "phrase", "first")[0][0] > 0, true, "the second stays");
});

test("S goes from sentence to sentence, Shift+S back, M marks", () => {
  const { tool: own } = tool();
  key("s");
  key("s");
  key("S", { shiftKey: true });
  key("m");
  const [first] = sentences(TEXT);
  equal(spans(own, "phrase", "first"), [[first.start, first.end]]);
  key("m");
  equal(spans(own, "phrase", "first"), []);
});

test("letters with a modifier are no commands", () => {
  const { tool: own } = tool();
  key("s", { ctrlKey: true });
  equal(own.cursor, null);
});

test("spans of an utterance stand with its place and their label", () => {
  const { tool: own } = tool();
  const text = all("#turns .turn > p")[1];
  select(text, 0, 4);
  button(2); // the second label
  equal(spans(own, asked.criterion_id, "item"), [[1, [[0, 4, asked.points[1].value]]]]);
  equal(text.querySelector("mark").textContent, text.textContent.slice(0, 4));
});

test("what is collected fills another page with the same answers", () => {
  const { tool: own } = tool();
  select(byId("text-first"), 2, 5);
  button(0);
  select(all("#turns .turn > p")[3], 0, 2);
  button(1);
  const before = own.collect();
  own.clear();
  equal(all("mark"), []);
  own.fill(before);
  equal(own.collect(), before);
  equal(all("mark").map((mark) => mark.textContent), ["朝が", "られて"]);
});

test("without criteria of spans nothing is listened to", () => {
  new SpanTool([], () => {});
  equal(one(".marker"), null);
});

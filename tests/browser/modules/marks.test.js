// Labels of utterances: which are judged, how keys and buttons label them, what is collected.

import { all, equal, learnWords, ok, one, state, test } from "./check.js";
import { Marks } from "/static/marks.js";

await learnWords();
const [strategy] = state().study.criteria.filter((criterion) => criterion.kind === "labels");
const [first, second] = strategy.points.filter((point) => point.key);
const ID = strategy.criterion_id;

function marks() {
  const changes = [];
  return { marks: new Marks((place) => changes.push(place)), changes };
}

const press = (element) => element.dispatchEvent(new MouseEvent("click", { bubbles: true }));
const turns = () => all("#turns .turn");

test("the counsellor's utterances are judged and no other", () => {
  marks();
  equal(turns().map((turn) => Boolean(turn.querySelector(".labels"))), [false, true, false, true, false, true]);
});

test("a key labels the active utterance by its place in the dialogue; the same key again takes it back", () => {
  const { marks: own, changes } = marks();
  own.press(second.key);
  own.press(first.key);
  equal(own.collect(), [{ criterion: ID, side: "item", value: [[1, [first.value, second.value].sort((a, b) => a - b)]], reasons: [] }]);
  equal(changes, [ID, ID]);
  own.press(second.key);
  own.press(first.key);
  equal(own.collect(), []);
});

test("a key that no label has changes nothing", () => {
  const { marks: own, changes } = marks();
  equal(own.press("?"), false);
  equal(changes, []);
});

test("arrows go from utterance to utterance and stop at the ends", () => {
  const { marks: own } = marks();
  own.move(-1);
  own.move(1);
  own.press(first.key);
  for (let step = 0; step < 9; step += 1) own.move(1);
  own.press(second.key);
  equal(own.collect()[0].value, [[3, [first.value]], [5, [second.value]]]);
  equal(all(".labelled").map((turn) => turns().indexOf(turn)), [5]);
});

test("what is missing is counted, and complaining goes to the first of it", () => {
  const { marks: own } = marks();
  own.press(first.key);
  equal(own.missing().map(({ place }) => place), [3, 5]);
  own.complain();
  own.press(first.key);
  equal(own.missing().map(({ place }) => place), [5]);
  ok(document.getElementById("items-left").textContent.includes("1"), "told on the page");
});

test("a button labels its own utterance and keeps the keyboard", () => {
  const { marks: own } = marks();
  press(turns()[3]);
  const button = turns()[3].querySelector(`button[value="${second.value}"]`);
  press(button);
  equal(own.collect()[0].value, [[3, [second.value]]]);
  equal(document.activeElement.value, String(second.value));
  equal(document.activeElement.getAttribute("aria-pressed"), "true");
  press(turns()[0]);
  equal(own.active, 1, "a client's turn is no utterance to judge");
});

test("only the active utterance shows labels that are not chosen", () => {
  const { marks: own } = marks();
  own.press(first.key);
  own.move(1);
  equal(turns()[1].querySelectorAll("button").length, 1);
  equal(turns()[3].querySelectorAll("button").length, strategy.points.length);
  equal(turns()[5].querySelectorAll("button").length, 0);
});

test("what is collected fills another page with the same answers; clearing leaves none", () => {
  const { marks: own } = marks();
  own.press(first.key);
  own.move(1);
  own.press(second.key);
  const before = own.collect();
  own.clear();
  equal([own.collect(), own.active], [[], 0]);
  own.fill([...before, { criterion: "another", side: "item", value: 1 }]);
  equal(own.collect(), before);
  equal(turns()[1].querySelector("[aria-pressed=true]").value, String(first.value));
});

test("labels are words of the page's language", () => {
  marks();
  equal(one(".labelled .labels button span").textContent, strategy.points[0].words.en);
});

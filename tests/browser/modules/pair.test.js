// A pair on the page: texts as they are, what is folded, and the facts of a stay.

import { all, byId, equal, learnWords, ok, one, state, test, until } from "./check.js";
import { draw, fillFeedback, inWords, isDrawn, isStacked, Stay, unfold } from "/static/pair.js";

await learnWords();
const [served, next] = state().pairs;

const turn = (text, place) => ({ role: place % 2 ? "counselor" : "client", text });
const pairOf = (turns, responses = [{ text: "ア" }, { text: "イ" }]) => ({ turns: turns.map(turn), responses, written: "ja" });
const shownTurns = () => all("#turns .turn").map((element) => element.hidden);
const HOSTILE = '<img src="x" onerror="boom()">&amp;</p><b>';

test("the served markup is the markup that the page draws", () => {
  const parts = () => all("#turns > *, .card .text, .card .translation");
  const before = parts().map((element) => element.cloneNode(true));
  draw(served);
  equal(parts().map((element, place) => (element.isEqualNode(before[place]) ? "" : element.outerHTML)).join(""), "");
});

test("a pair that is served is drawn as this screen wants it", () => {
  ok(isDrawn(served), "drawn");
  ok(!isStacked(), "this screen is wide");
});

test("another pair takes the place of all texts of the one before", () => {
  draw(next);
  equal(all("#turns .turn > p:first-of-type").map((element) => element.textContent), next.turns.map(({ text }) => text));
  equal(["first", "second"].map((side) => byId(`text-${side}`).textContent), next.responses.map(({ text }) => text));
  equal(byId("translation-second").querySelector("span").textContent, next.responses[1].translation);
});

test("text is text, whatever it looks like", () => {
  draw(pairOf([HOSTILE, HOSTILE, HOSTILE], [{ text: HOSTILE, translation: HOSTILE }, { text: "\n 二行\r\n" }]));
  equal(all("#turns .turn > p").map((element) => element.textContent), [HOSTILE, HOSTILE, HOSTILE]);
  equal(byId("text-first").textContent, HOSTILE);
  equal(all("#turns img, #turns b, .text img, .text b"), []);
});

test("without translations none is shown", () => {
  draw(served);
  draw(pairOf(["一", "二", "三"]));
  equal(all("#turns .translation"), []);
  equal(["first", "second"].map((side) => byId(`translation-${side}`).hidden), [true, true]);
});

test("early turns are folded so that enough of the dialogue stays", () => {
  draw(pairOf(Array(10).fill("あ".repeat(100))));
  equal(shownTurns().filter(Boolean).length, 5, "folded turns");
  equal(byId("turns").dataset.folded, "5");
  equal(byId("unfold").hidden, false, "hidden");
  draw(pairOf(Array(4).fill("あ".repeat(200))));
  equal(shownTurns(), [false, false, false, false]);
  equal(byId("unfold").hidden, true, "nothing to unfold");
});

test("unfolding shows every turn, folding hides the same again", () => {
  draw(pairOf(Array(10).fill("あ".repeat(100))));
  const before = shownTurns();
  equal(unfold(), true, "open");
  ok(shownTurns().every((hidden) => !hidden), "all are shown");
  equal(byId("unfold").getAttribute("aria-expanded"), "true");
  equal(unfold(), false, "open");
  equal(shownTurns(), before);
});

test("a stay tells seconds, order of answers and changes of mind", async () => {
  const clock = { now: 0 };
  performance.now = () => clock.now;
  const stay = new Stay();
  clock.now = 12340;
  stay.answered("preference");
  stay.answered("empathy:first");
  stay.answered("preference");
  const facts = stay.facts();
  equal([facts.active_seconds, facts.order, facts.changes], [12.3, ["preference", "empathy:first"], 1]);
  equal([facts.viewport, facts.layout, facts.history], [[innerWidth, innerHeight], "columns", false]);
});

test("time without a touch for a minute is no work", () => {
  const clock = { now: 0 };
  performance.now = () => clock.now;
  const stay = new Stay();
  clock.now = 600_000;
  dispatchEvent(new Event("pointermove"));
  clock.now = 605_000;
  equal(stay.facts().active_seconds, 65);
});

test("time in which the page is hidden is no work", () => {
  const clock = { now: 0 };
  performance.now = () => clock.now;
  const stay = new Stay();
  const hide = (hidden) => {
    Object.defineProperty(document, "visibilityState", { value: hidden ? "hidden" : "visible", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  };
  clock.now = 10_000;
  hide(true);
  clock.now = 50_000;
  hide(false);
  clock.now = 53_000;
  equal(stay.facts().active_seconds, 13);
});

test("a stay that was interrupted goes on where it was", () => {
  const clock = { now: 1000 };
  performance.now = () => clock.now;
  const stay = new Stay();
  stay.reset({ active_seconds: 20, seen: { first: true }, order: ["preference"], changes: 2, history: true });
  clock.now = 3000;
  const { active_seconds: seconds, seen, order, changes, history } = stay.facts();
  equal([seconds, seen.first, order, changes, history], [22, true, ["preference"], 2, true]);
  stay.reset();
  equal([stay.facts().active_seconds, stay.facts().order, stay.facts().changes], [0, [], 0]);
});

test("what was on screen to its end is seen, anew for each pair", async () => {
  draw(pairOf(["一", "二", "三"]));
  const stay = new Stay();
  await until(() => stay.seen.first && stay.seen.second);
  stay.reset();
  equal(stay.seen, {});
  await until(() => stay.seen.first && stay.seen.second);
});

test("answers are told in words, toggles only where pressed", () => {
  const form = { rows: () => all(".row") };
  const lines = inWords(form, [
    { criterion: "preference", side: "pair", value: 0 },
    { criterion: "empathy", side: "second", value: 5 },
    { criterion: "neither", side: "pair", value: 0 },
  ]);
  equal(lines.length, 2);
  ok(lines[1].startsWith("Y: "), lines[1]);
});

test("feedback is text", () => {
  fillFeedback(HOSTILE, [HOSTILE, "二"]);
  equal(byId("feedback-text").textContent, HOSTILE);
  equal(all("#feedback-yours li").map((line) => line.textContent), [HOSTILE, "二"]);
  equal(one("#feedback-yours img"), null);
});

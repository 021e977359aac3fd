// The form of a pair: what it collects, fills, misses, and which row the number keys answer.

import { all, equal, learnWords, ok, one, state, test, words } from "./check.js";
import { Form } from "/static/form.js";

await learnWords();
const { criteria } = state().study;

function form() {
  const changes = [];
  const made = new Form(document.getElementById("form"), (place) => changes.push(place));
  made.show("judging");
  return { form: made, changes };
}

const value = (answers, criterion, side) => answers.find((answer) => answer.criterion === criterion && answer.side === side)?.value;
const rowName = (row) => `${row.dataset.criterion}:${row.dataset.side}`;
const pick = (criterion, side) => one(`.row[data-criterion=${criterion}][data-side=${side}]`);
const toggles = () => criteria.filter((criterion) => criterion.toggle);

test("an empty form is untouched, every toggle of it is no and every scale of it missing", () => {
  const { form: empty } = form();
  ok(empty.untouched, "untouched");
  const { answers, comment } = empty.collect();
  equal(comment, "");
  ok(answers.length && answers.every((answer) => answer.value === 0), "toggles that were not pressed are 0");
  equal(new Set(answers.map((answer) => answer.criterion)), new Set(toggles().map((criterion) => criterion.criterion_id)));
  equal(empty.missing().length, empty.rows().filter((row) => "required" in row.dataset).length);
});

test("a key answers the active row with its own value and goes to the next", () => {
  const { form: own, changes } = form();
  const [first, second] = own.rows();
  ok(own.press("1"), "the row has this key");
  equal(own.rows().indexOf(second), own.active, "active");
  const point = criteria.find((criterion) => criterion.criterion_id === first.dataset.criterion).points[0];
  equal(value(own.collect().answers, first.dataset.criterion, first.dataset.side), point.value);
  equal(changes, [first.dataset.side === "pair" ? first.dataset.criterion : rowName(first)]);
  ok(!own.untouched, "touched");
});

test("the sides of one criterion are answered apart", () => {
  const { form: own } = form();
  const two = own.rows().filter((row) => row.dataset.side !== "pair").slice(0, 2);
  equal(two.map((row) => row.dataset.side), ["first", "second"]);
  own.activate(own.rows().indexOf(two[0]));
  own.press("1");
  own.press("2");
  const { criterion } = two[0].dataset;
  const { points } = criteria.find((candidate) => candidate.criterion_id === criterion);
  const { answers } = own.collect();
  equal([value(answers, criterion, "first"), value(answers, criterion, "second")], [points[0].value, points[1].value]);
});

test("a key that the row has not changes nothing", () => {
  const { form: own, changes } = form();
  equal(own.press("9"), false);
  equal([own.active, changes.length], [0, 0]);
});

test("arrows stop at the first and at the last row", () => {
  const { form: own } = form();
  own.move(-1);
  equal(own.active, 0);
  for (let step = 0; step < 99; step += 1) own.move(1);
  equal(own.active, own.rows().length - 1);
  equal(all(".row.active").length, 1);
});

test("what is collected fills another form with the same answers", () => {
  const { form: own } = form();
  own.rows().forEach((_, place) => {
    own.activate(place);
    own.press(String((place % 2) + 1));
  });
  const toggle = one(".toggle[data-side=second]");
  toggle.querySelector(".switch input").click();
  toggle.querySelector(".reasons input")?.click();
  one(".comment textarea").value = "𠮟責に見える\n二行め";
  const before = own.collect();
  own.show("judging");
  ok(own.untouched, "cleared");
  own.fill(before);
  equal(own.collect(), before);
  equal(own.missing(), []);
});

test("a toggle shows its reasons while it is pressed, and reasons without it are not collected", () => {
  const { form: own } = form();
  const toggle = all(".toggle").find((candidate) => candidate.querySelector(".reasons"));
  const { criterion, side } = toggle.dataset;
  const answer = () => own.collect().answers.find((candidate) => candidate.criterion === criterion && candidate.side === side);
  toggle.querySelector(".switch input").click();
  equal(toggle.querySelector(".reasons").hidden, false, "hidden");
  const reason = toggle.querySelector(".reasons input");
  reason.click();
  equal([answer().value, answer().reasons], [1, [reason.value]]);
  toggle.querySelector(".switch input").click();
  equal(toggle.querySelector(".reasons").hidden, true, "hidden");
  equal([answer().value, answer().reasons], [0, []]);
});

test("a comment alone is no untouched form, blanks alone are no answer", () => {
  const { form: own } = form();
  one(".comment textarea").value = "よい";
  equal([own.untouched, own.collect().comment], [false, "よい"]);
});

test("complaints mark the missing rows until they are answered", () => {
  const { form: own } = form();
  const missing = own.missing();
  own.complain(missing);
  equal(all(".row.missing[aria-invalid=true]").length, missing.length);
  own.activate(own.rows().indexOf(missing[0]));
  own.press("1");
  equal(missing[0].matches(".missing, [aria-invalid]"), false, "marked");
  own.complain([]);
  equal(all(".row.missing, .row[aria-invalid]"), []);
});

test("rows are named in words, by side where they have one", () => {
  const { form: own } = form();
  const served = words().en;
  equal(own.name(pick("preference", "pair")), served["c.preference"]);
  const sided = own.rows().find((row) => row.dataset.side === "second");
  equal(own.name(sided), `Y: ${served[`c.${sided.dataset.criterion}`]}`);
});

test("filling goes to the first open row", () => {
  const { form: own } = form();
  const [first] = own.rows();
  own.fill({ answers: [{ criterion: first.dataset.criterion, side: first.dataset.side, value: Number(first.querySelector("input").value) }] });
  equal(own.active, 1);
});

test("answers to what this form does not ask are left alone", () => {
  const { form: own } = form();
  own.fill({ answers: [{ criterion: 'of"another', side: "first", value: 3 }, { criterion: "preference", side: "pair", value: 99 }] });
  ok(own.untouched, "untouched");
});

test("the last question shows and collects itself alone", () => {
  const { form: own } = form();
  own.press("1");
  own.show("blinding");
  equal(own.rows().map(rowName), ["blinding:pair"]);
  ok(all("[data-form=judging]").every((part) => part.hidden), "the judging form is hidden");
  own.press("3");
  equal(own.collect(), { answers: [{ criterion: "blinding", side: "pair", value: "second", reasons: [] }], comment: "" });
});

// The form of one pair: reading and filling its answers, what is missing, and which row the number keys answer.

import { alarm, say } from "./screen.js";

const { criteria } = JSON.parse(document.getElementById("studio-state").textContent).state.study;
const inTheText = ({ kind, of }) => kind === "spans" || (kind === "labels" && of === "utterance");
const { Marks } = criteria.some(inTheText) ? await import("./marks.js") : { Marks: null }; // most studies need no such file

export class Form {
  /** `onChange(place, row)` runs after every change by the rater. */
  constructor(root, onChange) {
    this.root = root;
    this.onChange = onChange;
    this.kind = "judging";
    this.active = 0;
    root.addEventListener("change", (event) => this.#changed(event));
    root.addEventListener("input", (event) => event.target.matches("textarea") && this.#typed(event.target));
    root.addEventListener("focusin", (event) => this.#focused(event));
    root.addEventListener("submit", (event) => event.preventDefault());
    this.marks = Marks && new Marks(onChange); // answers given in the text itself
  }

  /** Rows that a number key answers, in the order drawn. */
  rows() {
    return [...this.root.querySelectorAll(`[data-form="${this.kind}"] .row`)];
  }


  /** Shows the judging form or the blinding question, empty. */
  show(kind) {
    this.kind = kind;
    for (const part of this.root.querySelectorAll("[data-form]")) part.hidden = part.dataset.form !== kind;
    this.root.dataset.asks = kind;
    this.clear();
  }

  clear() {
    for (const input of this.root.querySelectorAll("input")) input.checked = false;
    for (const area of this.root.querySelectorAll("textarea")) {
      area.value = "";
      fit(area);
    }
    for (const reasons of this.root.querySelectorAll(".reasons")) reasons.hidden = true;
    this.marks?.clear();
    this.complain([]);
    this.activate(0);
  }

  /** Fills answers in the shape of docs/study-format.md; unknown criteria are left alone. */
  fill({ answers = [], comment = "" }) {
    this.marks?.fill(answers);
    for (const answer of answers) {
      const place = this.root.querySelector(
        `[data-criterion="${CSS.escape(answer.criterion)}"][data-side="${CSS.escape(answer.side)}"]`,
      );
      if (place) fillPlace(place, answer);
    }
    const first = this.root.querySelector(".comment textarea");
    if (first && comment) first.value = comment;
    for (const area of this.root.querySelectorAll("textarea")) fit(area);
    const open = this.rows().findIndex((row) => !row.querySelector(":checked"));
    this.activate(open < 0 ? 0 : open);
  }

  /** {answers, comment}: toggles always, scales where chosen; the first text field is the comment of the submission. */
  collect() {
    const answers = [];
    for (const row of this.rows()) {
      const chosen = row.querySelector(":checked");
      if (chosen) answers.push({ ...placeOf(row), value: valueOf(chosen), reasons: [] });
    }
    if (this.kind === "blinding") return { answers, comment: "" };
    for (const toggle of this.root.querySelectorAll(".toggle")) {
      const pressed = toggle.querySelector(".switch input").checked;
      const reasons = [...toggle.querySelectorAll(".reasons :checked")].map((box) => box.value);
      answers.push({ ...placeOf(toggle), value: pressed ? 1 : 0, reasons: pressed ? reasons : [] });
    }
    const [comment, ...others] = this.root.querySelectorAll(".comment");
    for (const other of others) {
      const value = other.querySelector("textarea").value;
      if (value.trim()) answers.push({ ...placeOf(other), value, reasons: [] });
    }
    answers.push(...(this.marks?.collect() ?? []));
    return { answers, comment: comment?.querySelector("textarea").value ?? "" };
  }

  /** True where nothing has been chosen or written. */
  get untouched() {
    const { answers, comment } = this.collect();
    const empty = (answer) => (Array.isArray(answer.value) ? !answer.value.length : answer.value === 0 && !this.#isScale(answer));
    return !comment && answers.every(empty);
  }

  #isScale(answer) {
    return this.rows().some((row) => row.dataset.criterion === answer.criterion);
  }

  /** Required rows without an answer. */
  missing() {
    return this.rows().filter((row) => "required" in row.dataset && !row.querySelector(":checked"));
  }

  /** Marks the rows that are still missing; [] clears the marks. */
  complain(rows) {
    for (const row of this.root.querySelectorAll(".row")) {
      row.classList.toggle("missing", rows.includes(row));
      if (rows.includes(row)) row.setAttribute("aria-invalid", "true");
      else row.removeAttribute("aria-invalid");
    }
  }

  /** True where nothing is missing in the text itself; else says how much, and goes there. */
  marked() {
    const left = this.marks?.missing().length ?? 0;
    if (left) {
      this.marks.complain();
      alarm(say("marks.missing", { n: left }));
    }
    return left === 0;
  }

  /** Makes row `index` the one that number keys answer; `focus` moves the keyboard there too. */
  activate(index, focus = false) {
    const rows = this.rows();
    this.active = Math.max(0, Math.min(index, rows.length - 1));
    rows.forEach((row, place) => row.classList.toggle("active", place === this.active));
    if (focus && rows[this.active]) {
      const row = rows[this.active];
      (row.querySelector(":checked") ?? row.querySelector("input")).focus({ preventScroll: true });
      row.closest(".criterion, .chooser")?.scrollIntoView({ block: "nearest" });
    }
  }

  move(step) {
    if (!this.rows().length && this.marks?.move(step)) return;
    this.activate(this.active + step, true);
  }

  /** Answers the active row with a number key and goes to the next; false where the row has no such key. */
  press(key) {
    const row = this.rows()[this.active];
    const input = row?.querySelector(`input[data-key="${CSS.escape(key)}"]`);
    if (!input) return this.marks?.press(key) ?? false;
    input.checked = true;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    this.activate(this.active + 1, true);
    return true;
  }

  #changed(event) {
    const place = event.target.closest("[data-criterion]");
    if (!place) return;
    if (event.target.closest(".switch")) this.#unfold(place, event.target.checked);
    if (place.classList.contains("row")) {
      place.classList.remove("missing");
      place.removeAttribute("aria-invalid");
    }
    this.onChange(placeName(place));
  }

  #unfold(toggle, pressed) {
    const reasons = toggle.querySelector(".reasons");
    if (reasons) reasons.hidden = !pressed;
  }

  #typed(area) {
    fit(area);
    this.onChange(placeName(area.closest("[data-criterion]")));
  }

  #focused(event) {
    const index = this.rows().indexOf(event.target.closest(".row"));
    if (index >= 0 && index !== this.active) this.activate(index);
  }

  /** The words of a row as a rater knows them: its mark and its criterion. */
  name(row) {
    const { criterion, side } = row.dataset;
    const label = say(criterion === "blinding" ? "blinding.label" : `c.${criterion}`);
    return isWhole(side) ? label : say(`row.${side}`, { label });
  }
}

const placeOf = (element) => ({ criterion: element.dataset.criterion, side: element.dataset.side });
const isWhole = (side) => side === "pair" || side === "item"; // of neither response alone
const placeName = (element) =>
  isWhole(element.dataset.side) ? element.dataset.criterion : `${element.dataset.criterion}:${element.dataset.side}`;
const valueOf = (input) => (/^-?\d+$/.test(input.value) ? Number(input.value) : input.value);

function fillPlace(place, answer) {
  const area = place.querySelector("textarea");
  if (area) area.value = String(answer.value ?? "");
  else if (place.classList.contains("toggle")) {
    place.querySelector(".switch input").checked = answer.value === 1;
    const reasons = place.querySelector(".reasons");
    if (reasons) reasons.hidden = answer.value !== 1;
    for (const box of place.querySelectorAll(".reasons input")) box.checked = (answer.reasons ?? []).includes(box.value);
  } else {
    const input = place.querySelector(`input[value="${CSS.escape(String(answer.value))}"]`);
    if (input) input.checked = true;
  }
}

/** A text field as tall as its text, up to the height the stylesheet allows. */
function fit(area) {
  area.style.height = "auto";
  if (area.value) area.style.height = `${area.scrollHeight + 2}px`;
}

/** The profile's answers by question: the index of a choice, or text; what was left blank is left out. */
function profileAnswers() {
  const answers = {};
  for (const field of document.querySelectorAll("[data-question]")) {
    const chosen = field.querySelector(":checked");
    const value = chosen ? chosen.value : field.querySelector("input[type=text]")?.value.trim();
    if (value) answers[field.dataset.question] = chosen ? Number(value) : value;
  }
  return answers;
}

/** Consent, profile and the closing words: `tell(request, after)` sends, `version()` is the text's, `proceed` goes on. */
export function listenToPaper(tell, version, proceed) {
  const on = (id, act) =>
    document.getElementById(id)?.addEventListener("submit", (event) => {
      event.preventDefault();
      act();
    });
  on("consent-form", () => tell({ do: "consent", version: version(), agreed: true }, proceed));
  on("profile-form", () => tell({ do: "profile", answers: profileAnswers() }, proceed));
  on("finish-form", () => {
    const thank = () => {
      document.getElementById("finish-form").hidden = true;
      document.getElementById("finish-said").hidden = false;
    };
    tell({ do: "finish", feedback: document.getElementById("feedback").value }, thank);
  });
}

// Judgments given in the text itself: labels of utterances, and spans in a response or an utterance.
// The form asks this module for its answers; text only ever goes in as text, and offsets count Unicode code points.

import { put, say } from "./screen.js";
import { SpanTool } from "./spans.js";

const criteria = JSON.parse(document.getElementById("studio-state").textContent).state.study.criteria;
const labelling = criteria.filter((one) => one.kind === "labels" && one.of === "utterance");
const spanning = criteria.filter((one) => one.kind === "spans");

/** The counsellor's turns with their places in the dialogue: utterances that are judged. */
function judged() {
  const turns = [...document.querySelectorAll("#turns .turn")];
  return turns.map((turn, place) => ({ turn, place })).filter(({ turn }) => turn.classList.contains("counselor"));
}

const words = (criterion, point) => `c.${criterion.criterion_id}.p.${point.value}`;

export class Marks {
  constructor(onChange) {
    this.onChange = onChange;
    this.labels = new Map(); // criterion_id -> Map(place -> Set of values)
    this.active = 0;
    this.spans = new SpanTool(spanning, (place) => onChange(place));
    this.clear();
    const turns = document.getElementById("turns");
    turns.addEventListener("click", (event) => this.#clicked(event));
    addEventListener("keydown", (event) => event.key === "-" && !event.repeat && !event.target.closest("input, textarea") && this.press("-"));
    if (labelling.length) new MutationObserver(() => this.#draw()).observe(turns, { childList: true });
  }

  clear() {
    for (const criterion of labelling) this.labels.set(criterion.criterion_id, new Map());
    this.active = 0;
    this.spans.clear();
    this.#draw();
  }

  /** Takes up the answers that are this module's. */
  fill(answers) {
    for (const answer of answers) {
      const found = this.labels.get(answer.criterion);
      if (found) for (const [place, values] of answer.value) found.set(place, new Set(values));
    }
    this.spans.fill(answers);
    this.#draw();
  }

  collect() {
    const answers = [];
    for (const [criterion, places] of this.labels) {
      const value = [...places].filter(([, values]) => values.size).map(([place, values]) => [place, [...values].sort((a, b) => a - b)]);
      if (value.length) answers.push({ criterion, side: "item", value: value.sort((a, b) => a[0] - b[0]), reasons: [] });
    }
    return [...answers, ...this.spans.collect()];
  }

  /** Utterances that still wait for a label. */
  missing() {
    const required = labelling.filter((one) => one.required);
    return judged().filter(({ place }) => required.some((one) => !this.labels.get(one.criterion_id).get(place)?.size));
  }

  /** Makes the first utterance without a label the active one and brings it into sight. */
  complain() {
    const first = this.missing()[0];
    if (first) this.#activate(judged().findIndex(({ place }) => place === first.place));
  }

  /** A number key answers the active utterance; false where nothing is labelled or no label has the key. */
  press(key) {
    for (const criterion of labelling) {
      const point = criterion.points.find((one) => one.key === key);
      if (point) return this.#toggle(criterion, judged()[this.active]?.place, point.value);
    }
    return false;
  }

  move(step) {
    if (!labelling.length) return false;
    this.#activate(this.active + step);
    return true;
  }

  #activate(index) {
    const turns = judged();
    this.active = Math.max(0, Math.min(index, turns.length - 1));
    this.#draw();
    turns[this.active]?.turn.scrollIntoView({ block: "center", behavior: "instant" });
  }

  #toggle(criterion, place, value) {
    if (place === undefined) return false;
    const places = this.labels.get(criterion.criterion_id);
    const values = places.get(place) ?? new Set();
    if (!values.delete(value)) values.add(value);
    places.set(place, values);
    this.#draw();
    this.onChange(criterion.criterion_id);
    return true;
  }

  #clicked(event) {
    const button = event.target.closest(".labels button");
    const turn = event.target.closest(".turn.counselor");
    if (!turn || !labelling.length) return;
    const index = judged().findIndex((one) => one.turn === turn);
    if (button) {
      this.active = index;
      const criterion = labelling.find((one) => one.criterion_id === button.dataset.labels);
      this.#toggle(criterion, judged()[index].place, Number(button.value));
      this.#focusLabel(index, button.value);
    } else if (index !== this.active) {
      this.active = index;
      this.#draw();
    }
  }

  #focusLabel(index, value) {
    judged()[index].turn.querySelector(`.labels button[value="${CSS.escape(value)}"]`)?.focus({ preventScroll: true });
  }

  /** Every label under the active utterance, the chosen ones under the others. */
  #draw() {
    if (!labelling.length) return;
    judged().forEach(({ turn, place }, index) => {
      turn.querySelector(".labels")?.remove();
      const group = document.createElement("div");
      group.className = "labels";
      group.setAttribute("role", "group");
      for (const criterion of labelling) {
        group.setAttribute("aria-label", say(`c.${criterion.criterion_id}`));
        for (const point of criterion.points) {
          const chosen = Boolean(this.labels.get(criterion.criterion_id).get(place)?.has(point.value));
          if (index === this.active || chosen) group.append(labelButton(criterion, point, chosen));
        }
      }
      if (!group.children.length) group.append(openButton());
      turn.append(group);
      turn.classList.toggle("labelled", index === this.active);
    });
    const left = document.getElementById("items-left");
    if (left) {
      left.hidden = false;
      put(left, "marks.left", { n: this.missing().length });
    }
  }
}

function labelButton(criterion, point, chosen) {
  const button = document.createElement("button");
  button.type = "button";
  button.value = point.value;
  button.dataset.labels = criterion.criterion_id;
  button.setAttribute("aria-pressed", String(chosen));
  const name = document.createElement("span");
  put(name, words(criterion, point));
  button.append(name);
  if (point.key) button.append(Object.assign(document.createElement("kbd"), { textContent: point.key }));
  return button;
}

/** What an utterance without a label shows until it is the active one. */
function openButton() {
  const button = document.createElement("span");
  button.className = "fine";
  put(button, "marks.none");
  return button;
}

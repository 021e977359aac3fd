// The public demo's last page: which was which, one's own choices beside the simulated raters', a small report.

import { put, say, spoken, view } from "./screen.js";

const byId = (id) => document.getElementById(id);
const percent = (share) => `${Math.round(share * 100)}%`;

/** Shows `reveal` (studio/demo/visits.py) and draws it anew whenever the language changes. */
export function show(reveal, provenance) {
  draw(reveal, provenance);
  new MutationObserver(() => draw(reveal, provenance)).observe(byId("studio"), { attributeFilter: ["lang"] });
  view("reveal", "reveal-title");
}

function draw({ pairs, systems, raters, answer }, provenance) {
  put(byId("reveal-text"), "visit.text", { n: raters });
  byId("reveal-pairs").replaceChildren(...pairs.map(drawPair));
  byId("reveal-answer").textContent = answer[spoken()];
  byId("reveal-systems").replaceChildren(...systems.map((system) => drawSystem(system, pairs.length)));
  byId("reveal-sources").textContent = provenance?.[spoken()] ?? "";
  const report = byId("reveal-report");
  report.href = report.href.replace(/\.[A-Za-z-]+\.html$/, `.${spoken()}.html`);
}

function drawPair({ last, responses, names, own, raters: [first, same, second] }) {
  const line = element("li");
  const sides = element("div", "", "told");
  for (const [place, side] of ["first", "second"].entries()) {
    const head = element("p", "", "whose");
    head.append(element("span", say(`mark.${side}`), "chip"), element("b", names[place][spoken()]));
    if (own === side) head.append(element("span", say("visit.chosen"), "yours"));
    const told = element("div", "", own === side ? "chosen" : "");
    told.append(head, element("p", responses[place][spoken()]));
    sides.append(told);
  }
  line.append(element("blockquote", last[spoken()]), sides);
  if (own !== "first" && own !== "second") {
    line.append(element("p", say("visit.you", { answer: say(`you.${own ?? "none"}`) }), "own"));
  }
  line.append(...drawVotes([first, same, second]));
  return line;
}

/** How many simulated raters chose what: a bar, and what its colours mean. */
function drawVotes(counts) {
  const bar = element("div", "", "votes");
  bar.setAttribute("aria-hidden", "true");
  for (const count of counts) bar.append(Object.assign(element("i"), { style: `flex-grow:${count}` }));
  const legend = element("p", say("visit.raters"), "fine legend");
  for (const [place, side] of ["first", "same", "second"].entries()) {
    const part = element("span", `${say(`you.${side}`)} ${counts[place]}`);
    part.prepend(Object.assign(element("i"), { className: side }));
    legend.append(part);
  }
  return [bar, legend];
}

function drawSystem({ names, own, share, low, high, questions }, pairs) {
  const block = element("section");
  const figures = element("dl", "", "facts");
  const interval = `${percent(share)} [${percent(low)}, ${percent(high)}]`;
  const told = { "visit.own": `${own} / ${pairs}`, "visit.share": interval, "visit.questions": questions.toFixed(1) };
  for (const [key, value] of Object.entries(told)) {
    const one = element("div");
    one.append(element("dt", say(key)), element("dd", value));
    figures.append(one);
  }
  block.append(element("h3", names[spoken()]), figures);
  return block;
}

function element(tag, text = "", kind = "") {
  return Object.assign(document.createElement(tag), { textContent: text, className: kind });
}

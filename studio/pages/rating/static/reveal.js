// The public demo's last page: which was which, one's own choices beside the simulated raters', a small report.

import { put, say, spoken, view } from "./screen.js";

const byId = (id) => document.getElementById(id);
const percent = (share) => `${Math.round(share * 100)}%`;

/** Shows `reveal` (studio/demo/visits.py) and draws it anew whenever the language changes. */
export function show(reveal) {
  draw(reveal);
  new MutationObserver(() => draw(reveal)).observe(byId("studio"), { attributeFilter: ["lang"] });
  view("reveal", "reveal-title");
}

function draw({ pairs, systems, raters }) {
  put(byId("reveal-text"), "visit.text", { n: raters });
  byId("reveal-pairs").replaceChildren(...pairs.map(drawPair));
  byId("reveal-systems").replaceChildren(...systems.map(drawSystem));
  const report = byId("reveal-report");
  report.href = report.href.replace(/\.[A-Za-z-]+\.html$/, `.${spoken()}.html`);
}

function drawPair({ excerpt, names, own, raters: [first, same, second] }) {
  const line = element("li");
  const quoted = element("p", excerpt[spoken()], "fine");
  const sides = element("dl", "", "sides");
  for (const [place, side] of ["first", "second"].entries()) {
    const row = element("div");
    row.append(element("dt", say(`mark.${side}`), "chip"), element("dd", names[place][spoken()]));
    sides.append(row);
  }
  const bar = element("div", "", "votes");
  for (const count of [first, same, second]) bar.append(Object.assign(element("i"), { style: `flex-grow:${count}` }));
  bar.setAttribute("aria-hidden", "true");
  const you = element("p", say("visit.you", { answer: say(`you.${own ?? "none"}`) }), "own");
  line.append(quoted, sides, you, bar, element("p", say("visit.raters", { first, same, second }), "fine"));
  return line;
}

function drawSystem({ names, own, share, low, high, questions }) {
  const row = element("tr");
  const head = element("th", names[spoken()]);
  head.scope = "row";
  const interval = `${percent(share)} [${percent(low)}, ${percent(high)}]`;
  row.append(head, element("td", own), element("td", interval), element("td", questions.toFixed(1)));
  return row;
}

function element(tag, text = "", kind = "") {
  return Object.assign(document.createElement(tag), { textContent: text, className: kind });
}

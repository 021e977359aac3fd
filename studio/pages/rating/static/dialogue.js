// A whole dialogue that is itself judged: turns numbered and grouped in parts, searched, jumped to, folded.
// Draws nothing itself: it dresses the turns that pair.js drew, and dresses them anew when another dialogue comes.

import { put, say } from "./screen.js";

const PART = 20; // turns of a part
const byId = (id) => document.getElementById(id);
const section = byId("dialogue");
let hits = [];
let current = -1;

const turnsOf = () => [...byId("turns").querySelectorAll(".turn")];
const partsOf = () => [...byId("turns").querySelectorAll(".part")];

/** Numbers on turns, a heading before every part, the list of parts to jump to. */
function dress() {
  watcher.disconnect();
  partsOf().forEach((part) => part.remove());
  const turns = turnsOf();
  const options = [];
  turns.forEach((turn, place) => {
    turn.dataset.number = place + 1;
    turn.hidden = false;
    if (place % PART || turns.length <= PART) return;
    const words = { from: place + 1, to: Math.min(place + PART, turns.length) };
    const part = document.createElement("button");
    part.type = "button";
    part.className = "part";
    part.setAttribute("aria-expanded", "true");
    put(part, "dialogue.part", words);
    turn.before(part);
    const option = document.createElement("option");
    option.value = place;
    put(option, "dialogue.part", words);
    options.push(option);
  });
  byId("jump").replaceChildren(...options);
  byId("jump").hidden = options.length === 0;
  byId("fold-all").hidden = options.length === 0;
  showFolded(false);
  byId("find").value = "";
  search("");
  watcher.observe(byId("turns"), { childList: true });
  requestAnimationFrame(countLeft); // answers kept on the device are filled in after the turns
}

function turnsOfPart(part) {
  const found = [];
  for (let next = part.nextElementSibling; next && !next.classList.contains("part"); next = next.nextElementSibling) {
    if (next.classList.contains("turn")) found.push(next);
  }
  return found;
}

function open(part, isOpen) {
  part.setAttribute("aria-expanded", String(isOpen));
  turnsOfPart(part).forEach((turn) => (turn.hidden = !isOpen));
}

function showFolded(folded) {
  byId("fold-all").setAttribute("aria-expanded", String(!folded));
  put(byId("fold-words"), folded ? "dialogue.unfold" : "dialogue.fold");
}

/** Brings a turn into sight, its part opened. */
function goTo(turn) {
  const parts = partsOf().filter((part) => part.compareDocumentPosition(turn) & Node.DOCUMENT_POSITION_FOLLOWING);
  if (turn.hidden && parts.length) open(parts.at(-1), true);
  turn.scrollIntoView({ block: "center", behavior: "instant" });
}

/** Marks the turns that hold the text, whatever its width or case, and goes to the first. */
function search(text) {
  const wanted = text.normalize("NFKC").toLowerCase().trim();
  for (const turn of turnsOf()) turn.classList.remove("hit", "current");
  hits = wanted ? turnsOf().filter((turn) => turn.querySelector("p").textContent.normalize("NFKC").toLowerCase().includes(wanted)) : [];
  hits.forEach((turn) => turn.classList.add("hit"));
  for (const id of ["find-next", "find-previous"]) byId(id).disabled = hits.length === 0;
  current = -1;
  if (hits.length) step(1);
  else byId("find-said").textContent = wanted ? say("dialogue.found.none") : "";
}

function step(by) {
  if (!hits.length) return;
  hits[current]?.classList.remove("current");
  current = (current + by + hits.length) % hits.length;
  hits[current].classList.add("current");
  goTo(hits[current]);
  byId("find-said").textContent = say("dialogue.found", { i: current + 1, n: hits.length });
}

/** How many required rows still wait for an answer. */
function countLeft() {
  const rows = [...byId("form").querySelectorAll(".row[data-required]")];
  const left = rows.filter((row) => !row.querySelector(":checked")).length;
  byId("items-left").hidden = rows.length === 0;
  put(byId("items-left"), "dialogue.left", { n: left });
}

const watcher = new MutationObserver(dress);

function listen() {
  byId("find").addEventListener("input", (event) => search(event.target.value));
  byId("find").addEventListener("keydown", (event) => {
    event.stopPropagation(); // letters typed here are no commands
    if (event.key === "Enter") {
      event.preventDefault();
      step(event.shiftKey ? -1 : 1);
    }
    if (event.key === "Escape") {
      event.target.value = "";
      search("");
    }
  });
  byId("find-next").addEventListener("click", () => step(1));
  byId("find-previous").addEventListener("click", () => step(-1));
  byId("jump").addEventListener("change", (event) => goTo(turnsOf()[Number(event.target.value)]));
  byId("turns").addEventListener("click", (event) => {
    const part = event.target.closest(".part");
    if (part) open(part, part.getAttribute("aria-expanded") !== "true");
  });
  byId("fold-all").addEventListener("click", () => {
    const folded = byId("fold-all").getAttribute("aria-expanded") === "true";
    partsOf().forEach((part) => open(part, !folded));
    showFolded(folded);
  });
  byId("form").addEventListener("change", countLeft);
  byId("to-form").addEventListener("click", () => byId("items-left").scrollIntoView({ block: "start" }));
}

/** Called by the module that runs the page, once its words are known. */
export function begin() {
  if (!section) return;
  listen();
  dress();
}

// What the page knows of the rater's work: the state as served, which pairs it holds, and what is done or on its way.

import { Device, speaker } from "./device.js";
import { learn } from "./screen.js";

const byId = (id) => document.getElementById(id);
const root = byId("studio");
const served = JSON.parse(byId("studio-state").textContent);
const { visit, study, rater } = served.state;
Object.assign(speaker, visit ? { visit } : { study: study.study_id, rater: rater.code });
learn(served.words, root.lang, served.directions, study.languages);

/** What the page knows and where it is; everything else is on screen, on the device or on the server. */
export const work = {
  state: served.state,
  shown: null, // {pair, mode: "work" | "revise"} on screen
  last: null, // the last save, for undo
  afterwards: null, // what the button of an interlude does
  countdown: served.state.rater.done, // done with what is still on its way
};
export const device = new Device(work.state.study.study_id, work.state.rater.code);
export const news = channel();
const done = new Set(); // assignments saved or kept since this page was opened
const met = new Map(work.state.pairs.map((pair) => [pair.assignment_id, pair])); // pairs this page has held

/** The server need not send these again. */
export function held() {
  return work.state.pairs.map((pair) => pair.assignment_id);
}

/** Where this browser's other tabs hear of it; null where there is no such thing. */
function channel() {
  try {
    return new BroadcastChannel(device.prefix);
  } catch {
    return null;
  }
}

/** The version of the text that a rater agrees to, or declines; null where the study has none. */
export const consentVersion = () => work.state.study.consent?.version ?? null;

/** A pair that this page has held. */
export const pairOf = (assignmentId) => met.get(assignmentId);

/** Keeps a pair, so that it need not be sent again. */
export const keep = (pair) => met.set(pair.assignment_id, pair);

/** Counts an assignment as answered: it is not shown again, and with `counts` it is one of the rater's number. */
export function count(assignmentId, counts) {
  done.add(assignmentId);
  if (counts) work.countdown += 1;
}

/** Takes that back. */
export function uncount(assignmentId, counts) {
  done.delete(assignmentId);
  if (counts) work.countdown -= 1;
}

/** The next pair that is neither saved nor on its way. */
export function next() {
  return work.state.pairs.find((pair) => !done.has(pair.assignment_id));
}

/** Takes over what the server says; what it left out, because this page holds it, is put back. `unsent` waits on the device. */
export function take(told, unsent) {
  for (const pair of told.pairs) if (pair.turns) keep(pair);
  work.state = { ...told, study: told.study ?? work.state.study, pairs: told.pairs.map((pair) => met.get(pair.assignment_id)) };
  work.countdown = work.state.rater.done + unsent.filter((entry) => entry.counts).length;
}

/** Whether a pair is still to be done, as far as the server knows. */
export function isOurs(pair) {
  return held().includes(pair.assignment_id) && work.state.step !== "end";
}

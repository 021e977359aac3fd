// The rater's workflow: consent, profile, practice, pairs, the last question, the end; and saving what was answered.

import { ask, Device, newId, Outbox, speaker, Unreachable } from "./device.js";
import { Form } from "./form.js";
import * as panels from "./panels.js";
import { draw, fillFeedback, inWords, settle, Stay } from "./pair.js";
import * as screen from "./screen.js";
import { alarm, announce, learn, put, say, spoken, told, view } from "./screen.js";

const byId = (id) => document.getElementById(id);
const root = byId("studio");
const served = JSON.parse(byId("studio-state").textContent);
const { visit, study, rater } = served.state;
Object.assign(speaker, visit ? { visit } : { study: study.study_id, rater: rater.code });
learn(served.words, root.lang, served.directions);

/** What the page knows and where it is; everything else is on screen, on the device or on the server. */
export const work = {
  state: served.state,
  shown: null, // {pair, mode: "work" | "revise"} on screen
  last: null, // the last save, for undo
  said: null, // {feedback, answers} of the practice pair that was answered last
  afterwards: null, // what the button of an interlude does
  countdown: served.state.rater.done, // done with what is still on its way
};
export const device = new Device(work.state.study.study_id, work.state.rater.code);
export const form = new Form(byId("form"), changed);
export const stay = new Stay();
export const outbox = new Outbox(device, { held, onSaved: saved, onRefused: refused, onWaiting: waiting });
export const news = channel();
const done = new Set(); // assignments saved or kept since this page was opened
const interrupted = new Map(); // facts of stays that were left for another pair, by assignment
const met = new Map(work.state.pairs.map((pair) => [pair.assignment_id, pair])); // pairs this page has held
let telling = false; // one paper at a time: a second Enter while the first is on its way is no second request

/** The server need not send these again. */
function held() {
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

/** The dock's figures, and those of the pause where it is on screen. */
export function showProgress() {
  const { state, shown, countdown } = work;
  screen.showProgress(state.rater, countdown, shown?.mode === "work" && shown.pair.practice && shown.pair);
  if (root.dataset.view === "pause") showPauseFigures();
}

const showPauseFigures = () => screen.fillPause(work.state.rater, work.countdown, outbox.pending().length);

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

/**
 * Puts a pair on screen: its draft where there is one, else `answers`; `client` are facts of a stay with it that the server
 * does not have, and `drawn` says that the markup holds it already.
 */
export function showPair(pair, mode = "work", { answers = null, client = null, focus = true, drawn = false } = {}) {
  if (work.shown && work.shown.pair !== pair) interrupted.set(work.shown.pair.assignment_id, stay.facts());
  work.shown = { pair, mode };
  met.set(pair.assignment_id, pair);
  if (!drawn) draw(pair);
  form.show(pair.question === "blinding" ? "blinding" : "judging");
  const draft = device.read(`draft:${pair.assignment_id}`);
  const filled = draft ?? answers;
  if (filled) form.fill(filled);
  stay.reset(interrupted.get(pair.assignment_id) ?? draft?.client ?? client ?? undefined);
  interrupted.delete(pair.assignment_id);
  screen.dress(pair, mode === "revise", Boolean(work.last) && !pair.question, Boolean(work.state.visit));
  view("pair", focus ? "pair-title" : "");
  settle();
  showProgress();
}

/** Takes over what the server says; what it left out, because this page holds it, is put back. */
function take(told) {
  for (const pair of told.pairs) if (pair.turns) met.set(pair.assignment_id, pair);
  work.state = { ...told, study: told.study ?? work.state.study, pairs: told.pairs.map((pair) => met.get(pair.assignment_id)) };
  work.countdown = work.state.rater.done + outbox.pending().filter((entry) => entry.counts).length;
}

/** Goes where the state says; called after boot, after a save and after an interlude. */
export function proceed() {
  work.shown = null;
  if (work.state.ended || work.state.step === "end") {
    if (study.protocol === "session") return location.replace(`/s/${study.study_id}?rater=${rater.code}`); // the list of sessions
    return finish();
  }
  if (work.state.step === "consent" || work.state.step === "profile") return view(work.state.step, `${work.state.step}-title`);
  if (work.state.blinding) return introduceBlinding();
  const pair = next();
  if (!pair) return wait();
  return showPair(pair);
}

/** Waits for the next pairs: sends what is unsent, then asks. */
export function wait() {
  view("waiting", "waiting-title");
  return outbox.send().then(refresh);
}

/** Asks for the state anew; leaves what the rater is doing alone unless it was done elsewhere. */
export async function refresh() {
  if (outbox.stopped) return;
  try {
    const reply = await ask({ do: "state" });
    if (reply.error) return outside(reply.error);
    take(reply);
    if (root.dataset.view === "waiting" && (next() || work.state.step !== "pairs")) proceed();
  } catch (failure) {
    unlessUnreachable(failure);
    if (root.dataset.view === "waiting") setTimeout(() => root.dataset.view === "waiting" && refresh(), 5000);
  }
}

// --- saving ------------------------------------------------------------------------------------------------------

function changed(place) {
  stay.answered(place);
  keepDraft();
}

/** The version of the text that a rater agrees to, or declines; null where the study has none. */
export const consentVersion = () => work.state.study.consent?.version ?? null;

/** Keeps what is on screen: the time, if nothing else. A revision in which nothing was chosen is none. */
export const keepDraftIfAny = () => work.shown && (work.shown.mode === "work" || !form.untouched) && keepDraft();

function keepDraft() {
  if (!work.shown) return;
  const kept = device.write(`draft:${work.shown.pair.assignment_id}`, { ...form.collect(), client: stay.facts() });
  if (!kept) announce("saved.no_storage");
}

/** Saves the pair on screen: its answers, or that it was `left` ("skipped", "cannot_judge"). An empty form asks first. */
export function save({ left = null, reasons = [], empty = false } = {}) {
  if (!work.shown || root.dataset.view !== "pair") return;
  if (!left && !complete()) return;
  if (!left && !empty && form.untouched) return panels.open("empty");
  const { pair, mode } = work.shown;
  const content = left ? { answers: [], comment: form.collect().comment } : form.collect();
  const submission = { submission_id: newId(), assignment_id: pair.assignment_id, ...content, left, left_reasons: reasons, client: stay.facts() };
  const counts = mode === "work" && !pair.practice && !pair.question;
  count(pair.assignment_id, counts);
  device.drop(`draft:${pair.assignment_id}`);
  work.last = pair.question ? null : { pair, submission, counts, mode };
  announce("saved.saving");
  outbox.add(submission, { counts, revised: mode === "revise" });
  news?.postMessage({ done: pair.assignment_id });
  showProgress();
  advance(pair, mode, counts);
}

function complete() {
  const rows = form.missing();
  form.complain(rows);
  if (!rows.length) return form.marked();
  form.activate(form.rows().indexOf(rows[0]), true);
  alarm(say("form.missing", { n: rows.length, rows: rows.map((row) => form.name(row)).join(say("form.between")) }));
  return false;
}

function advance(pair, mode, counts) {
  if (mode === "revise") return proceed();
  if (pair.explained) return awaitFeedback();
  const portion = work.state.study.portion;
  if (counts && work.countdown % portion === 0 && work.countdown < work.state.rater.total) return pause();
  return proceed();
}

function saved(entry, reply) {
  take(reply.state);
  announce(entry.revised ? "saved.revised" : "saved.done");
  showProgress();
  const { assignment_id: id } = entry.submission;
  if (work.state.pairs.some((pair) => pair.again && pair.assignment_id === id)) done.delete(id);
  if (reply.feedback && !entry.revised && !isBusy()) return showFeedback({ feedback: reply.feedback, answers: entry.submission.answers });
  if (root.dataset.view === "feedback") sayReady();
  if (root.dataset.view === "waiting") proceed();
  else leaveIfDone();
}

/** Whether the rater has begun something that nothing may take the place of. */
const isBusy = () => (work.shown ? work.shown.mode === "revise" || !form.untouched : root.dataset.view !== "waiting");

/** Goes on where the pair on screen was done elsewhere and nothing has been chosen here. */
export function leaveIfDone() {
  if (work.shown?.mode === "work" && !isOurs(work.shown.pair) && form.untouched) proceed();
}

/** Whether the pair on screen is still to be done, as far as the server knows. */
function isOurs(pair) {
  return held().includes(pair.assignment_id) && work.state.step !== "end";
}

function refused(entry, error) {
  if (outside(error)) return;
  alarm(error ? told(error) : say("error.generic"));
  const pair = met.get(entry.submission.assignment_id);
  if (!pair || error?.code === "answers_closed" || error?.code === "not_yours") return void refresh().then(proceed);
  uncount(entry.submission.assignment_id, entry.counts);
  if (work.shown?.pair !== pair) showPair(pair, entry.revised ? "revise" : "work", { answers: entry.submission, client: entry.submission.client });
}

/** Errors that end the work here for now; true where it was one. */
function outside(error) {
  if (error.code === "signed_out") {
    view("lost", "lost-title");
    const unsent = outbox.pending().length;
    byId("lost-kept").hidden = !unsent;
    put(byId("lost-kept"), "lost.kept", { n: unsent });
    return true;
  }
  if (error.code === "other_rater") return true; // `stop` has heard of it
  if (error.code === "closed" || error.code === "withdrawn") {
    work.state = { ...work.state, ended: true, pairs: [] };
    finish();
    alarm(told(error));
    return true;
  }
  if (error.code === "consent_needed" || error.code === "old_consent") {
    view("consent", "consent-title");
    alarm(told(error));
    return true;
  }
  return false;
}

/** Another person's session has taken this one's place: nothing is asked or sent any more, and nothing is erased. */
export function stop(error) {
  keepDraftIfAny();
  work.shown = null;
  outbox.stop();
  panels.close();
  byId("other-text").textContent = told(error);
  const unsent = outbox.pending().length;
  byId("other-kept").hidden = !unsent;
  put(byId("other-kept"), "other.kept", { n: unsent });
  view("other", "other-title");
}

function waiting(count) {
  if (count) announce("saved.kept", { n: count });
  if (root.dataset.view === "pause") showPauseFigures();
}

// --- interludes --------------------------------------------------------------------------------------------------

/** What is said of a practice pair comes with its receipt: before the answer, nobody can read it. */
function awaitFeedback() {
  work.shown = null;
  view("waiting", "waiting-title");
}

/** `said`: {feedback, answers} of a practice pair. A page opened anew shows it again, until the rater goes on. */
export function showFeedback(said) {
  work.shown = null;
  work.said = said;
  device.write("feedback", said);
  fillSaid();
  sayReady();
  work.afterwards = leaveFeedback;
  view("feedback", "feedback-title");
}

const fillSaid = () => fillFeedback(work.said.feedback[spoken()], inWords(form, work.said.answers));

function leaveFeedback() {
  device.drop("feedback");
  proceed();
}

/** What was said of a practice pair and not yet left; null where nothing was, or the practice is long over. */
export function unread() {
  const { step } = work.state;
  return step === "practice" || step === "pairs" ? device.read("feedback") : null;
}

/** Says in the language of the page, which has changed, what stands on screen and is no word of the page's own. */
export function sayAnew() {
  if (root.dataset.view === "feedback") fillSaid();
  if (root.dataset.view === "end") screen.fillEnd(work.state);
}

/** Says that practice is over where the next pair, if it is known yet, is none. */
const sayReady = () => (byId("practice-ready").hidden = !next() || next().practice);

function pause() {
  work.shown = null;
  showPauseFigures();
  work.afterwards = proceed;
  view("pause", "pause-title");
}

function introduceBlinding() {
  put(byId("blinding-text"), "blinding.text", { n: work.state.blinding });
  work.afterwards = openBlinding;
  view("blinding", "blinding-title");
}

/** Goes on to the last question; until then every answer can be revised, so whatever is unsent goes first. */
async function openBlinding() {
  work.afterwards = openBlinding; // pressed again after a tunnel
  await outbox.send();
  if (outbox.pending().length) return alarm(say("error.network"));
  return tell({ do: "blinding" }, () => {
    work.afterwards = null;
    work.last = null;
    proceed();
  });
}

export function finish() {
  if (work.state.reveal) return reveal();
  screen.fillEnd(work.state);
  if (!work.state.finished && !work.state.withdrawn) ask({ do: "finish", feedback: "" }).catch(unlessUnreachable); // told again with the next visit
  if (!outbox.pending().length) device.erase();
  view("end", "end-title");
}

/** The public demo's last page, fetched now; where that fails the button of `waiting` tries again. */
async function reveal() {
  const { reveal: told, provenance } = work.state; // an earlier request's answer may come meanwhile
  const page = await import("./reveal.js").catch(() => null);
  if (!page) return view("waiting", "waiting-title");
  device.erase();
  return page.show(told, provenance);
}

// --- requests -----------------------------------------------------------------------------------------------------

/** Lets a missing network pass; a fault of the program is thrown on, and rating.js says so. */
export function unlessUnreachable(failure) {
  if (!(failure instanceof Unreachable)) throw failure;
}

/** Sends what a rater decided and goes on with `after(reply)`; says so where it was refused or could not be sent. */
export async function tell(request, after) {
  if (telling) return;
  telling = true;
  try {
    const reply = await ask(request);
    if (reply.error) return void (outside(reply.error) || alarm(told(reply.error)));
    if (reply.step || reply.state) take(reply.state ?? reply);
    after(reply);
  } catch (failure) {
    unlessUnreachable(failure);
    alarm(say("error.network"));
  } finally {
    telling = false;
  }
}


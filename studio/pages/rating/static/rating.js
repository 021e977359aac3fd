// The rater's road: consent, profile, practice, pairs, the last question, the end. Works in the markup already served;
// Gradio's component calls `adopt` when it is up.

import { ask, Device, newId, Outbox, speaker, Unreachable } from "./device.js";
import { Form, listenToPaper } from "./form.js";
export { adopt } from "./screen.js";
import * as panels from "./panels.js";
import { draw, fillFeedback, inWords, isDrawn, settle, Stay, unfold } from "./pair.js";
import * as screen from "./screen.js";
import { alarm, announce, learn, put, say, spoken, turn, view } from "./screen.js";

const byId = (id) => document.getElementById(id);
const root = byId("studio");
const given = JSON.parse(byId("studio-state").textContent);
let state = given.state;
Object.assign(speaker, state.visit ? { visit: state.visit } : { study: state.study.study_id, rater: state.rater.code });
const device = new Device(state.study.study_id, state.rater.code);
const done = new Set(); // assignments saved or kept since this page was opened
const interrupted = new Map(); // facts of stays that were left for another pair, by assignment
const met = new Map(state.pairs.map((pair) => [pair.assignment_id, pair])); // pairs this page has held
let shown = null, last = null; // {pair, mode: "work" | "revise"} on screen; the last save
let afterwards = null; // what the button of an interlude does
let telling = false; // one paper at a time: a second Enter while the first is on its way is no second request
let countdown = state.rater.done; // done with what is still on its way

learn(given.words, root.lang);
const form = new Form(byId("form"), changed);
const stay = new Stay();
const held = () => state.pairs.map((pair) => pair.assignment_id); // the server need not send these again
const outbox = new Outbox(device, { held, onSaved: saved, onRefused: refused, onWaiting: waiting });
const news = "BroadcastChannel" in window ? new BroadcastChannel(device.prefix) : null;

const showProgress = () => screen.showProgress(state.rater, countdown, shown?.mode === "work" && shown.pair.practice && shown.pair);
const showPauseFigures = () => screen.fillPause(state.rater, countdown, outbox.pending().length);

/** The next pair that is neither saved nor on its way. */
function next() {
  return state.pairs.find((pair) => !done.has(pair.assignment_id));
}

/** Shows a pair; `client` are facts of a stay with it that the server does not have. */
function showPair(pair, mode = "work", { answers = null, client = null, focus = true, drawn = false } = {}) {
  if (shown && shown.pair !== pair) interrupted.set(shown.pair.assignment_id, stay.facts());
  shown = { pair, mode };
  met.set(pair.assignment_id, pair);
  if (!drawn) draw(pair);
  form.show(pair.question === "blinding" ? "blinding" : "judging");
  const draft = device.read(`draft:${pair.assignment_id}`);
  const filled = draft ?? answers;
  if (filled) form.fill(filled);
  stay.reset(interrupted.get(pair.assignment_id) ?? draft?.client ?? client ?? undefined);
  interrupted.delete(pair.assignment_id);
  screen.dress(pair, mode === "revise", Boolean(last) && !pair.question, Boolean(state.visit));
  view("pair", focus ? "pair-title" : "");
  settle();
  showProgress();
}

/** Takes over what the server says; what it left out, because this page holds it, is put back. */
function take(told) {
  for (const pair of told.pairs) if (pair.turns) met.set(pair.assignment_id, pair);
  state = { ...told, study: told.study ?? state.study, pairs: told.pairs.map((pair) => met.get(pair.assignment_id)) };
  countdown = state.rater.done + outbox.pending().filter((entry) => entry.counts).length;
}

/** Goes where the state says; called after boot, after a save and after an interlude. */
function proceed() {
  shown = null;
  if (state.ended || state.step === "end") return finish();
  if (state.step === "consent" || state.step === "profile") return view(state.step, `${state.step}-title`);
  if (state.blinding) return introduceBlinding();
  const pair = next();
  if (!pair) return wait();
  return showPair(pair);
}

const wait = () => (view("waiting", "waiting-title"), outbox.send().then(refresh));

/** Asks for the state anew; leaves what the rater is doing alone unless it was done elsewhere. */
async function refresh() {
  if (outbox.stopped) return;
  try {
    const reply = await ask({ do: "state" });
    if (reply.error) return outside(reply.error);
    take(reply);
    if (root.dataset.view === "waiting" && (next() || state.step !== "pairs")) proceed();
  } catch (failure) {
    if (!(failure instanceof Unreachable)) throw failure;
    if (root.dataset.view === "waiting") setTimeout(() => root.dataset.view === "waiting" && refresh(), 5000);
  }
}

// --- saving ------------------------------------------------------------------------------------------------------

function changed(place) {
  stay.answered(place);
  keepDraft();
}

function keepDraft() {
  if (!shown) return;
  const kept = device.write(`draft:${shown.pair.assignment_id}`, { ...form.collect(), client: stay.facts() });
  if (!kept) announce("saved.no_storage");
}

function save(left = null, reasons = []) {
  if (!shown || root.dataset.view !== "pair") return;
  if (!left && !complete()) return;
  const { pair, mode } = shown;
  const content = left ? { answers: [], comment: form.collect().comment } : form.collect();
  const submission = { submission_id: newId(), assignment_id: pair.assignment_id, ...content, left, left_reasons: reasons, client: stay.facts() };
  const counts = mode === "work" && !pair.practice && !pair.question;
  if (counts) countdown += 1;
  done.add(pair.assignment_id);
  device.drop(`draft:${pair.assignment_id}`);
  last = pair.question ? null : { pair, submission, counts, mode };
  announce("saved.saving");
  outbox.add(submission, { counts, revised: mode === "revise" });
  news?.postMessage({ done: pair.assignment_id });
  showProgress();
  advance(pair, mode, content, counts);
}

function complete() {
  const rows = form.missing();
  form.complain(rows);
  if (!rows.length) return form.marked();
  form.activate(form.rows().indexOf(rows[0]), true);
  alarm(say("form.missing", { n: rows.length, rows: rows.map((row) => form.name(row)).join(say("form.between")) }));
  return false;
}

function advance(pair, mode, content, counts) {
  if (mode === "revise") return proceed();
  if (pair.practice && pair.feedback) return showFeedback(pair, content);
  const portion = state.study.portion;
  if (counts && countdown % portion === 0 && countdown < state.rater.total) return pause();
  return proceed();
}

function saved(entry, reply) {
  take(reply.state);
  announce(entry.revised ? "saved.revised" : "saved.done");
  showProgress();
  const { assignment_id: given_ } = entry.submission;
  if (state.pairs.some((pair) => pair.again && pair.assignment_id === given_)) done.delete(given_);
  if (root.dataset.view === "pause") showPauseFigures();
  if (root.dataset.view === "feedback") sayReady();
  if (root.dataset.view === "waiting") proceed();
  else leaveIfDone();
}

/** Goes on where the pair on screen was done elsewhere and nothing has been chosen here. */
function leaveIfDone() {
  if (shown?.mode === "work" && !isOurs(shown.pair) && form.untouched) proceed();
}

/** Whether the pair on screen is still to be done, as far as the server knows. */
function isOurs(pair) {
  return state.pairs.some((one) => one.assignment_id === pair.assignment_id) && state.step !== "end";
}

function refused(entry, error) {
  if (outside(error)) return;
  alarm(error?.[spoken()] ?? say("error.generic"));
  const pair = met.get(entry.submission.assignment_id);
  if (!pair || error?.code === "answers_closed" || error?.code === "not_yours") return void refresh().then(proceed);
  done.delete(entry.submission.assignment_id);
  if (entry.counts) countdown -= 1;
  if (shown?.pair !== pair) showPair(pair, entry.revised ? "revise" : "work", { answers: entry.submission, client: entry.submission.client });
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
    state = { ...state, ended: true, pairs: [] };
    finish();
    alarm(error[spoken()]);
    return true;
  }
  if (error.code === "consent_needed" || error.code === "old_consent") {
    view("consent", "consent-title");
    alarm(error[spoken()]);
    return true;
  }
  return false;
}

/** Another person's session has taken this one's place: nothing is asked or sent any more, and nothing is erased. */
function stop(error) {
  keepDraftIfAny();
  shown = null;
  outbox.stop();
  panels.close();
  byId("other-text").textContent = error[spoken()];
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

function showFeedback(pair, content) {
  shown = null;
  fillFeedback(pair.feedback[spoken()], inWords(form, content.answers));
  sayReady();
  afterwards = proceed;
  view("feedback", "feedback-title");
}

/** Says that practice is over where the next pair, if it is known yet, is none. */
const sayReady = () => (byId("practice-ready").hidden = !next() || next().practice);

function pause() {
  shown = null;
  showPauseFigures();
  afterwards = proceed;
  view("pause", "pause-title");
}

function introduceBlinding() {
  put(byId("blinding-text"), "blinding.text", { n: state.blinding });
  afterwards = openBlinding;
  view("blinding", "blinding-title");
}

/** Goes on to the last question; until then every answer can be revised, so whatever is unsent goes first. */
async function openBlinding() {
  afterwards = openBlinding; // pressed again after a tunnel
  await outbox.send();
  if (outbox.pending().length) return alarm(say("error.network"));
  return tell({ do: "blinding" }, () => {
    afterwards = null;
    last = null;
    proceed();
  });
}

function finish() {
  if (state.reveal) return import("./reveal.js").then((page) => (device.erase(), page.show(state.reveal)));
  screen.fillEnd(state);
  if (!state.finished && !state.withdrawn) ask({ do: "finish", feedback: "" }).catch(() => {}); // told again with the next visit
  if (!outbox.pending().length) device.erase();
  view("end", "end-title");
}

// --- what a rater can do -----------------------------------------------------------------------------------------

async function reopen(answer) {
  const kept = outbox.pending().find((entry) => entry.submission.assignment_id === answer.assignment_id);
  try {
    const reply = await ask({ do: "open", assignment_id: answer.assignment_id });
    if (reply.error) return alarm(reply.error[spoken()]);
    panels.close();
    return showPair(reply.pair, "revise", { answers: kept?.submission ?? reply.pair.answers });
  } catch (failure) {
    if (!(failure instanceof Unreachable)) throw failure;
    return alarm(say("error.network"));
  }
}

function undo() {
  if (!last || shown?.mode === "revise") return;
  const { pair, submission, counts, mode } = last;
  const unsent = outbox.take(submission.submission_id);
  if (unsent) done.delete(pair.assignment_id);
  if (unsent && counts) countdown -= 1;
  last = null;
  showPair(pair, unsent ? mode : "revise", { answers: submission, client: unsent ? submission.client : null });
  announce("saved.undone");
}

async function tell(request, after) {
  if (telling) return;
  telling = true;
  try {
    const reply = await ask(request);
    if (reply.error) return void (outside(reply.error) || alarm(reply.error[spoken()]));
    if (reply.step || reply.state) take(reply.state ?? reply);
    after(reply);
  } catch (failure) {
    if (!(failure instanceof Unreachable)) throw failure;
    alarm(say("error.network"));
  } finally {
    telling = false;
  }
}

function switchLanguage() {
  const other = spoken() === "ja" ? "en" : "ja";
  turn(root, other);
  device.write("language", other);
  showProgress();
  if (root.dataset.view === "pause") showPauseFigures();
}

const actions = {
  save: () => (afterwards && root.dataset.view !== "pair" ? actions.go() : save()),
  go: () => {
    const action = afterwards;
    afterwards = null;
    action?.();
  },
  skip: () => { panels.close(); save("skipped"); },
  cannot: () => {
    const reasons = [...byId("leave-form").querySelectorAll(":checked")].map((box) => box.value);
    panels.close();
    save("cannot_judge", reasons);
    byId("leave-form").reset();
  },
  undo,
  cancel: () => { device.drop(`draft:${shown.pair.assignment_id}`); proceed(); },
  history: () => { stay.history = unfold() || stay.history; },
  guide: () => panels.open("guide"),
  keys: () => panels.open("keys"),
  menu: () => panels.open("menu"),
  help: () => panels.open("help"),
  leaving: () => panels.open("leaving"),
  answers: () => panels.listAnswers(outbox.pending().map((entry) => entry.submission.assignment_id), reopen),
  device: () => panels.open("device"),
  code: () => panels.showCode(),
  withdrawing: () => panels.askToWithdraw(),
  withdraw: () => tell({ do: "withdraw" }, () => { panels.close(); device.erase(); news?.postMessage({ out: true }); finish(); }),
  signout: () => panels.askToSignOut(outbox.pending().length),
  erase: () => { device.erase(); news?.postMessage({ out: true }); panels.close(); shown = null; view("signedout", "out-title"); fetch(`/out?${new URLSearchParams(speaker)}`, { method: "POST" }); },
  close: () => panels.close(),
  language: switchLanguage,
  retry: () => wait(),
  decline: () => tell({ do: "consent", version: consentVersion(), agreed: false }, () => view("declined", "declined-title")),
  again: () => location.reload(),
  reconsider: () => view("consent", "consent-title"),
  comment: () => root.querySelector(".comment textarea")?.focus(),
  up: () => form.move(-1),
  down: () => form.move(1),
  digit: (key) => form.press(key),
};

const consentVersion = () => state.study.consent?.version ?? null;

const ON_PAIR = ["undo", "history", "comment", "up", "down", "digit"];

function onKey(name, key) {
  if (ON_PAIR.includes(name) && root.dataset.view !== "pair") return name === "undo" && last ? undo() : false;
  return actions[name](key);
}

function listen() {
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button || button.disabled) return;
    if (event.detail) button.blur(); // pressed by hand: Enter shall save, not press it again
    actions[button.dataset.do]();
  });
  listenToPaper(tell, consentVersion, () => { proceed(); outbox.send(); });
  panels.listen(device, Boolean(state.visit));
  panels.listenToKeys(onKey, () => byId("keys-on").checked);
  news?.addEventListener("message", ({ data }) => elsewhere(data));
  addEventListener("other-rater", ({ detail }) => stop(detail));
  addEventListener("pageshow", ({ persisted }) => persisted && refresh().then(leaveIfDone)); // back from the browser's memory
  document.addEventListener("visibilitychange", () => { if (document.hidden) keepDraftIfAny(); else if (!outbox.pending().length) refresh(); });
}

const keepDraftIfAny = () => shown && (shown.mode === "work" || !form.untouched) && keepDraft(); // the time, if nothing else

/** Another tab of this browser saved a pair: it is not asked again here. */
function elsewhere(message) {
  if (message.out) { shown = null; return view("signedout", "out-title"); }
  if (!message.done) return undefined;
  done.add(message.done);
  if (shown?.pair.assignment_id !== message.done || shown.mode !== "work") return undefined;
  announce("saved.elsewhere");
  return refresh().then(proceed);
}

async function boot() {
  const language = device.read("language");
  if (language && language !== spoken() && state.study.languages.includes(language)) switchLanguage();
  for (const entry of outbox.pending()) { done.add(entry.submission.assignment_id); if (entry.counts) countdown += 1; }
  listen();
  const pair = next();
  const plain = pair && pair === state.pairs[0] && !pair.question && (state.step === "pairs" || state.step === "practice");
  if (plain) showPair(pair, "work", { focus: false, drawn: isDrawn(pair) });
  else proceed();
  if (outbox.pending().length) outbox.send();
  screen.watchDock();
  if (state.study.protocol !== "pairwise") (await import("./dialogue.js")).begin();
  root.dataset.ready = "";
  performance.mark("ready");
}

boot();

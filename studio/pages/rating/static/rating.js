// The rating page: what a rater can do by button and key, other tabs, and the beginning. Works in the markup already
// served; Gradio's component calls `adopt` when it is up.

import { ask, speaker } from "./device.js";
import { listenToPaper } from "./form.js";
import * as panels from "./panels.js";
import { isDrawn, translate, unfold } from "./pair.js";
import * as screen from "./screen.js";
import { alarm, announce, languages, say, spoken, told, turn, view } from "./screen.js";
import {
  consentVersion, count, device, finish, form, keepDraftIfAny, leaveIfDone, news, next, outbox, proceed, refresh, save, sayAnew,
  showFeedback, showPair, showProgress, stay, stop, tell, uncount, unlessUnreachable, unread, wait, work,
} from "./workflow.js";
export { adopt } from "./screen.js";

const byId = (id) => document.getElementById(id);
const root = byId("studio");

// --- what a rater can do -----------------------------------------------------------------------------------------

async function reopen(answer) {
  const unsent = outbox.pending().find((entry) => entry.submission.assignment_id === answer.assignment_id);
  try {
    const reply = await ask({ do: "open", assignment_id: answer.assignment_id });
    if (reply.error) return alarm(told(reply.error));
    panels.close();
    return showPair(reply.pair, "revise", { answers: unsent?.submission ?? reply.pair.answers });
  } catch (failure) {
    unlessUnreachable(failure);
    return alarm(say("error.network"));
  }
}

function undo() {
  if (!work.last || work.shown?.mode === "revise") return;
  const { pair, submission, counts, mode } = work.last;
  const unsent = outbox.take(submission.submission_id);
  if (unsent) uncount(pair.assignment_id, counts);
  work.last = null;
  showPair(pair, unsent ? mode : "revise", { answers: submission, client: unsent ? submission.client : null });
  announce("saved.undone");
}

/** The button of an interlude; pressed once. */
function go() {
  const action = work.afterwards;
  work.afterwards = null;
  action?.();
}

function cannotJudge() {
  const reasons = [...byId("leave-form").querySelectorAll(":checked")].map((box) => box.value);
  panels.close();
  save({ left: "cannot_judge", reasons });
  byId("leave-form").reset();
}

function cancel() {
  device.drop(`draft:${work.shown.pair.assignment_id}`);
  proceed();
}

function withdraw() {
  return tell({ do: "withdraw" }, () => {
    panels.close();
    forget();
    finish();
  });
}

function signOut() {
  forget();
  panels.close();
  work.shown = null;
  view("signedout", "out-title");
  fetch(`/out?${new URLSearchParams(speaker)}`, { method: "POST" }).catch(() => {}); // without a network the cookie stays; what was kept here is gone
}

/** Erases what this rater left on this device, in every tab. */
function forget() {
  device.erase();
  news?.postMessage({ out: true });
}

function decline() {
  return tell({ do: "consent", version: consentVersion(), agreed: false }, () => view("declined", "declined-title"));
}

function speak(language) {
  turn(root, language);
  if (work.shown) translate(work.shown.pair);
  sayAnew();
  showProgress();
}

/** The rater's own choice: kept here, and by the server for every device. A button that names no language means the other one. */
function chooseLanguage({ dataset }) {
  if (dataset.language) panels.close();
  speak(dataset.language ?? languages().find((tag) => tag !== spoken()));
  device.write("language", spoken());
  if (!work.state.visit) ask({ do: "language", language: spoken() }).catch(unlessUnreachable);
}

const actions = {
  save: () => (work.afterwards && root.dataset.view !== "pair" ? go() : save()),
  go,
  empty: () => { panels.close(); save({ empty: true }); },
  skip: () => { panels.close(); save({ left: "skipped" }); },
  cannot: cannotJudge,
  undo,
  cancel,
  history: () => { stay.history = unfold() || stay.history; },
  guide: () => panels.open("guide"),
  keys: () => panels.open("keys"),
  menu: () => panels.open("menu"),
  help: () => panels.open("help"),
  leaving: () => panels.open("leaving"),
  answers: () => panels.request((page) => page.listAnswers(outbox.pending().map((entry) => entry.submission.assignment_id), reopen)),
  device: () => panels.open("device"),
  code: () => panels.request((page) => page.showCode()),
  withdrawing: () => panels.askToWithdraw(),
  withdraw,
  signout: () => panels.askToSignOut(outbox.pending().length),
  erase: signOut,
  close: () => panels.close(),
  language: chooseLanguage,
  languages: () => panels.open("languages"),
  retry: () => (work.state.reveal ? finish() : wait()),
  decline,
  again: () => location.reload(),
  reconsider: () => view("consent", "consent-title"),
  comment: () => root.querySelector(".comment textarea")?.focus(),
  up: () => form.move(-1),
  down: () => form.move(1),
  digit: (key) => form.press(key),
};

const ON_PAIR = ["undo", "history", "comment", "up", "down", "digit"];

function onKey(name, key) {
  if (ON_PAIR.includes(name) && root.dataset.view !== "pair") return name === "undo" && work.last ? undo() : false;
  return actions[name](key);
}

// --- listening ---------------------------------------------------------------------------------------------------

function listen() {
  root.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (!button || button.disabled) return;
    if (event.detail) button.blur(); // pressed by hand: Enter shall save, not press it again
    actions[button.dataset.do](button);
  });
  listenToPaper(tell, consentVersion, () => { proceed(); outbox.send(); });
  panels.listen(device, Boolean(work.state.visit));
  panels.listenToKeys(onKey, () => byId("keys-on").checked);
  news?.addEventListener("message", ({ data }) => elsewhere(data));
  addEventListener("other-rater", ({ detail }) => stop(detail));
  addEventListener("pageshow", ({ persisted }) => persisted && refresh().then(leaveIfDone)); // back from the browser's memory
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) keepDraftIfAny();
    else if (!outbox.pending().length) refresh();
  });
}

/** Another tab of this browser saved a pair: it is not asked again here. */
function elsewhere(message) {
  if (message.out) {
    work.shown = null;
    return view("signedout", "out-title");
  }
  if (!message.done) return undefined;
  count(message.done, false);
  if (work.shown?.pair.assignment_id !== message.done || work.shown.mode !== "work") return undefined;
  announce("saved.elsewhere");
  return refresh().then(proceed);
}

/** Says a fault of this page's own program as what it is: a rater who thinks it is the network waits for nothing. */
function reportFaults() {
  const report = (failure, where = "") => {
    if (!`${failure?.stack ?? ""}${where}`.includes("/static/rating/")) return; // Gradio's, or a browser extension's
    const unsent = outbox.pending().length;
    const kept = unsent && device.keeps ? say("error.program.kept", { n: unsent }) : "";
    alarm(`${say("error.program", { what: String(failure) })}${kept && ` ${kept}`}`);
  };
  addEventListener("error", (event) => report(event.error, event.filename));
  addEventListener("unhandledrejection", (event) => report(event.reason));
}

// --- the beginning -----------------------------------------------------------------------------------------------

async function boot() {
  reportFaults();
  const language = device.read("language");
  if (language && language !== spoken() && work.state.study.languages.includes(language)) speak(language);
  for (const entry of outbox.pending()) count(entry.submission.assignment_id, entry.counts);
  listen();
  const pair = next();
  const plain = pair && pair === work.state.pairs[0] && !pair.question && (work.state.step === "pairs" || work.state.step === "practice");
  const said = unread();
  if (said) showFeedback(said);
  else if (plain) showPair(pair, "work", { focus: false, drawn: isDrawn(pair) });
  else proceed();
  if (outbox.pending().length) outbox.send();
  screen.watchDock();
  if (work.state.study.protocol !== "pairwise") (await import("./dialogue.js")).begin();
  root.dataset.ready = "";
  performance.mark("ready");
}

boot();

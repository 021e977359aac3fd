// The panels over the page (guide, answers, menu, keys, leaving, devices, help, sign-out) and the keyboard.

import { ask, Unreachable } from "./device.js";
import { alarm, mark, put, say } from "./screen.js";

const byId = (id) => document.getElementById(id);
const root = byId("studio");

/** Opens one panel over the others' place; the browser's back button closes it again. */
export function open(id) {
  const panel = byId(id);
  if (panel.open) return;
  closeAll();
  panel.showModal();
  byId(`${id}-title`).focus();
  history.pushState({ panel: id }, "");
}

/** Closes the panel that is open; true where there was one. */
export function close() {
  const panel = document.querySelector("dialog.panel[open]");
  if (!panel) return false;
  panel.close();
  if (history.state?.panel) history.back();
  return true;
}

function closeAll() {
  for (const panel of document.querySelectorAll("dialog.panel[open]")) panel.close();
}

export function listen(device, visiting) {
  listenToPreferences(device, visiting);
  addEventListener("popstate", closeAll);
  for (const panel of document.querySelectorAll("dialog.panel")) {
    panel.addEventListener("cancel", (event) => {
      event.preventDefault();
      close();
    });
    panel.addEventListener("click", (event) => event.target === panel && close());
  }
}

export const isOpen = () => Boolean(document.querySelector("dialog.panel[open]"));

/** The rater's own answers, newest last; `onOpen(answer)` reopens one. `unsent` are numbers still on this device. */
export async function listAnswers(unsent, onOpen) {
  const list = byId("answers-list");
  list.replaceChildren();
  open("answers");
  put(byId("answers-said"), "saved.waiting");
  try {
    const { answers, revisable, error } = await ask({ do: "answers" });
    if (error) throw new Unreachable(error.code);
    const said = revisable === false ? "answers.closed" : answers.length ? "answers.text" : "answers.none";
    put(byId("answers-said"), said);
    list.append(...answers.map((answer) => answerElement(answer, unsent, revisable !== false && onOpen)));
  } catch (failure) {
    if (!(failure instanceof Unreachable)) throw failure;
    put(byId("answers-said"), "error.network");
  }
}

function answerElement(answer, unsent, onOpen) {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.disabled = !onOpen;
  const number = document.createElement("b");
  put(number, answer.practice ? "answers.practice" : "answers.number", { n: answer.number });
  button.append(number, ...tags(answer, unsent), excerpt(answer));
  button.addEventListener("click", () => onOpen(answer));
  item.append(button);
  return item;
}

function tags(answer, unsent) {
  const keys = [];
  const words = choiceWords(answer);
  if (words) keys.push(words);
  if (answer.left) keys.push(`answers.${answer.left}`);
  if (answer.revised) keys.push("answers.revised");
  if (unsent.includes(answer.assignment_id)) keys.push("answers.unsent");
  return keys.map((key) => {
    const tag = document.createElement("span");
    tag.className = "tag";
    put(tag, key);
    return tag;
  });
}

function choiceWords(answer) {
  const choice = (answer.answers ?? []).find((one) => one.side === "pair" && say(`c.${one.criterion}.p.${one.value}`)[1] !== ".");
  return choice ? `c.${choice.criterion}.p.${choice.value}` : "";
}

function excerpt(answer) {
  const text = document.createElement("span");
  text.className = "excerpt";
  mark(text, answer.written);
  text.textContent = answer.excerpt ?? "";
  return text;
}

/** Asks before leaving this device; not while answers still wait here. */
export function askToSignOut(unsent) {
  byId("signout-unsent").hidden = !unsent;
  put(byId("signout-unsent"), "signout.unsent", { n: unsent });
  byId("erase").disabled = unsent > 0;
  open("signout");
}

/** A QR code by which this rater goes on elsewhere, made anew each time. */
export async function showCode() {
  try {
    const { qr, error } = await ask({ do: "device", origin: location.origin });
    if (error) throw new Unreachable(error.code);
    byId("device-image").src = `data:image/svg+xml,${encodeURIComponent(qr)}`;
    byId("device-image").alt = say("device.title");
    byId("device-code").hidden = false;
  } catch (failure) {
    if (!(failure instanceof Unreachable)) throw failure;
    alarm(say("error.network"));
  }
}

/** Asks twice before withdrawing: the button waits for the box. */
export function askToWithdraw() {
  const sure = byId("withdraw-sure");
  sure.checked = false;
  byId("withdraw").disabled = true;
  sure.onchange = () => (byId("withdraw").disabled = !sure.checked);
  open("withdrawing");
}

/** Calls `act(name, key)` for keys outside text fields, panels and IME composition; a key held down acts once. */
export function listenToKeys(act, enabled) {
  addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.altKey) return;
    const typing = event.target.closest?.("textarea, input[type=text], input[type=search], select");
    if (event.repeat) return void (wouldActAgain(event, typing, enabled()) && event.preventDefault());
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !isOpen()) return handle("save");
    if (event.ctrlKey || event.metaKey) return;
    if (typing) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (isOpen() || !enabled()) return;
    const name = nameOf(event);
    if (name) handle(name);

    function handle(name) {
      if (act(name, event.key) !== false) event.preventDefault();
    }
  });
}

/** Light, dark, or (`auto`) as the device has it. */
function dressTheme(theme) {
  document.documentElement.dataset.theme = theme;
  root.querySelector(`input[name=theme][value=${theme}]`).checked = true;
}

/** Sets the page as this device last had it, and keeps what is changed; visitors of the demo see translations. */
function listenToPreferences(device, visiting) {
  dressTheme(device.read("theme") ?? "auto");
  byId("keys-on").checked = device.read("keys") ?? true;
  const translations = byId("translations-on");
  if (translations) root.toggleAttribute("data-translations", (translations.checked = device.read("translations") ?? visiting));
  root.addEventListener("change", ({ target }) => {
    if (target.name === "theme") dressTheme(target.value);
    if (target === translations) root.toggleAttribute("data-translations", target.checked);
    const name = target.name === "theme" ? "theme" : { "keys-on": "keys", "translations-on": "translations" }[target.id];
    if (name) device.write(name, name === "theme" ? target.value : target.checked);
  });
}

/** Whether the browser itself acts on a key held down: Enter presses a button, an arrow chooses the next point or scrolls. */
function wouldActAgain({ key, target, ctrlKey, metaKey }, typing, enabled) {
  if (key === "Enter") return !typing || ctrlKey || metaKey;
  if (!key.startsWith("Arrow") || typing) return false;
  return target.matches?.("input[type=radio]") || (enabled && !isOpen() && root.dataset.view === "pair" && key !== "ArrowLeft" && key !== "ArrowRight");
}

const LETTERS = { u: "undo", h: "history", g: "guide", c: "comment" };

function nameOf(event) {
  if (event.key === "Enter") return event.target.closest?.("button, a, summary") ? "" : "save";
  if (event.key === "ArrowUp") return "up";
  if (event.key === "ArrowDown") return "down";
  if (event.key === "?") return "keys";
  if (/^[0-9]$/.test(event.key)) return "digit";
  return LETTERS[event.key.toLowerCase()] ?? "";
}

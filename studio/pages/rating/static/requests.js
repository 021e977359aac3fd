// What is asked of the server at the press of a button: the rater's own answers, and a code for another device.

import { ask, Unreachable } from "./device.js";
import { open } from "./panels.js";
import { alarm, mark, put, say } from "./screen.js";

const byId = (id) => document.getElementById(id);

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

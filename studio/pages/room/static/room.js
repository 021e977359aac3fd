// The room: lobby, talk and end. What this page knows is in `work`; what is on screen follows from it.

import { Device, newId } from "./device.js";
import { act, Messages, names } from "./acts.js";
import { Lines } from "./lines.js";
import { Publish } from "./publish.js";
import { clock, fill, minutesLeft, say } from "./say.js";
import { Wire } from "./wire.js";

const byId = (id) => document.getElementById(id);
const root = byId("room");
const served = JSON.parse(byId("room-state").textContent);
Object.assign(names, { study: served.room.study, rater: served.room.rater, session: served.room.session });
const BEAT_MS = 30000;
const TYPING_MS = 4000;

const work = { room: served.room, offline: false, aside: false, partner: "away", stopUntil: 0 };
const other = work.room.role === "client" ? "counselor" : "client";
const skew = Date.parse(work.room.now) - Date.now(); // the server's clock decides, the device's only counts
const device = new Device(work.room.study, `${work.room.rater}:${work.room.session}`);
const lines = new Lines(byId("lines"), { role: work.room.role, flag, flagged: new Set(work.room.flagged) });
const messages = new Messages(device, { onSent: (line) => heard(line), onRefused: refused, onWaiting: waiting });
const publish = new Publish(insist);
const wire = new Wire(work.room.last, device.prefix, { onLine: heard, onSign: sign, onWay: way });

// --- what comes ------------------------------------------------------------------------------------------------------

const CHANGES = {
  ready: (room, line) => mark(room, line.role, true),
  unready: (room, line) => mark(room, line.role, false),
  begun: (room, line) => Object.assign(room, { state: "live", begun_at: line.at }),
  paused: (room) => Object.assign(room, { paused: true }),
  resumed: (room) => Object.assign(room, { paused: false }),
  ending: (room, line) => Object.assign(room, { ending_by: line.role }),
  going_on: (room) => Object.assign(room, { ending_by: null }),
  stopping: (room, line) => Object.assign(room, { stopping_by: line.role }),
  unstopped: (room) => Object.assign(room, { stopping_by: null }),
  ended: (room, line) => Object.assign(room, { state: "ended", why: line.why }),
};

function mark(room, role, ready) {
  if (role === room.role) room.ready = ready;
  else room.partner_ready = ready;
}

/** A line of the room, from a stream, from reading, or as the receipt of one's own act; each counts once, in order. */
function heard(line) {
  const { room } = work;
  if (line.id <= room.last) return lines.settle(line);
  if (line.id > room.last + 1) return wire.read(); // something lies between: it is read first
  room.last = line.id;
  CHANGES[line.kind]?.(room, line);
  if (line.kind === "stopping") work.stopUntil = Date.parse(line.at) + 10000;
  if (line.kind === "begun") begin();
  if (["said", "aside"].includes(line.kind) && line.role === other) byId("typing").hidden = true;
  lines.add(line, room);
  if (line.kind === "ended") over();
  show();
  return undefined;
}

function sign(name, data) {
  if (name === "presence") work.partner = data.partner;
  if (name === "typing" && data.role === other) {
    byId("typing").hidden = false;
    clearTimeout(work.typing);
    work.typing = setTimeout(() => (byId("typing").hidden = true), 6000);
    lines.follow();
  }
  show();
}

function way(state) {
  work.offline = state === "offline";
  byId("elsewhere").hidden = state !== "elsewhere";
  show();
}

function begin() {
  if (work.notify && document.visibilityState === "hidden") new Notification(say("line.begun"));
  if (root.dataset.view === "lobby") setTimeout(() => byId("text").focus(), 0);
}

async function over() {
  device.drop("notes");
  try {
    const { room } = await look();
    work.room.form = room.form;
    publish.show(room);
  } catch {
    work.room.form = work.room.role === "client" ? "open" : "none"; // the list of sessions knows better
  }
  show();
  byId("after").focus();
}

async function look() {
  const room = await act("look");
  return { room };
}

// --- what is shown ---------------------------------------------------------------------------------------------------

function show() {
  const { room } = work;
  const view = room.state === "live" ? "talk" : room.state === "ended" ? "after" : "lobby";
  root.dataset.view = view;
  for (const name of ["lobby", "talk", "after"]) byId(name).hidden = view !== name;
  byId("stop").hidden = view === "after";
  ({ lobby: showLobby, talk: showTalk, after: showAfter })[view]();
  showBars();
}

function showLobby() {
  const { room } = work;
  byId("mine").textContent = say(room.ready ? "lobby.is_ready" : "lobby.not_ready");
  byId("theirs").textContent = say(room.partner_ready ? "lobby.is_ready" : "lobby.not_ready");
  byId("ready").textContent = say(room.ready ? "lobby.unready" : "lobby.ready");
  byId("ready").classList.toggle("first", !room.ready);
  byId("notify").hidden = !("Notification" in window) || work.notify || Notification.permission === "denied";
  if (room.booked_at) {
    const grace = Date.parse(room.booked_at) + room.grace_minutes * 60000;
    fill("booked", say("lobby.booked", { time: clock(room.booked_at, true) }));
    fill("grace", say("lobby.grace", { time: clock(grace) }));
  }
}

function showTalk() {
  const { room } = work;
  const left = minutesLeft(room, Date.now() + skew);
  byId("left").textContent = left > 2 ? say("time.left", { minutes: left }) : say("time.soon");
  const presence = byId("presence");
  presence.dataset.state = work.partner;
  presence.querySelector("span").textContent = say(`conn.${work.partner}`);
  byId("offline").hidden = !work.offline;
  byId("pause").textContent = say(room.paused ? "resume" : "pause");
  byId("aside").textContent = say(work.aside ? "aside.back" : "aside");
  byId("aside").setAttribute("aria-pressed", String(work.aside));
  byId("label").textContent = say(work.aside ? "write.aside" : `write.${room.role}`);
  byId("composer").dataset.aside = String(work.aside);
  byId("end").disabled = room.ending_by !== null;
}

function showAfter() {
  const { room } = work;
  byId("why").textContent = ["ended", "stopped", "time", "no_show", "withdrawn"].includes(room.why) ? say(`after.${room.why}`) : "";
  byId("form-now").hidden = room.form !== "open";
  byId("nothing").hidden = room.form === "open";
}

function showBars() {
  const { room } = work;
  const going = room.state === "live" && room.stopping_by !== null;
  const mine = room.stopping_by === room.role;
  byId("stopping").hidden = !going;
  byId("unstop").hidden = !mine;
  if (going) {
    const seconds = Math.min(10, Math.max(0, Math.ceil((work.stopUntil - Date.now() - skew) / 1000)));
    byId("stopping").querySelector("p").textContent = mine ? say("stop.going", { seconds }) : say("stop.partner");
  }
  const ending = room.state === "live" && room.ending_by !== null && !going;
  byId("ending").hidden = !ending;
  byId("agree").hidden = room.ending_by === room.role;
  if (ending) byId("ending").querySelector("p").textContent = say(room.ending_by === room.role ? "end.mine" : "end.theirs");
}

/** Says something once at the top: what was refused, and why. */
function alarm(text) {
  byId("alarm").textContent = text;
  byId("alarm").hidden = !text;
}

// --- what is done ----------------------------------------------------------------------------------------------------

/** An act that is tried until the server has answered; what it became is heard like everything else. */
async function insist(does, more = {}, attempt = 0) {
  alarm("");
  try {
    const reply = await act(does, more);
    if (reply.error) return alarm(reply.error.text[document.documentElement.lang] ?? reply.error.text.en);
    if (reply.line) heard(reply.line);
    else if (reply.id > work.room.last) wire.read();
  } catch {
    way("offline");
    setTimeout(() => insist(does, more, attempt + 1), Math.min(10000, 1000 * 2 ** attempt));
  }
  return undefined;
}

function refused(entry, error) {
  lines.refuse(entry.uuid, error.text[document.documentElement.lang] ?? error.text.en);
}

function waiting() {
  work.offline = true;
  show();
}

function flag(number, on) {
  insist("flag", { number, flag: on });
}

function send() {
  const field = byId("text");
  const text = field.value.trim();
  if (!text) return;
  const entry = { uuid: newId(), does: work.aside ? "aside" : "say", text };
  lines.pend(entry, work.room.role);
  field.value = "";
  device.drop("draft");
  messages.add(entry);
  field.focus();
}

/** Enter sends, but for the one that ends a conversion: Safari says 229 there, others `isComposing`. */
function key(event) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  if (matchMedia("(pointer: coarse)").matches) return; // a phone's Enter is its only way to a new line
  event.preventDefault();
  send();
}

function typed() {
  device.write("draft", byId("text").value);
  if (Date.now() - (work.told ?? 0) < TYPING_MS || work.offline) return;
  work.told = Date.now();
  act("typing").catch(() => {});
}

function listen() {
  byId("ready").onclick = () => insist("ready", { ready: !work.room.ready });
  byId("stop").onclick = () => insist("stop");
  byId("unstop").onclick = () => insist("unstop");
  byId("end").onclick = () => insist("end");
  byId("agree").onclick = () => insist("end");
  byId("goon").onclick = () => insist("goon");
  byId("pause").onclick = () => insist("pause", { pause: !work.room.paused });
  byId("aside").onclick = () => {
    work.aside = !work.aside;
    show();
    byId("text").focus();
  };
  byId("notify").onclick = async () => {
    work.notify = (await Notification.requestPermission()) === "granted";
    show();
  };
  byId("composer").onsubmit = (event) => {
    event.preventDefault();
    send();
  };
  byId("text").onkeydown = key;
  byId("text").oninput = typed;
  byId("down").onclick = () => lines.down();
  const help = byId("help");
  if (help) {
    byId("open-help").onclick = () => help.showModal();
    byId("close-help").onclick = () => help.close();
  }
  const notes = byId("notes");
  if (notes) {
    notes.value = device.read("notes") ?? "";
    notes.oninput = () => device.write("notes", notes.value);
  }
}

function start() {
  const { room } = work;
  const ended = room.events.find((line) => line.kind === "ended");
  room.why = ended?.why;
  for (const line of room.events) lines.add(line, room);
  if (room.stopping_seconds !== null) work.stopUntil = Date.now() + skew + room.stopping_seconds * 1000;
  for (const entry of messages.pending()) lines.pend(entry, room.role);
  byId("text").value = device.read("draft") ?? "";
  listen();
  show();
  lines.down();
  if (room.state === "ended") return publish.show(room);
  wire.open();
  messages.send();
  setInterval(show, 1000);
  act("beat").catch(() => {});
  setInterval(() => work.room.state !== "ended" && act("beat").catch(() => {}), BEAT_MS);
  return undefined;
}

start();

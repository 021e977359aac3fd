// What was said, as it stands on screen: lines of the room, and one's own messages that wait to be sent.

import { clock, say } from "./say.js";

const TOLD = ["begun", "paused", "resumed", "stepped_in"]; // said by the page itself, in the middle
const served = JSON.parse(document.getElementById("room-state").textContent);

export class Lines {
  constructor(list, { role, flag, flagged }) {
    Object.assign(this, { list, role, flag, flagged });
    this.scroll = document.getElementById("scroll");
    this.stuck = true; // to the end, as long as the reader has not gone up
    this.scroll.addEventListener("scroll", () => (this.stuck = this.#atEnd()));
    new ResizeObserver(() => this.stuck && this.down()).observe(this.scroll); // a keyboard or a bar takes room
    this.scroll.addEventListener("scroll", () => this.#atEnd() && (document.getElementById("down").hidden = true));
  }

  /** A line of the room; one's own message that waited becomes it. */
  add(line) {
    if (TOLD.includes(line.kind)) this.#put(this.#told(say(`line.${line.kind}`)), false);
    else if (line.kind === "crisis") this.#put(this.#crisis(), true);
    else if (line.kind === "said" || line.kind === "aside") this.#message(line);
  }

  #message(line) {
    const waiting = line.uuid && this.list.querySelector(`[data-uuid="${line.uuid}"]`);
    const item = this.#bubble(line.kind, line.role, line.text ?? say("erased"), line.role === this.role ? "sent" : "");
    item.querySelector(".meta").append(clock(line.at));
    if (this.role === "client" && line.role === "counselor") item.append(this.#flag(line.id));
    waiting?.remove();
    this.#put(item, line.role !== this.role);
  }

  /** A receipt for what is on screen already. */
  settle(line) {
    if (line.uuid) this.list.querySelector(`.waiting[data-uuid="${line.uuid}"]`)?.remove();
  }

  /** One's own message before it is acknowledged. */
  pend(entry, role) {
    const item = this.#bubble(entry.does === "aside" ? "aside" : "said", role, entry.text, "sending");
    item.classList.add("waiting");
    item.dataset.uuid = entry.uuid;
    this.#put(item, false);
    this.down();
  }

  /** What the server will not take, with the reason; the text stays to be copied. */
  refuse(uuid, why) {
    const item = this.list.querySelector(`[data-uuid="${uuid}"]`);
    if (!item) return;
    item.classList.add("refused");
    item.querySelector(".meta").textContent = say("unsent", { why });
  }

  #bubble(kind, role, text, state) {
    const item = document.createElement("li");
    item.className = `${kind} ${role === this.role ? "mine" : "theirs"}`;
    const body = document.createElement("p");
    body.className = "text";
    body.dir = "auto";
    body.textContent = text;
    const meta = document.createElement("p");
    meta.className = "meta";
    const who = role === this.role ? say("you") : say(`side.${role}`);
    const parts = [kind === "aside" ? say("aside.note") : "", who, state ? say(state) : ""].filter(Boolean);
    meta.textContent = `${parts.join(" · ")} `;
    item.append(body, meta);
    return item;
  }

  #flag(number) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "flag";
    const draw = () => {
      const on = this.flagged.has(number);
      button.setAttribute("aria-pressed", String(on));
      button.textContent = say(on ? "flagged" : "flag");
    };
    button.onclick = () => {
      const on = !this.flagged.has(number);
      this.flagged[on ? "add" : "delete"](number);
      draw();
      this.flag(number, on);
    };
    draw();
    return button;
  }

  #told(text) {
    const item = document.createElement("li");
    item.className = "told";
    item.textContent = text;
    return item;
  }

  #crisis() {
    const item = document.createElement("li");
    item.className = "crisis card";
    const { message } = served.room.crisis;
    item.textContent = message[document.documentElement.lang] ?? Object.values(message)[0];
    return item;
  }

  /** At its place: what waits stays below what is there. */
  #put(item, announces) {
    const atEnd = this.#atEnd();
    const first = item.classList.contains("waiting") ? null : this.list.querySelector(".waiting");
    this.list.insertBefore(item, first);
    if (atEnd) this.down();
    else if (announces) document.getElementById("down").hidden = false;
  }

  #atEnd() {
    return this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < 80;
  }

  /** Stays at the end where it is there. */
  follow() {
    if (this.#atEnd()) this.down();
  }

  down() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
    document.getElementById("down").hidden = true;
  }
}

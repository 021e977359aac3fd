// After the end: whether what was said may be published, and what of it may not. The partner is told nothing of either.

import { say } from "./say.js";

const byId = (id) => document.getElementById(id);

export class Publish {
  /** `insist` asks the server until it has answered. */
  constructor(insist) {
    this.insist = insist;
    byId("publish-yes").onclick = () => this.#answer(true);
    byId("publish-no").onclick = () => this.#answer(false);
  }

  /** Shows the question about a room as the server tells it; nothing where no word is left to publish. */
  show(room) {
    this.agreed = room.agreed;
    this.struck = new Set(room.struck);
    const said = room.events.filter((line) => line.kind === "said" && line.text);
    byId("publish").hidden = said.length === 0;
    byId("said").replaceChildren(...said.map((line) => this.#line(line)));
    this.#draw();
  }

  #answer(agree) {
    this.agreed = agree;
    this.#draw();
    this.insist("agree", { agree });
  }

  #draw() {
    byId("publish-yes").setAttribute("aria-pressed", String(this.agreed === true));
    byId("publish-no").setAttribute("aria-pressed", String(this.agreed === false));
  }

  #line(line) {
    const item = document.createElement("li");
    const text = document.createElement("p");
    text.dir = "auto";
    text.textContent = line.text;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "flag";
    const draw = () => {
      const on = this.struck.has(line.id);
      item.className = on ? "struck" : "";
      button.setAttribute("aria-pressed", String(on));
      button.textContent = say(on ? "publish.struck" : "publish.strike");
    };
    button.onclick = () => {
      const strike = !this.struck.has(line.id);
      this.struck[strike ? "add" : "delete"](line.id);
      draw();
      this.insist("strike", { number: line.id, strike });
    };
    draw();
    item.append(text, button);
    return item;
  }
}

// What happens in the room, as it comes: one event stream a browser, and plain reading where no stream gets through.

import { names } from "./acts.js";

const SILENT_MS = 40000; // the server beats every 15 seconds
const READ_MS = 3000;
const AGAIN_MS = [500, 1000, 2000, 5000, 10000];

export class Wire {
  /**
   * @param last the last line that the page has.
   * @param prefix of this browser's locks and channel for the room.
   */
  constructor(last, prefix, { onLine, onSign, onWay }) {
    Object.assign(this, { last, prefix, onLine, onSign, onWay, attempt: 0, heardAt: Date.now() });
  }

  /** Begins to listen; where another tab of this browser listens already, follows that one. */
  open() {
    this.channel = this.#channel();
    setInterval(() => this.#watch(), 5000);
    addEventListener("online", () => this.#reopen());
    addEventListener("pageshow", (event) => event.persisted && this.#reopen());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.read());
    if (!navigator.locks) return this.#stream();
    // one stream a browser: six tabs with a stream each would leave no connection for "stop now" on HTTP/1.1
    const waits = setTimeout(() => this.onWay("elsewhere"), 1000);
    navigator.locks
      .request(`${this.prefix}stream`, () => {
        clearTimeout(waits);
        this.onWay("stream");
        this.#stream();
        return new Promise(() => {}); // held until this tab is closed
      })
      .catch(() => this.#stream()); // locks are denied where storage is
    return undefined;
  }

  #channel() {
    try {
      const channel = new BroadcastChannel(`${this.prefix}stream`);
      channel.onmessage = ({ data }) => this.#take(data, false);
      return channel;
    } catch {
      return null;
    }
  }

  #address(what) {
    return `/api/room/${what}?${new URLSearchParams({ ...names, after: this.last })}`;
  }

  #stream() {
    this.mine = true;
    this.source?.close();
    this.source = new EventSource(this.#address("stream"));
    this.source.onmessage = (event) => this.#take({ line: JSON.parse(event.data) });
    for (const name of ["presence", "typing", "beat"]) {
      this.source.addEventListener(name, (event) => this.#take({ sign: name, data: JSON.parse(event.data) }));
    }
    this.source.onopen = () => this.#alive();
    this.source.onerror = () => {
      if (this.source.readyState === EventSource.CLOSED) this.#later(); // after 401 or 502 it gives up for good
      else this.onWay("offline");
    };
  }

  /** Something came: the way is there. */
  #alive() {
    this.heardAt = Date.now();
    this.attempt = 0;
    this.onWay("stream");
  }

  #take(told, pass = true) {
    this.#alive();
    if (pass) this.channel?.postMessage(told);
    if (told.sign) this.onSign(told.sign, told.data);
    else this.#line(told.line);
  }

  #line(line) {
    if (line.id <= this.last) return;
    if (line.id > this.last + 1) {
      this.read();
      return;
    }
    this.last = line.id;
    this.onLine(line);
  }

  #later() {
    this.onWay("offline");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#reopen(), AGAIN_MS[Math.min(this.attempt, AGAIN_MS.length - 1)]);
    this.attempt += 1;
  }

  #reopen() {
    if (this.ended) return;
    if (this.mine) this.#stream();
    this.read();
  }

  /** Where nothing came for long, not even a beat, a proxy may hold the stream back: read, and try the stream anew. */
  #watch() {
    if (this.ended || Date.now() - this.heardAt < SILENT_MS) return;
    if (this.mine && Date.now() - (this.triedAt ?? 0) > SILENT_MS) {
      this.triedAt = Date.now();
      this.#stream();
    }
    this.#poll();
  }

  async #poll() {
    if (this.polling) return;
    this.polling = true;
    while (!this.ended && Date.now() - this.heardAt >= SILENT_MS) {
      await this.read();
      await new Promise((done) => setTimeout(done, READ_MS));
    }
    this.polling = false;
  }

  /** Reads the lines that are missing, to the last page of them; one reading at a time. */
  async read() {
    if (this.reading || this.ended) return;
    this.reading = true;
    try {
      for (let more = true; more; ) {
        const answer = await fetch(this.#address("events"));
        if (!answer.ok) throw new Error(`status ${answer.status}`);
        const page = await answer.json();
        if (!page.events) break;
        for (const line of page.events) {
          if (line.id !== this.last + 1) continue;
          this.last = line.id;
          this.channel?.postMessage({ line });
          this.onLine(line);
        }
        more = page.more;
      }
      this.onWay("stream");
    } catch {
      this.onWay("offline");
    } finally {
      this.reading = false;
    }
  }

  /** The session is over: nothing comes any more. */
  end() {
    this.ended = true;
    this.source?.close();
  }
}

// What this device holds for one rater of one study (drafts, unsent answers, preferences), and the way to the server.

/** The server could not be reached, or did not answer as it should; what was sent may or may not have arrived. */
export class Unreachable extends Error {}

/** Whom this page was served for, named in every request: `study` and `rater`, or `visit` in the public demo. */
export const speaker = {};

const session = Math.random().toString(36).slice(2);

/**
 * One request to the service through the component's server function; the same POST before and after Gradio is up.
 * The window hears `other-rater` where this browser is another person's now.
 */
export async function ask(request, timeout = 15000) {
  const config = window.gradio_config;
  const component = config.components.find((one) => one.props.elem_id === "rating");
  const body = JSON.stringify({ data: { ...request, ...speaker }, component_id: component.id, session_hash: session, fn_name: "call" });
  const text = await post(`${config.api_prefix}/component_server`, body, timeout);
  try {
    const reply = JSON.parse(text);
    if (reply.error?.code === "other_rater") dispatchEvent(new CustomEvent("other-rater", { detail: reply.error }));
    return reply;
  } catch (failure) {
    throw new Unreachable(String(failure)); // another server's page on the way here, or half an answer
  }
}

/** The answer's text. What goes wrong in here is the network or the server: whatever else does is a fault of the program. */
async function post(address, body, timeout) {
  const giveUp = new AbortController(); // AbortSignal.timeout came with Safari 16
  const timer = setTimeout(() => giveUp.abort(), timeout);
  try {
    const answer = await fetch(address, { method: "POST", headers: { "content-type": "application/json" }, body, signal: giveUp.signal });
    if (!answer.ok) throw new Unreachable(`status ${answer.status}`);
    return await answer.text();
  } catch (failure) {
    throw failure instanceof Unreachable ? failure : new Unreachable(String(failure));
  } finally {
    clearTimeout(timer);
  }
}

/** A Map with localStorage behind it where the browser allows that; every key begins with the study and the rater. */
export class Device {
  constructor(study, rater) {
    this.prefix = `studio:${study}:${rater}:`;
    this.memory = new Map();
    this.keeps = this.#tries(() => localStorage.setItem(`${this.prefix}probe`, "1"));
    this.#tries(() => localStorage.removeItem(`${this.prefix}probe`));
  }

  #tries(action) {
    try {
      action();
      return true;
    } catch {
      return false; // storage is full, switched off or not there: memory serves while the page is open
    }
  }

  read(name) {
    if (this.memory.has(name)) return structuredClone(this.memory.get(name));
    let text = null;
    this.#tries(() => (text = localStorage.getItem(this.prefix + name)));
    try {
      return text === null ? null : JSON.parse(text);
    } catch {
      return null;
    }
  }

  write(name, value) {
    const kept = this.#tries(() => localStorage.setItem(this.prefix + name, JSON.stringify(value)));
    if (kept) this.memory.delete(name);
    else this.memory.set(name, structuredClone(value));
    return kept;
  }

  drop(name) {
    this.memory.delete(name);
    this.#tries(() => localStorage.removeItem(this.prefix + name));
  }

  names(start) {
    const found = new Set([...this.memory.keys()].filter((name) => name.startsWith(start)));
    this.#tries(() => {
      for (let place = 0; place < localStorage.length; place += 1) {
        const key = localStorage.key(place);
        if (key.startsWith(this.prefix + start)) found.add(key.slice(this.prefix.length));
      }
    });
    return [...found];
  }

  /** Everything this rater left here; unsent answers too, so ask `pending` first. */
  erase() {
    for (const name of this.names("")) this.drop(name);
  }
}

const KEPT = ["signed_out", "other_rater", "consent_needed"]; // refusals after which the same form may still be saved
const WAITS = [1000, 2000, 5000, 10000, 30000];

/**
 * Answers on their way. Each is written to the device before anything else happens, sent in order with the submission
 * id it was given when made, and dropped only when the server has acknowledged or refused it.
 */
export class Outbox {
  constructor(device, { held, onSaved, onRefused, onWaiting }) {
    Object.assign(this, { device, held, onSaved, onRefused, onWaiting });
    this.sending = null;
    this.attempt = 0;
    this.timer = 0;
    addEventListener("online", () => this.send());
    addEventListener("pageshow", () => this.send());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.send());
  }

  /** Unsent entries, oldest first: {order, submission, and what `add` was told}. */
  pending() {
    const entries = this.device.names("out:").map((name) => this.device.read(name));
    return entries.filter(Boolean).sort((one, other) => one.order - other.order);
  }

  add(submission, about) {
    // Counted, not timed: a device's clock may be set back between an answer and its revision.
    this.order = Math.max(this.order ?? 0, ...this.pending().map((entry) => entry.order)) + 1;
    this.device.write(`out:${submission.submission_id}`, { order: this.order, made_at: Date.now(), ...about, submission });
    return this.send();
  }

  /** Takes back what was not sent yet; false where it is gone or under way. */
  take(submissionId) {
    if (this.sending === submissionId || !this.device.read(`out:${submissionId}`)) return false;
    this.device.drop(`out:${submissionId}`);
    return true;
  }

  /** Sends nothing any more while this page is open; what waits stays on the device. */
  stop() {
    this.stopped = true;
  }

  async send() {
    clearTimeout(this.timer);
    if (this.running || this.stopped) return;
    this.running = true;
    try {
      await this.#alone(() => this.#sendAll());
    } finally {
      this.running = false;
    }
  }

  /** One tab at a time where the browser can arrange it and allows it; sending twice would do no harm. */
  async #alone(work) {
    let begun = false;
    const begin = () => {
      begun = true;
      return work();
    };
    try {
      await (navigator.locks ? navigator.locks.request(`${this.device.prefix}outbox`, begin) : begin());
    } catch (failure) {
      if (begun) throw failure;
      await work(); // locks are denied where storage is
    }
  }

  async #sendAll() {
    for (let next = this.pending()[0]; next; next = this.pending()[0]) {
      this.sending = next.submission.submission_id;
      try {
        await this.#sendOne(next);
        this.attempt = 0;
      } catch (failure) {
        this.#later();
        if (!(failure instanceof Unreachable)) throw failure;
        this.onWaiting(this.pending().length);
        return;
      } finally {
        this.sending = null;
      }
    }
  }

  async #sendOne(entry) {
    const waited_seconds = Math.max(0, Math.round((Date.now() - entry.made_at) / 100) / 10);
    const reply = await ask({ do: "submit", submission: entry.submission, held: this.held(), waited_seconds });
    if (reply.saved) {
      this.device.drop(`out:${entry.submission.submission_id}`);
      this.onSaved(entry, reply);
      return;
    }
    const code = reply.error?.code;
    if (code === "busy") throw new Unreachable(code);
    const kept = KEPT.includes(code);
    if (!kept) this.device.drop(`out:${entry.submission.submission_id}`);
    this.onRefused(entry, reply.error);
    if (kept) throw new Unreachable(code);
  }

  #later() {
    this.timer = setTimeout(() => this.send(), WAITS[Math.min(this.attempt, WAITS.length - 1)]);
    this.attempt += 1;
  }
}

/** A random id for a submission, made here so that sending it again is harmless. */
export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = [...crypto.getRandomValues(new Uint8Array(16))]; // pages served without https have no randomUUID
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

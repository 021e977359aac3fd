// The way to the server: one POST for every act, and messages that wait on the device until they are acknowledged.

import { Unreachable } from "./device.js";

/** Whom and which room this page was served for, named in every request. */
export const names = {};

const WAITS = [1000, 2000, 4000, 8000, 15000];
const KEPT = ["busy", "signed_out", "other_rater", "consent_needed"]; // refusals after which it may still be sent

/** The server's reply; Unreachable where there was none. */
export async function act(does, more = {}, timeout = 15000) {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), timeout);
  try {
    const answer = await fetch("/api/room", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...names, ...more, do: does }),
      signal: giveUp.signal,
    });
    if (!answer.ok) throw new Unreachable(`status ${answer.status}`);
    return await answer.json();
  } catch (failure) {
    throw failure instanceof Unreachable ? failure : new Unreachable(String(failure));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Messages on their way. Each is written to the device before anything else happens, sent in order under the uuid it
 * was given when it was written, and dropped only when the server has acknowledged or refused it.
 */
export class Messages {
  constructor(device, { onSent, onRefused, onWaiting }) {
    Object.assign(this, { device, onSent, onRefused, onWaiting, attempt: 0 });
    addEventListener("online", () => this.send());
    addEventListener("pageshow", () => this.send());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.send());
  }

  /** What is not acknowledged yet, oldest first. */
  pending() {
    const entries = this.device.names("message:").map((name) => this.device.read(name));
    return entries.filter(Boolean).sort((one, next) => one.order - next.order);
  }

  add(entry) {
    const order = Math.max(0, ...this.pending().map((one) => one.order)) + 1;
    this.device.write(`message:${entry.uuid}`, { ...entry, order });
    return this.send();
  }

  async send() {
    clearTimeout(this.timer);
    if (this.running) return;
    this.running = true;
    try {
      for (let next = this.pending()[0]; next; next = this.pending()[0]) await this.#one(next);
      this.attempt = 0;
    } catch (failure) {
      this.timer = setTimeout(() => this.send(), WAITS[Math.min(this.attempt, WAITS.length - 1)]);
      this.attempt += 1;
      if (!(failure instanceof Unreachable)) throw failure;
      this.onWaiting();
    } finally {
      this.running = false;
    }
  }

  async #one(entry) {
    const reply = await act(entry.does, { uuid: entry.uuid, text: entry.text });
    if (reply.error && KEPT.includes(reply.error.code)) throw new Unreachable(reply.error.code);
    this.device.drop(`message:${entry.uuid}`);
    if (reply.error) this.onRefused(entry, reply.error);
    else this.onSent(reply.line);
  }
}

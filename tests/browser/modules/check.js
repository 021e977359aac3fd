// What the module tests stand on: `test` names one, `run` runs one; expectations throw with both values.

const tests = new Map();

export const test = (name, body) => tests.set(name, body);

/** Runs one test; its failure is thrown. */
export async function run(name) {
  await tests.get(name)();
}

export function equal(actual, expected, about = "") {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (left !== right) throw new Error(`${about} found ${left}, expected ${right}`);
}

export function ok(value, about) {
  if (!value) throw new Error(about);
}

/** The error that `action` throws or rejects with. */
export async function failure(action) {
  try {
    await action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

export const byId = (id) => document.getElementById(id);
export const one = (selector) => document.querySelector(selector);
export const all = (selector) => [...document.querySelectorAll(selector)];

/** Until `condition` holds, at most a second. */
export async function until(condition) {
  for (let tries = 0; tries < 100; tries += 1) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`not within a second: ${condition}`);
}

/** The page's state as served. */
export const state = () => JSON.parse(byId("studio-state").textContent).state;

/** The words of the page as served, by language. */
export const words = () => JSON.parse(byId("studio-state").textContent).words;

/** The words of the served page, as the entry module teaches them. */
export async function learnWords(language = "en") {
  const { learn, turn } = await import("/static/screen.js");
  const served = JSON.parse(byId("studio-state").textContent);
  learn(served.words, language, served.directions);
  turn(byId("studio"), language);
}

/** A server that answers each request with the next of `replies`: JSON, a status, or an Error that fetch throws. */
export function server(...replies) {
  const requests = [];
  window.gradio_config = { api_prefix: "/gradio_api", components: [{ id: 7, props: { elem_id: "rating" } }] };
  window.fetch = async (address, options) => {
    requests.push({ address, ...JSON.parse(options.body) });
    const reply = replies.length > 1 ? replies.shift() : replies[0];
    if (reply instanceof Error) throw reply;
    if (typeof reply === "number") return new Response("", { status: reply });
    return new Response(typeof reply === "string" ? reply : JSON.stringify(reply), { status: 200 });
  };
  return requests;
}

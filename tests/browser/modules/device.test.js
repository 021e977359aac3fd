// What the device keeps and how answers reach the server, once each, in order, whatever the network does.

import { equal, failure, ok, server, test, until } from "./check.js";
import { ask, Device, newId, Outbox, Unreachable } from "/static/device.js";

const SAVED = { saved: true, state: {} };

function outbox(device = new Device("kotoba", "R001")) {
  const log = [];
  const box = new Outbox(device, {
    held: () => ["a9"],
    onSaved: (entry) => log.push(`saved ${entry.submission.submission_id}`),
    onRefused: (entry, error) => log.push(`refused ${entry.submission.submission_id} ${error.code}`),
    onWaiting: (count) => log.push(`waiting ${count}`),
  });
  return { box, log, device };
}

const form = (id) => ({ submission_id: id, assignment_id: `a-${id}` });

test("what is written is read again by the next page, for this study and rater alone", () => {
  const device = new Device("kotoba", "R001");
  ok(device.write("draft:a1", { comment: "よい" }), "the browser keeps it");
  equal(new Device("kotoba", "R001").read("draft:a1"), { comment: "よい" });
  equal(new Device("kotoba", "R002").read("draft:a1"), null);
  equal(new Device("other", "R001").read("draft:a1"), null);
});

test("names lists what is there; drop and erase take away this rater's alone", () => {
  const device = new Device("kotoba", "R001");
  const other = new Device("kotoba", "R002");
  for (const name of ["out:1", "out:2", "draft:a1"]) device.write(name, 1);
  other.write("out:3", 1);
  equal(device.names("out:").sort(), ["out:1", "out:2"]);
  device.drop("out:1");
  equal(device.names("out:"), ["out:2"]);
  device.erase();
  equal(device.names(""), []);
  equal(other.names(""), ["out:3"]);
});

test("without storage memory serves, and what it gives is a copy", () => {
  Storage.prototype.setItem = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  const device = new Device("kotoba", "R001");
  equal(device.write("draft:a1", { order: ["x"] }), false, "kept");
  device.read("draft:a1").order.push("y");
  equal(device.read("draft:a1"), { order: ["x"] });
  equal(device.names("draft:"), ["draft:a1"]);
});

test("a browser in which asking for storage is an error still works", () => {
  Object.defineProperty(window, "localStorage", {
    get: () => {
      throw new DOMException("denied", "SecurityError");
    },
  });
  const device = new Device("kotoba", "R001");
  equal(device.write("out:1", { order: 1 }), false, "kept");
  equal(device.read("out:1"), { order: 1 });
  device.drop("out:1");
  equal(device.names(""), []);
});

test("a broken entry reads as nothing", () => {
  localStorage.setItem("studio:kotoba:R001:draft:a1", "{broken");
  equal(new Device("kotoba", "R001").read("draft:a1"), null);
});

test("a request goes to the component's server function", async () => {
  const requests = server({ answers: [] });
  equal(await ask({ do: "answers" }), { answers: [] });
  const { address, component_id: component, fn_name: name, data } = requests[0];
  equal([address, component, name, data.do], ["/gradio_api/component_server", 7, "call", "answers"]);
});

test("no answer, an error status and half an answer are all unreachable", async () => {
  for (const reply of [new TypeError("Failed to fetch"), 502, "<html>a proxy's page</html>"]) {
    server(reply);
    ok((await failure(() => ask({ do: "state" }))) instanceof Unreachable, `${reply} is no program fault`);
  }
});

test("an answer that does not come is given up", async () => {
  server({});
  window.fetch = (_, { signal }) =>
    new Promise((_, refuse) => signal.addEventListener("abort", () => refuse(new DOMException("aborted", "AbortError"))));
  ok((await failure(() => ask({ do: "state" }, 20))) instanceof Unreachable, "unreachable");
});

test("a fault of the program is no missing network", async () => {
  server({});
  const circle = {};
  circle.self = circle;
  ok((await failure(() => ask(circle))) instanceof TypeError, "what cannot be sent");
  window.gradio_config = { api_prefix: "", components: [] };
  ok(!((await failure(() => ask({ do: "state" }))) instanceof Unreachable), "a page without its component");
});

test("works in a browser without AbortSignal.timeout", async () => {
  delete AbortSignal.timeout;
  server({ answers: [] });
  equal(await ask({ do: "answers" }), { answers: [] });
});

test("answers are sent oldest first, each with its own id, and leave the device when acknowledged", async () => {
  const requests = server(SAVED);
  const { box, log, device } = outbox();
  await box.add(form("s1"), { counts: true });
  await box.add(form("s2"), { counts: true });
  equal(log, ["saved s1", "saved s2"]);
  equal(requests.map(({ data }) => data.submission.submission_id), ["s1", "s2"]);
  equal(requests[0].data.held, ["a9"]);
  equal(device.names("out:"), []);
});

test("what could not be sent stays on the device in order, and is sent once by the next page", async () => {
  server(new TypeError("Failed to fetch"));
  const { box, log, device } = outbox();
  await box.add(form("z-first"), { counts: true });
  await box.add(form("a-second"), { counts: true });
  equal(log, ["waiting 1", "waiting 2"]);
  equal(device.names("out:").length, 2);
  clearTimeout(box.timer);
  const requests = server(SAVED);
  const next = outbox();
  equal(next.box.pending().map((entry) => entry.submission.submission_id), ["z-first", "a-second"]);
  await next.box.send();
  equal(requests.map(({ data }) => data.submission.submission_id), ["z-first", "a-second"]);
  equal(next.box.pending(), []);
});

test("order is counted over pages, not taken from the clock", async () => {
  server(new TypeError("Failed to fetch"));
  const before = outbox();
  await before.box.add(form("s1"), {});
  Date.now = () => 0;
  const after = outbox();
  await after.box.add(form("s0"), {});
  equal(after.box.pending().map((entry) => entry.submission.submission_id), ["s1", "s0"]);
});

test("a refusal takes the answer from the device and says why", async () => {
  server({ saved: false, error: { code: "invalid" } });
  const { box, log, device } = outbox();
  await box.add(form("s1"), {});
  equal(log, ["refused s1 invalid"]);
  equal(device.names("out:"), []);
});

test("an answer refused for want of a session or consent stays on the device", async () => {
  for (const code of ["signed_out", "consent_needed"]) {
    server({ saved: false, error: { code } });
    const { box, log, device } = outbox(new Device("kotoba", code));
    await box.add(form("s1"), {});
    clearTimeout(box.timer);
    equal(log, [`refused s1 ${code}`, "waiting 1"]);
    equal(device.names("out:"), ["out:s1"]);
  }
});

test("a busy server is asked again", async () => {
  const requests = server({ saved: false, error: { code: "busy" } }, SAVED);
  const { box, log } = outbox();
  await box.add(form("s1"), {});
  equal(log, ["waiting 1"]);
  await box.send();
  equal(log, ["waiting 1", "saved s1"]);
  equal(requests.length, 2);
});

test("two sendings at once send an answer once", async () => {
  const requests = server(SAVED);
  const { box } = outbox();
  await Promise.all([box.add(form("s1"), {}), box.send(), box.send()]);
  await until(() => !box.pending().length);
  equal(requests.length, 1);
});

test("an answer under way cannot be taken back, one that waits can", async () => {
  server(new TypeError("Failed to fetch"));
  const { box, device } = outbox();
  await box.add(form("s1"), {});
  clearTimeout(box.timer);
  let answer;
  window.fetch = () => new Promise((resolve) => (answer = () => resolve(new Response(JSON.stringify(SAVED)))));
  const sending = box.send();
  await until(() => answer);
  equal(box.take("s1"), false, "under way");
  answer();
  await sending;
  equal(box.take("s1"), false, "gone");
  device.write("out:s2", { order: 3, submission: form("s2") });
  equal(box.take("s2"), true, "waiting");
  equal(device.names("out:"), []);
});

test("ids are random, also without crypto.randomUUID", () => {
  ok(!crypto.randomUUID, "this address is no secure context");
  const ids = new Set(Array.from({ length: 50 }, newId));
  equal(ids.size, 50);
  ok([...ids].every((id) => /^[0-9a-f]{32}$/.test(id)), [...ids][0]);
});

// The desk: goes from page to page without loading anew, sends forms, keeps live pages current, and does small things in
// the browser alone (search, sorting, copying, local time, themes). Every page is whole as it is served.

const root = () => document.getElementById("desk-root");
const page = () => document.getElementById("page");
const session = Math.random().toString(36).slice(2);

/** Gradio's component takes the page in; where it stands already, nothing moves. */
export function adopt() {}

// --- asking ------------------------------------------------------------------------------------------------------

async function ask(request) {
  const component = window.gradio_config.components.find((one) => one.props.elem_id === "desk");
  const data = { path: location.pathname, query: location.search, language: root().lang, ...request };
  const body = JSON.stringify({ data, component_id: component.id, session_hash: session, fn_name: "call" });
  const answer = await fetch("/admin/gradio_api/component_server", { method: "POST", headers: { "content-type": "application/json" }, body });
  if (answer.status === 401) return location.reload(); // signed out: the page leads to the sign-in and back
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

/** What `work` returns; where the studio cannot be reached that is said, and undefined is returned. */
async function reaching(work) {
  const failed = document.getElementById("failed");
  try {
    const found = await work();
    failed.hidden = true;
    return found;
  } catch (failure) {
    if (failure instanceof TypeError && !/fetch|network|load/i.test(failure.message)) throw failure;
    failed.hidden = false;
    return undefined;
  }
}

// --- pages -------------------------------------------------------------------------------------------------------

/** Goes to an address of the desk; what was typed in a form that is kept goes along first. */
async function go(address, push = true) {
  await keep();
  const url = new URL(address, location.href);
  const shown = await reaching(() => ask({ path: url.pathname, query: url.search }));
  if (!shown?.html) return void (shown && location.assign(address));
  if (push) history.pushState(null, "", address);
  replace(shown);
  scrollTo(0, 0);
  page().focus({ preventScroll: true });
  return undefined;
}

function replace(shown) {
  const made = document.createElement("template");
  made.innerHTML = shown.html;
  root().replaceWith(made.content);
  document.title = shown.title;
  dress();
}

/** The same page anew, without touching what somebody is doing on it. */
async function refresh() {
  const live = document.querySelector("[data-live]");
  if (!live || document.hidden || document.querySelector("dialog[open]") || live.contains(document.activeElement)) return;
  const shown = await ask({}).catch(() => null);
  if (!shown?.html || !live.isConnected) return;
  const made = document.createElement("template");
  made.innerHTML = shown.html;
  const next = made.content.querySelector("[data-live]");
  if (!next || next.innerHTML === live.dataset.html) return;
  const { scrollX, scrollY } = window;
  live.innerHTML = next.innerHTML;
  live.dataset.html = next.innerHTML;
  dress();
  scrollTo(scrollX, scrollY);
}

/** A page whose figures were still being computed, as soon as they are there. */
async function arrive() {
  const at = location.href;
  const waits = () => document.querySelector("[data-waits]");
  if (!waits() || document.hidden || document.querySelector("dialog[open]")) return;
  const shown = await ask({}).catch(() => null);
  if (shown?.html && at === location.href && waits() && !shown.html.includes("data-waits")) replace(shown);
}

// --- forms -------------------------------------------------------------------------------------------------------

/** The fields of a form, by name; each name with all its values. */
export function fields(form) {
  const given = {};
  for (const [name, value] of new FormData(form)) if (typeof value === "string") (given[name] ??= []).push(value);
  for (const box of ticked(form.querySelector("[data-names]")?.dataset.names)) (given[box.name] ??= []).push(box.value);
  return given;
}

async function send(form, button) {
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  const given = fields(form);
  if (button?.name) (given[button.name] ??= []).push(button.value);
  await redoing;
  const answer = await reaching(() => ask({ do: form.dataset.do, given }));
  delete form.dataset.busy;
  if (answer) await settle(form, answer);
}

/** Sends files, with whatever else the form holds, to the address that takes them. */
async function upload(form) {
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  const body = new FormData(form);
  body.set("lang", root().lang);
  const answer = await reaching(async () => {
    const sent = await fetch(form.dataset.upload, { method: "POST", body });
    if (sent.status === 413) return { told: form.dataset.tooLarge ?? "413", kind: "warn" };
    if (!sent.ok) throw new Error(`status ${sent.status}`);
    return sent.json();
  });
  delete form.dataset.busy;
  for (const field of form.elements) if (field.type === "file") field.value = "";
  if (answer?.go) kept = standing(); // what was said of other files is not said of these
  if (answer) await settle(form, answer);
}

let kept = "";

/** What stands in the form of a step; "" on a page without one. */
function standing() {
  const form = document.querySelector("form[data-keep]");
  return form ? JSON.stringify(fields(form)) : "";
}

/** Keeps what stands in the form of a step, where that is not what was kept last. */
async function keep() {
  const form = document.querySelector("form[data-keep]");
  if (!form || form.dataset.busy) return;
  const given = fields(form);
  const now = JSON.stringify(given);
  if (now === kept) return;
  const answer = await reaching(() => ask({ do: "keep", given }));
  if (!answer || answer.kind === "warn") return;
  kept = now;
  form.querySelector(".saved")?.classList.add("now");
}

let redoing = Promise.resolve();

/** What follows from a field that was changed: the parts of the page marked so are made anew; nobody's place is lost. */
async function redo(form) {
  if (form.dataset.busy) return;
  const answer = await ask({ do: "next", given: fields(form) }).catch(() => null);
  if (!answer?.html || !form.isConnected) return;
  const made = document.createElement("template");
  made.innerHTML = answer.html;
  for (const told of form.querySelectorAll(".wrong")) told.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) for (const name of ["aria-invalid", "aria-describedby"]) field.removeAttribute(name);
  for (const fresh of made.content.querySelectorAll("[data-fresh]")) {
    const place = document.getElementById(fresh.id);
    if (place && !place.contains(document.activeElement)) place.replaceChildren(...fresh.childNodes);
  }
  dress();
}

async function settle(form, { told, kind, shown, go: to, html, title }) {
  if (told && kind === "warn" && !html) warn(form, told);
  else if (told && kind !== "warn") tell(told);
  if (shown && !html) put(form.querySelector(".outcome") ?? form, shown);
  if (to) return go(to);
  if (html) {
    form.closest("dialog")?.close();
    replace({ html, title });
    if (told && kind === "warn") return wrong(told);
    if (told) tell(told);
    page().focus({ preventScroll: true });
    if (shown) put(document.getElementById("outcome"), shown);
  }
  return undefined;
}

/** What came of an act, in its place, where the reader is led. */
function put(place, shown) {
  place.innerHTML = shown;
  dress();
  place.focus();
  place.scrollIntoView({ block: "nearest" });
}

/** What is wrong, beside the button that was pressed; read out at once. */
function warn(form, told) {
  let place = form.querySelector(".wrong");
  if (!place) {
    place = Object.assign(document.createElement("div"), { className: "wrong warn" });
    place.setAttribute("role", "alert");
    form.querySelector(".form-acts")?.before(place);
  }
  place.textContent = told;
  place.scrollIntoView({ block: "nearest" });
}

/** A page that came back with what was typed and what is wrong with it: the reader is led to the first of that. */
function wrong(told) {
  const field = document.querySelector("[aria-invalid]");
  if (!field) return void unanswered(told);
  for (let at = field.closest("details"); at; at = at.parentElement.closest("details")) at.open = true;
  return void field.focus();
}

/** What is told, at the first question that is still open. */
function unanswered(told) {
  const answered = (one) => one.querySelector("input:checked") || one.querySelector("input[type=text]")?.value;
  const question = [...document.querySelectorAll("[data-open-question]")].find((one) => !answered(one));
  warn(question ?? document.querySelector("form[data-keep]") ?? page(), told);
  question?.querySelector("input").focus();
}

/** Each fault beside the field that it is about. */
function besides() {
  for (const told of document.querySelectorAll(".wrong[data-for]")) {
    const field = document.querySelector(`[name="${CSS.escape(told.dataset.for)}"]`);
    if (!field) continue;
    told.id ||= `wrong-${told.dataset.for}`;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", told.id);
    const group = field.type === "radio" || field.type === "checkbox" ? field.closest("fieldset") : null;
    if (group) group.append(told);
    else (field.closest("p") ?? field).after(told);
  }
}

function tell(told) {
  const place = document.getElementById("told");
  place.textContent = told;
  clearTimeout(tell.timer);
  tell.timer = setTimeout(() => (place.textContent = ""), 8000);
}

// --- small things ------------------------------------------------------------------------------------------------

/** Times as the reader's own clock shows them. */
function localTimes() {
  for (const time of document.querySelectorAll("time[datetime]")) {
    const style = time.dataset.kind === "date" ? { dateStyle: "medium" } : { dateStyle: "medium", timeStyle: "short" };
    time.textContent = new Intl.DateTimeFormat(root().lang, style).format(new Date(time.dateTime));
    time.title = time.dateTime;
  }
}

function search(field) {
  const wanted = field.value.trim().toLocaleLowerCase();
  for (const row of document.querySelectorAll(`#${field.dataset.search} tbody tr`)) row.hidden = !row.textContent.toLocaleLowerCase().includes(wanted);
}

/** Rows by a column: numbers by size, the rest by the reader's alphabet; pressed again, the other way round. */
function sort(button) {
  const head = button.closest("th");
  const way = head.ariaSort === "ascending" ? "descending" : "ascending";
  for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
  head.ariaSort = way;
  const body = head.closest("table").tBodies[0];
  const key = (row) => row.cells[head.cellIndex].dataset.value ?? row.cells[head.cellIndex].textContent.trim();
  const order = new Intl.Collator(root().lang, { numeric: true });
  const rows = [...body.rows].sort((a, b) => (way === "ascending" ? 1 : -1) * order.compare(key(a), key(b)));
  body.append(...rows);
}

/** The boxes that are ticked in a table of people. */
const ticked = (table) => (table ? [...document.querySelectorAll(`#${table} tbody input:checked`)] : []);

/** Ticks everybody who is shown, or those who need a hand; pressed again, nobody. */
function tick(button) {
  const rows = [...document.querySelectorAll("#people tbody tr")].filter((row) => !row.hidden && (button.dataset.tick === "all" || "need" in row.dataset));
  const boxes = rows.flatMap((row) => [...row.querySelectorAll("input[name=keys]")]);
  const on = boxes.some((box) => !box.checked);
  for (const box of boxes) box.checked = on;
  count();
}

/** How many are ticked; without any, nothing can be done about them. */
function count() {
  const told = document.querySelector("[data-ticked]");
  if (!told) return;
  const n = ticked("people").length;
  told.textContent = told.dataset.ticked.replace("{n}", new Intl.NumberFormat(root().lang).format(n));
  for (const button of document.querySelectorAll(".many [data-open]")) button.disabled = !n;
}

/** Opens a dialog; one about several people names them. */
function openDialog(button) {
  const dialog = document.getElementById(button.dataset.open);
  const names = dialog.querySelector("[data-names]");
  if (names) names.textContent = ticked(names.dataset.names).map((box) => box.dataset.called).join(" · ");
  dialog.showModal();
}

async function copy(button) {
  const text = button.dataset.copy || document.getElementById(button.dataset.copyFrom).textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = Object.assign(document.createElement("textarea"), { value: text }); // no secure context
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  tell(button.dataset.told);
}

const themeNow = () => document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

function theme(to) {
  if (to) {
    document.documentElement.dataset.theme = to;
    try { localStorage.setItem("studio:theme", to); } catch { /* kept for this page alone */ }
  }
  for (const button of document.querySelectorAll("[data-theme-to]")) button.ariaPressed = String(button.dataset.themeTo === themeNow());
}

function side(open) {
  root().classList.toggle("side-open", open);
  document.querySelector("[data-side]").ariaExpanded = String(open);
  if (open) document.querySelector("#side a").focus();
}

/** The document in the page's language: Gradio sets it to the browser's. */
function speak() {
  const html = document.documentElement;
  if (html.lang !== root().lang) html.lang = root().lang;
  if (html.dir !== root().dir) html.dir = root().dir;
}

/** After every change of the page: what only the browser knows. */
function dress() {
  speak();
  localTimes();
  theme();
  besides();
  count();
  kept = standing();
}

// --- listening ---------------------------------------------------------------------------------------------------

const buttons = {
  open: openDialog,
  close: (button) => button.closest("dialog").close(),
  copy,
  copyFrom: copy,
  sort,
  tick,
  themeTo: (button) => theme(button.dataset.themeTo),
  side: () => side(!root().classList.contains("side-open")),
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-go]");
  if (link && !(event.metaKey || event.ctrlKey || event.shiftKey || event.button)) {
    event.preventDefault();
    return void go(link.href);
  }
  const button = event.target.closest("button");
  const act = button && Object.keys(buttons).find((name) => name in button.dataset);
  if (act) buttons[act](button);
  else if (root().classList.contains("side-open") && !event.target.closest("#side")) side(false);
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  return undefined;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (root().classList.contains("side-open")) {
    side(false);
    document.querySelector("[data-side]").focus();
  }
});
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-do], form[data-upload]");
  if (!form) return;
  event.preventDefault();
  if (form.dataset.upload) upload(form);
  else send(form, event.submitter);
});
/** The form that takes what is dropped here; files are sent as soon as they are chosen or dropped. */
const dropForm = (target) => {
  const zone = target.closest?.("[data-drop], form.drop");
  return zone && (zone.dataset.drop ? document.getElementById(zone.dataset.drop) : zone);
};
document.addEventListener("dragover", (event) => {
  const form = dropForm(event.target);
  for (const zone of document.querySelectorAll(".dropping")) zone.classList.remove("dropping");
  if (!form) return;
  event.preventDefault();
  event.target.closest("[data-drop], form.drop").classList.add("dropping");
});
document.addEventListener("drop", (event) => {
  const form = dropForm(event.target);
  if (!form || !event.dataTransfer.files.length) return;
  event.preventDefault();
  document.querySelector(`input[type="file"][form="${form.id}"]`).files = event.dataTransfer.files;
  upload(form);
});
document.addEventListener("change", ({ target }) => target.matches("input[name=keys]") && count());
document.addEventListener("change", ({ target }) => target.matches('input[type="file"]') && target.files.length && upload(target.form));
document.addEventListener("input", ({ target }) => target.matches("[data-search]") && search(target));
document.addEventListener("change", ({ target }) => {
  const form = target.closest("form[data-redo]");
  if (form) redoing = redoing.then(() => redo(form));
});
document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-language]")) return;
  const query = new URLSearchParams(location.search);
  query.set("lang", target.value);
  location.search = query;
});
addEventListener("popstate", () => go(location.href, false));
document.addEventListener("visibilitychange", () => document.hidden && keep());
setInterval(refresh, 15000);
setInterval(arrive, 2000);
setInterval(keep, 5000);
try {
  const kept = localStorage.getItem("studio:theme");
  if (kept) document.documentElement.dataset.theme = kept;
} catch { /* the system's theme, then */ }
new MutationObserver(speak).observe(document.documentElement, { attributeFilter: ["lang", "dir"] });
dress();
root().dataset.ready = "";

// The panels over the page (guide, answers, menu, keys, leaving, devices, help, sign-out) and the keyboard.

import { alarm, put, say } from "./screen.js";

const byId = (id) => document.getElementById(id);
const root = byId("studio");

/** Opens one panel over the others' place; the browser's back button closes it again. */
export function open(id) {
  const panel = byId(id);
  if (panel.open) return;
  closeAll();
  panel.showModal();
  byId(`${id}-title`).focus();
  history.pushState({ panel: id }, "");
}

/** Closes the panel that is open; true where there was one. */
export function close() {
  const panel = document.querySelector("dialog.panel[open]");
  if (!panel) return false;
  panel.close();
  if (history.state?.panel) history.back();
  return true;
}

function closeAll() {
  for (const panel of document.querySelectorAll("dialog.panel[open]")) panel.close();
}

export function listen(device, visiting) {
  listenToPreferences(device, visiting);
  addEventListener("popstate", closeAll);
  for (const panel of document.querySelectorAll("dialog.panel")) {
    panel.addEventListener("cancel", (event) => {
      event.preventDefault();
      close();
    });
    panel.addEventListener("click", (event) => event.target === panel && close());
  }
}

export const isOpen = () => Boolean(document.querySelector("dialog.panel[open]"));

/** What needs the server anyway is fetched when it is pressed; says so where that fails. */
export async function request(act) {
  const requests = await import("./requests.js").catch(() => null);
  return requests ? act(requests) : alarm(say("error.network"));
}

/** Asks before leaving this device; not while answers still wait here. */
export function askToSignOut(unsent) {
  byId("signout-unsent").hidden = !unsent;
  put(byId("signout-unsent"), "signout.unsent", { n: unsent });
  byId("erase").disabled = unsent > 0;
  open("signout");
}

/** Asks twice before withdrawing: the button waits for the box. */
export function askToWithdraw() {
  const sure = byId("withdraw-sure");
  sure.checked = false;
  byId("withdraw").disabled = true;
  sure.onchange = () => (byId("withdraw").disabled = !sure.checked);
  open("withdrawing");
}

/** Calls `act(name, key)` for keys outside text fields, panels and IME composition; a key held down acts once. */
export function listenToKeys(act, enabled) {
  addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229 || event.altKey) return;
    const typing = event.target.closest?.("textarea, input[type=text], input[type=search], select");
    if (event.repeat) return void (wouldActAgain(event, typing, enabled()) && event.preventDefault());
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !isOpen()) return handle("save");
    if (event.ctrlKey || event.metaKey) return;
    if (typing) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (isOpen() || !enabled()) return;
    const name = nameOf(event);
    if (name) handle(name);

    function handle(name) {
      if (act(name, event.key) !== false) event.preventDefault();
    }
  });
}

/** Light, dark, or (`auto`) as the device has it. */
function dressTheme(theme) {
  document.documentElement.dataset.theme = theme;
  root.querySelector(`input[name=theme][value=${theme}]`).checked = true;
}

/** Sets the page as this device last had it, and keeps what is changed; visitors of the demo see translations. */
function listenToPreferences(device, visiting) {
  dressTheme(device.read("theme") ?? "auto");
  byId("keys-on").checked = device.read("keys") ?? true;
  const translations = byId("translations-on");
  if (translations) root.toggleAttribute("data-translations", (translations.checked = device.read("translations") ?? visiting));
  root.addEventListener("change", ({ target }) => {
    if (target.name === "theme") dressTheme(target.value);
    if (target === translations) root.toggleAttribute("data-translations", target.checked);
    const name = target.name === "theme" ? "theme" : { "keys-on": "keys", "translations-on": "translations" }[target.id];
    if (name) device.write(name, name === "theme" ? target.value : target.checked);
  });
}

/** Whether the browser itself acts on a key held down: Enter presses a button, an arrow chooses the next point or scrolls. */
function wouldActAgain({ key, target, ctrlKey, metaKey }, typing, enabled) {
  if (key === "Enter") return !typing || ctrlKey || metaKey;
  if (!key.startsWith("Arrow") || typing) return false;
  return target.matches?.("input[type=radio]") || (enabled && !isOpen() && root.dataset.view === "pair" && key !== "ArrowLeft" && key !== "ArrowRight");
}

const LETTERS = { u: "undo", h: "history", g: "guide", c: "comment" };

function nameOf(event) {
  if (event.key === "Enter") return event.target.closest?.("button, a, summary") ? "" : "save";
  if (event.key === "ArrowUp") return "up";
  if (event.key === "ArrowDown") return "down";
  if (event.key === "?") return "keys";
  if (/^[0-9]$/.test(event.key)) return "digit";
  return LETTERS[event.key.toLowerCase()] ?? "";
}

// The page's words: which language is shown, and how an element says what it says after the language changes.

let texts = { ja: {}, en: {} };
let language = "ja";

export const spoken = () => language;

export function learn(all, first) {
  texts = all;
  language = first;
}

/** The text of `key` with each {name} filled from `values`. */
export function say(key, values = {}) {
  const text = texts[language][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** Lets `element` hold the words of `key`, now and after a change of language. */
export function put(element, key, values) {
  element.dataset.w = key;
  if (values) element.dataset.p = JSON.stringify(values);
  else delete element.dataset.p;
  element.textContent = say(key, values);
}

/** Says everything under `root` in `next`; nothing that was typed or chosen is touched. */
export function turn(root, next) {
  language = next;
  root.lang = next;
  document.documentElement.lang = next;
  for (const element of root.querySelectorAll("[data-w]")) {
    element.textContent = say(element.dataset.w, values(element));
  }
  for (const element of root.querySelectorAll("[data-w-label]")) {
    element.setAttribute("aria-label", say(element.dataset.wLabel, values(element)));
  }
  for (const element of root.querySelectorAll("[data-w-placeholder]")) {
    element.placeholder = say(element.dataset.wPlaceholder);
  }
  document.title = say("study.title");
}

const values = (element) => (element.dataset.p ? JSON.parse(element.dataset.p) : {});

/** Minutes, or hours and minutes, of a duration in seconds; never under one minute. */
export function duration(seconds) {
  const minutes = Math.max(1, Math.round(seconds / 60));
  return minutes < 60
    ? say("time.minutes", { m: minutes })
    : say("time.hours", { h: Math.floor(minutes / 60), m: minutes % 60 });
}

// The page's words and times, in its language.

const served = JSON.parse(document.getElementById("room-state").textContent);
const language = document.documentElement.lang;

/** The text of a key, `{name}` replaced by its value. */
export function say(key, values = {}) {
  const text = served.words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** An hour of the reader's own clock; with the day where `day`. */
export function clock(at, day = false) {
  const style = day ? { dateStyle: "full", timeStyle: "short" } : { hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat(language, style).format(new Date(at));
}

/** Whole minutes until the longest time of a session that has begun is over. */
export function minutesLeft(room, now) {
  return Math.max(0, Math.ceil((Date.parse(room.begun_at) + room.minutes.most * 60000 - now) / 60000));
}

/** Puts text into an element and shows it. */
export function fill(id, text) {
  const element = document.getElementById(id);
  element.textContent = text;
  element.hidden = false;
}

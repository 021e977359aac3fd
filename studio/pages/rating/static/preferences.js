// What a rater sets for this device: appearance, single-key shortcuts, translations.

const byId = (id) => document.getElementById(id);
const root = byId("studio");

/** Light, dark, or (`auto`) as the device has it. */
function dressTheme(theme) {
  document.documentElement.dataset.theme = theme;
  root.querySelector(`input[name=theme][value=${theme}]`).checked = true;
}

const showTranslations = (on) => root.toggleAttribute("data-translations", on);

/** Sets the page as this device last had it, and keeps what is changed; visitors of the demo see translations. */
export function listen(device, visiting) {
  dressTheme(device.read("theme") ?? "auto");
  byId("keys-on").checked = device.read("keys") ?? true;
  const translations = byId("translations-on");
  if (translations) showTranslations((translations.checked = device.read("translations") ?? visiting));
  root.addEventListener("change", ({ target }) => {
    if (target.name === "theme") dressTheme(target.value);
    if (target === translations) showTranslations(target.checked);
    const name = target.name === "theme" ? "theme" : { "keys-on": "keys", "translations-on": "translations" }[target.id];
    if (name) device.write(name, name === "theme" ? target.value : target.checked);
  });
}

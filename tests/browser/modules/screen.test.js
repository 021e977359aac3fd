// What the page says, in which language: forms of a number, refusals, and from which side.

import { byId, equal, learnWords, test } from "./check.js";
import { learn, mark, say, told, turn } from "/static/screen.js";

await learnWords();
const WORDS = {
  ar: { left: { zero: "٠", one: "1", two: "2", few: "{n} few", many: "{n} many", other: "{n} other" }, plain: "{n} نص" },
  de: { left: { one: "{n} Punkt", other: "{n} Punkte" }, plain: "{n}" },
};

test("a text has the form that its number asks for", () => {
  learn(WORDS, "ar");
  equal([0, 1, 2, 3, 11, 100].map((n) => say("left", { n })), ["٠", "1", "2", "3 few", "11 many", "100 other"]);
  learn(WORDS, "de");
  equal([0, 1, 2].map((n) => say("left", { n })), ["0 Punkte", "1 Punkt", "2 Punkte"]);
  equal(say("plain", { n: 1 }), "1");
});

test("a browser without plural rules, or without this language's, says the form for any number", () => {
  const { PluralRules } = Intl;
  try {
    Intl.PluralRules = undefined;
    learn(WORDS, "de");
    equal(say("left", { n: 1 }), "1 Punkte");
    Intl.PluralRules = PluralRules;
    learn({ "no tag": WORDS.de }, "no tag");
    equal(say("left", { n: 1 }), "1 Punkte");
  } finally {
    Intl.PluralRules = PluralRules;
  }
});

test("a refusal is told in the page's language, in one its readers read, or in English", () => {
  const error = { code: "busy", text: { de: "d", en: "e" }, ja: "j", en: "e" };
  const said = (language) => {
    learn({ [language]: {} }, language);
    return told(error);
  };
  equal(["de", "de-CH", "pt"].map(said), ["d", "d", "e"]);
  equal(told({ code: "busy", ja: "j", en: "old" }), "old");
});

test("language and side are marked together", () => {
  learn(WORDS, "de", { ar: "rtl", de: "ltr" });
  const element = document.createElement("p");
  mark(element, "ar");
  equal([element.lang, element.dir], ["ar", "rtl"]);
  turn(byId("studio"), "ar");
  equal([document.documentElement.lang, document.documentElement.dir, byId("studio").dir], ["ar", "rtl", "rtl"]);
  turn(byId("studio"), "de");
  equal([document.documentElement.dir, byId("studio").dir], ["ltr", "ltr"]);
});

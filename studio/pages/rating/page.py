"""The rating page as served: the shell and the first pair, in the rater's language, the state beside it as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from studio.pages.rating import markdown
from studio.pages.rating.view import BLINDING, folded, form
from studio.pages.rating.words import LANGUAGES, Texts, catalogue, fill, texts

Json = Mapping[str, Any]

KEYS = (
    (("1", "2", "3", "…"), "keys.answer"), (("↑", "↓"), "keys.row"), (("Enter",), "keys.save"), (("U",), "keys.undo"),
    (("H",), "keys.history"), (("G",), "keys.guide"), (("C",), "keys.comment"), (("?",), "keys.all"),
    (("Esc",), "keys.close"),
)  # fmt: skip
EMPTY_PAIR: Json = {"turns": [], "responses": [{"text": ""}, {"text": ""}]}


@dataclass(frozen=True)
class Speaker:
    """Says words of the catalogue and the study in one language, and marks elements so that the page can switch."""

    texts: Texts
    language: str

    def t(self, key: str, /, **values: object) -> str:
        """The text of `key` with its values filled in."""
        return fill(self.texts[self.language][key], values)

    def key(self, key: str, /, **values: object) -> Markup:
        """The attributes that tell the page which words an element holds."""
        if key not in self.texts[self.language]:
            raise KeyError(key)
        return Markup('data-w="{}"').format(key) + _parameters(values)

    def label(self, key: str, /, **values: object) -> Markup:
        """The same for an element's accessible name."""
        text = self.t(key, **values)
        return Markup('data-w-label="{}" aria-label="{}"').format(key, text) + _parameters(values)

    def placeholder(self, key: str, /) -> Markup:
        """The same for a text field's placeholder."""
        return Markup('data-w-placeholder="{}" placeholder="{}"').format(key, self.t(key))


def _parameters(values: Mapping[str, object]) -> Markup:
    return Markup(' data-p="{}"').format(json.dumps(values, ensure_ascii=False)) if values else Markup("")


def render(state: Json, narrow: bool = False) -> str:
    """The page's body: shell, first pair and state.

    Args:
        state: what the service's `state` returns (docs/study-format.md), with `step`.
        narrow: the browser says it is a phone's; the page corrects a wrong guess itself.

    Returns:
        HTML in which every text of study, raters and systems is escaped.
    """
    study, rater = state["study"], state["rater"]
    language = rater.get("language") or study["languages"][0]
    say = Speaker(texts(study), language)
    template = _environment().get_template("page.html")
    return template.render(
        **_speech(say), **_step(state), **_pair(state, narrow), **_study(study), language=language, rater=rater,
        state_json=_state_json(state, say.texts), keys=KEYS, blinding=BLINDING,
        part=rater["done"] / rater["total"] if rater["total"] else 0,
        count=say.t("dock.progress", done=rater["done"], total=rater["total"]),
    )  # fmt: skip


@cache
def _environment() -> Environment:
    folder = Path(__file__).with_name("templates")
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _speech(say: Speaker) -> dict[str, Any]:
    return {
        "t": say.t,
        "key": say.key,
        "label": say.label,
        "placeholder": say.placeholder,
        "both": partial(_both, markdown.html, "div"),
        "both_plain": partial(_both, escape, "span"),
    }


def _both(made: Any, tag: str, words: Mapping[str, str]) -> Markup:
    """Both languages, of which the stylesheet shows one: long texts need no request when the language changes."""
    parts = (
        Markup('<{0} class="in-{1}" lang="{1}">{2}</{0}>').format(tag, lang, made(words[lang])) for lang in LANGUAGES
    )
    return Markup("").join(parts)


def view_of(state: Json) -> str:
    """The step the page opens with: `pair` for practice and pairs, else the step's own name."""
    step = "end" if state.get("ended") else state.get("step", "pairs")
    if step in ("practice", "pairs"):
        return "pair" if state["pairs"] else "waiting"
    if step == "blinding" and state["blinding"] is None:
        return "waiting"  # the question is open: the page goes straight on with it
    return str(step)


def _step(state: Json) -> dict[str, Any]:
    done, total = state["rater"]["done"], state["rater"]["total"]
    return {
        "view": view_of(state),
        "pairs_count": state["blinding"] or len(state["pairs"]),
        "end_key": "end.withdrawn" if state["withdrawn"] else "end.text" if done >= total else "end.closed",
        "claim": state.get("claim"),
        "visiting": "visit" in state,
        "provenance": state.get("provenance"),
    }


def _pair(state: Json, narrow: bool) -> dict[str, Any]:
    pair = state["pairs"][0] if state["pairs"] else EMPTY_PAIR
    whole = state["study"]["protocol"] != "pairwise"  # a dialogue that is itself judged is never folded
    return {
        "turns": pair["turns"],
        "responses": pair["responses"],
        "folded": 0 if whole else folded(pair["turns"], narrow),
    }


def _study(study: Json) -> dict[str, Any]:
    return {
        "study_id": study["study_id"],
        "protocol": study["protocol"],
        "form": form(study["criteria"], study["protocol"]),
        "with_response": any(c["of"] == "response" for c in study["criteria"]),
        "marking": [c for c in study["criteria"] if c["kind"] in ("labels", "spans")],
        "languages": study["languages"],
        "demonstration": study.get("demonstration", False),
        "support": study.get("support"),
        "guidelines": study.get("guidelines"),
        "examples": _examples(study["criteria"]),
        "consent": study.get("consent"),
        "consent_version": (study.get("consent") or {}).get("version"),
        "profile": study.get("profile") or (),
    }


def _examples(criteria: Sequence[Json]) -> list[dict[str, Any]]:
    """Criteria that have an example per scale point, with the key of each point's words."""
    return [
        {
            "words": f"c.{c['criterion_id']}",
            "anchors": [
                (f"c.{c['criterion_id']}.p.{p['value']}", a) for p, a in zip(c["points"], c["anchors"], strict=False)
            ],
        }
        for c in criteria
        if c.get("anchors")
    ]


def _state_json(state: Json, words: Texts) -> Markup:
    """State and words as JSON that cannot leave its script element, whatever the texts hold.

    Guidelines and the consent's text are in the markup and need no second copy; the consent's version is part of it.
    """
    study = {key: value for key, value in state["study"].items() if key != "guidelines"}
    if study.get("consent"):
        study["consent"] = {"version": study["consent"]["version"]}
    text = json.dumps({"state": {**state, "study": study}, "words": words}, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def title_of(state: Json) -> str:
    """The document's title: the study's, in the rater's language."""
    study = state["study"]
    return str(study["title"][state["rater"].get("language") or study["languages"][0]])


def lost(error: Mapping[str, str] | None) -> str:
    """A page for whoever comes without a valid link, in both languages; `error` says more where there is one."""
    return _environment().get_template("lost.html").render(words=catalogue(), error=error, languages=LANGUAGES)


def several(addresses: Mapping[str, str]) -> str:
    """A page for a browser in which several raters are signed in: everybody picks their own code, in both languages.

    Args:
        addresses: where each Rater's page is, by code.
    """
    return (
        _environment().get_template("several.html").render(words=catalogue(), addresses=addresses, languages=LANGUAGES)
    )

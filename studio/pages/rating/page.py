"""The rating page as served: the shell and the first pair, in the rater's language, the state beside it as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from studio.demo.records import VisitState
from studio.pages.rating import markdown
from studio.pages.rating.view import BLINDING, folded, form
from studio.pages.rating.words import LANGUAGES, Texts, texts
from studio.service.records import BothLanguages, Pair, ShownCriterion, ShownText, State, StudyFacts
from tasks.languages import catalogue
from tasks.schema import Language

KEYS = (
    (("1", "2", "3", "…"), "keys.answer"), (("↑", "↓"), "keys.row"), (("Enter",), "keys.save"), (("U",), "keys.undo"),
    (("H",), "keys.history"), (("G",), "keys.guide"), (("C",), "keys.comment"), (("?",), "keys.all"),
    (("Esc",), "keys.close"),
)  # fmt: skip
NOTHING = ShownText(text="")


@dataclass(frozen=True)
class Speaker:
    """Says words of the catalogue and the study in one language, and marks elements so that the page can switch."""

    texts: Texts
    language: str

    def t(self, key: str, /, **values: object) -> str:
        """The text of `key` with its values filled in."""
        return catalogue.fill(catalogue.form(self.texts[self.language][key], self.language, values), values)

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


def render(state: State, language: Language | None = None, narrow: bool = False) -> str:
    """The page's body: shell, first pair and state.

    Args:
        state: where the Rater is, whole.
        language: what the page is first shown in; None: the study's first.
        narrow: the browser says it is a phone's; the page corrects a wrong guess itself.

    Returns:
        HTML in which every text of study, raters and systems is escaped.
    """
    study, rater = whole(state), state.rater
    spoken = language or study.languages[0]
    say = Speaker(texts(study), spoken)
    template = _environment().get_template("page.html")
    return template.render(
        **_speech(say), **_step(state), **_pair(state, narrow), **_study(study), language=spoken, rater=rater,
        state_json=_state_json(state, say.texts), keys=KEYS, blinding=BLINDING,
        part=rater.done / rater.total if rater.total else 0,
        count=say.t("dock.progress", done=rater.done, total=rater.total),
    )  # fmt: skip


def whole(state: State) -> StudyFacts:
    """The study's facts, which every state but a receipt's has. Raises ValueError for that of a receipt."""
    if state.study is None:
        raise ValueError("this state goes with a receipt: it has no study")
    return state.study


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


def _both(write: Callable[[str], Markup], tag: str, words: BothLanguages) -> Markup:
    """Both languages, of which the stylesheet shows one: long texts need no request when the language changes."""
    parts = (
        Markup('<{0} class="in-{1}" lang="{1}">{2}</{0}>').format(tag, lang, write(getattr(words, lang)))
        for lang in LANGUAGES
    )
    return Markup("").join(parts)


def view_of(state: State) -> str:
    """The step the page opens with: `pair` for practice and pairs, else the step's own name."""
    step = "end" if state.ended else state.step
    if step in ("practice", "pairs"):
        return "pair" if state.pairs else "waiting"
    if step == "blinding" and state.blinding is None:
        return "waiting"  # the question is open: the page goes straight on with it
    return step


def _step(state: State) -> dict[str, Any]:
    done, total = state.rater.done, state.rater.total
    return {
        "view": view_of(state),
        "pairs_count": state.blinding or len(state.pairs),
        "end_key": "end.withdrawn" if state.withdrawn else "end.text" if done >= total else "end.closed",
        "claim": state.claim,
        "visiting": isinstance(state, VisitState),
        "provenance": state.provenance and state.provenance.as_json(),
    }


def _pair(state: State, narrow: bool) -> dict[str, Any]:
    first = state.pairs[0] if state.pairs else None
    turns, responses = (first.turns, first.responses) if isinstance(first, Pair) else ((), (NOTHING, NOTHING))
    is_whole = whole(state).protocol != "pairwise"  # a dialogue that is itself judged is never folded
    return {"turns": turns, "responses": responses, "folded": 0 if is_whole else folded(turns, narrow)}


def _study(study: StudyFacts) -> dict[str, Any]:
    return {
        "study_id": study.study_id,
        "protocol": study.protocol,
        "form": form(study.criteria, study.protocol),
        "with_response": any(c.of == "response" for c in study.criteria),
        "marking": [c for c in study.criteria if c.kind in ("labels", "spans")],
        "languages": study.languages,
        "demonstration": study.demonstration,
        "support": study.support,
        "guidelines": study.guidelines,
        "examples": _examples(study.criteria),
        "consent": study.consent,
        "consent_version": study.consent and study.consent.version,
        "profile": study.profile,
    }


def _examples(criteria: Sequence[ShownCriterion]) -> list[dict[str, Any]]:
    """Criteria that have an example per scale point, with the key of each point's words."""
    return [
        {
            "words": f"c.{c.criterion_id}",
            "anchors": [(f"c.{c.criterion_id}.p.{p.value}", a) for p, a in zip(c.points, c.anchors, strict=False)],
        }
        for c in criteria
        if c.anchors
    ]


def _state_json(state: State, words: Texts) -> Markup:
    """State and words as JSON that cannot leave its script element, whatever the texts hold.

    Guidelines and the consent's text are in the markup and need no second copy; the consent's version is part of it.
    """
    served = state.model_dump(
        mode="json", exclude_unset=True, exclude={"study": {"guidelines": True, "consent": {"ja", "en"}}}
    )
    text = json.dumps({"state": served, "words": words}, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def title_of(state: State, language: Language) -> str:
    """The document's title: the study's, in the language of the page."""
    return str(getattr(whole(state).title, language))


def _by_key() -> dict[str, dict[str, catalogue.Text]]:
    """Key -> language -> text, for pages that say everything in every language."""
    spoken = {tag: catalogue.words("rating", tag) for tag in LANGUAGES}
    return {key: {tag: words[key] for tag, words in spoken.items()} for key in spoken["ja"]}


def lost(error: Mapping[str, str] | None) -> str:
    """A page for whoever comes without a valid link, in both languages; `error` says more where there is one."""
    return _environment().get_template("lost.html").render(words=_by_key(), error=error, languages=LANGUAGES)


def several(addresses: Mapping[str, str]) -> str:
    """A page for a browser in which several raters are signed in: everybody picks their own code, in both languages.

    Args:
        addresses: where each Rater's page is, by code.
    """
    return _environment().get_template("several.html").render(words=_by_key(), addresses=addresses, languages=LANGUAGES)

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
from studio.pages import markdown
from studio.pages.rating.view import BLINDING, folded, form
from studio.pages.rating.words import SECTION, Texts, needed, texts
from studio.service.records import Pair, ShownCriterion, ShownText, State, StudyFacts
from tasks.languages import catalogue, tags
from tasks.languages.scripts import USUAL
from tasks.schema import Language, Words

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
        direction=tags.direction(spoken), other=_other(study.languages, spoken), translated=_translated(study, spoken),
        state_json=_state_json(state, say), keys=KEYS, blinding=BLINDING,
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
        "every": partial(_every, markdown.html, "div", say.language),
        "every_plain": partial(_every, escape, "span", say.language),
    }


def _every(write: Callable[[str], Markup], element: str, spoken: Language, words: Words) -> Markup:
    """A text in all its languages, of which the page shows one: long texts need no request after a change."""
    part = Markup('<{0} data-in="{1}" lang="{1}" dir="{2}"{3}>{4}</{0}>')
    hidden = {tag: Markup("" if tag == spoken else " hidden") for tag in words.languages}
    return Markup("").join(
        part.format(element, tag, tags.direction(tag), hidden[tag], write(text)) for tag, text in words.root.items()
    )


def _other(languages: Sequence[Language], spoken: Language) -> Language | None:
    """The other of a study's two languages, for the button that changes to it; None for one language or many."""
    return next((tag for tag in languages if tag != spoken), None) if len(languages) == 2 else None


def _translated(study: StudyFacts, spoken: Language) -> Callable[[ShownText], tuple[Language, str] | None]:
    """What gives (language, text) of a text's translation: the reader's, else the first there is; None without one."""

    def chosen(text: ShownText) -> tuple[Language, str] | None:
        given = text.translation.root if text.translation else {}
        order = [tag for tag in (spoken, *study.languages) if tag in given]
        return (order[0], given[order[0]]) if order else None

    return chosen


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
        "source": state.source if isinstance(state, VisitState) else "",
        "provenance": state.provenance and state.provenance.root,
    }


def _pair(state: State, narrow: bool) -> dict[str, Any]:
    first = state.pairs[0] if state.pairs else None
    turns, responses = (first.turns, first.responses) if isinstance(first, Pair) else ((), (NOTHING, NOTHING))
    is_whole = whole(state).protocol != "pairwise"  # a dialogue that is itself judged is never folded
    written = first.written if isinstance(first, Pair) else whole(state).languages[0]
    drawn = {"turns": turns, "responses": responses, "written": written}
    return drawn | {"folded": 0 if is_whole else folded(turns, narrow)}


def _study(study: StudyFacts) -> dict[str, Any]:
    return {
        "study_id": study.study_id,
        "protocol": study.protocol,
        "form": form(study.criteria, study.protocol),
        "with_response": any(c.of == "response" for c in study.criteria),
        "marking": [c for c in study.criteria if c.kind in ("labels", "spans")],
        "languages": study.languages,
        "dir_of": tags.direction,
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


IN_WORDS: Any = {"guidelines": True, "consent": {"text"}, "support": True, "profile": True,
            "criteria": {"__all__": {"label", "hint", "anchors"}}}  # fmt: skip
"""Of a study's facts, what stands in the markup or among the words and is served once; the consent's version is not."""


def _state_json(state: State, say: Speaker) -> Markup:
    """Words and state as JSON that cannot leave its script element, whatever the texts hold.

    The words come first, those that are shown before the others: near the markup that holds them too, they compress
    with it.
    """
    texts = needed(say.texts, whole(state), visiting=isinstance(state, VisitState))
    words = {tag: texts[tag] for tag in (say.language, *texts)}
    directions = {tag: tags.direction(tag) for tag in (*texts, *USUAL.values())}
    served = state.model_dump(mode="json", exclude_unset=True, exclude={"study": IN_WORDS})
    served_words = {"words": words, "directions": directions}
    text = json.dumps({**served_words, "state": served}, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def judged_in_text(state: State) -> bool:
    """Whether judgments of the study stand in the text: of a whole dialogue, of its utterances, or of spans."""
    study = whole(state)
    return study.protocol != "pairwise" or any(one.kind in ("labels", "spans") for one in study.criteria)


def title_of(state: State, language: Language) -> str:
    """The document's title: the study's, in the language of the page."""
    title = whole(state).title
    return title.text(language, *title.languages)


def lost(error: Mapping[str, Any] | None, languages: Sequence[Language]) -> str:
    """A page for whoever comes without a valid link; `error` is the refusal's, which says more where there is one."""
    said = None if error is None or error["code"] == "signed_out" else error["text"]
    return _apart("lost.html", languages, said=said)


def several(addresses: Mapping[str, str], languages: Sequence[Language]) -> str:
    """A page for a browser in which several raters are signed in: everybody picks their own code.

    Args:
        addresses: where each Rater's page is, by code.
    """
    return _apart("several.html", languages, addresses=addresses)


def plain(title: str, said: Mapping[Language, str], retry_seconds: int | None = None) -> str:
    """A page that says one sentence in each of some languages; with `retry_seconds` it asks again by itself."""
    return _apart("sorry.html", list(said), code=title, said=said, retry_seconds=retry_seconds)


def _apart(template: str, languages: Sequence[Language], **values: Any) -> str:
    """A page outside the rating page, which says everything in each of some languages that have the words."""
    words = {tag: catalogue.words(SECTION, catalogue.read_in(SECTION, tag)) for tag in languages}
    values |= {"words": words, "dir_of": tags.direction, "languages": languages}
    return _environment().get_template(template).render(**values)

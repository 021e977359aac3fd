"""The shipped criteria templates, in any language that has words for them, and the other words a new study begins with.

A template is an instrument: a change of its words is a new version beside the old one (`quick`, `quick-2`), so that a
study keeps what its raters read. Versions before there were other languages hold their words themselves, in ja and en.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter

from tasks.errors import InputError
from tasks.languages import catalogue
from tasks.languages.fault import Fault, at, instead
from tasks.languages.tag import checked
from tasks.languages.tags import closest
from tasks.schema import FIRST_LANGUAGES, SIDES, Criterion, Language, Words

TEMPLATES = Path(__file__).parents[2] / "templates"
SECTIONS = ("templates", "papers")
"""What a language's file must have for a study to begin in it: words of criteria, and texts that raters read."""


def template_names() -> tuple[str, ...]:
    """The names of the shipped criteria templates, every version, sorted."""
    return tuple(sorted(path.stem for path in TEMPLATES.glob("*.yaml")))


def newest(name: str) -> str:
    """The newest version of a template, which a new study takes: `quick-2` of `quick`; a version is itself."""
    versions = [found for found in template_names() if re.fullmatch(rf"{re.escape(name)}-\d+", found)]
    return max(versions, key=lambda found: int(found.rpartition("-")[2]), default=name)


def template(name: str, languages: Sequence[Language] = FIRST_LANGUAGES) -> tuple[Criterion, ...]:
    """The criteria of a shipped template in the order shown, in `languages`, and in ja and en, as it was made.

    Raises:
        InputError: there is no template of that name, or it has no words in one of the languages.
    """
    if wrong := misfit(name, languages):
        raise InputError(at("criteria", wrong))
    made, spoken = _made(name), _spoken(languages)
    whole = made if _has_own_words(made) else [_with_words(criterion, spoken) for criterion in made]
    return TypeAdapter(tuple[Criterion, ...]).validate_python(whole)


def misfit(name: str, languages: Sequence[Language]) -> Fault | None:
    """Why a template gives no criteria in some languages: it is none, or has no words in one; None where it does."""
    if name not in template_names():
        return instead(repr(name), Fault("a_template", names=", ".join(template_names())))
    own = _has_own_words(_made(name))
    offered = FIRST_LANGUAGES if own else spoken_languages()
    lacking = [tag for tag in _spoken(languages) if (tag not in offered if own else closest(tag, offered) is None)]
    if not lacking:
        return None
    about = {"name": repr(name), "lacking": ", ".join(lacking), "offered": ", ".join(offered)}
    if newest(name) == name:
        return Fault("template_no_words", **about)
    return Fault("template_no_words_newer", **about, newer=repr(newest(name)))


def _has_own_words(made: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a template holds its words itself, in ja and en alone."""
    return "label" in made[0]


def _spoken(languages: Sequence[Language]) -> tuple[Language, ...]:
    return tuple(dict.fromkeys((*FIRST_LANGUAGES, *languages)))


@cache
def _made(name: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = yaml.safe_load((TEMPLATES / f"{name}.yaml").read_text(encoding="utf-8"))["criteria"]
    return made


@cache
def spoken_languages() -> tuple[Language, ...]:
    """The languages in which a study can begin."""
    return tuple(tag for tag in catalogue.written() if set(SECTIONS) <= set(catalogue.sections(tag)))


def words(section: str, key: str, languages: Sequence[Language], /, **values: object) -> Words:
    """A text that a new study begins with, in each of the languages, its values filled in.

    Raises:
        KeyError: there is no such text, or no words at all in one of the languages.
    """
    return Words({tag: catalogue.word(section, written_in(tag), key, **values) for tag in languages})


def word(key: str, language: Language, /, **values: object) -> str:
    """A text of the papers in one language; in English where no study can begin in the language."""
    return catalogue.word("papers", catalogue.read_in("papers", language), key, **values)


def on_page(key: str, language: Language) -> str:
    """What a part of the rating page is called in a language; in English where the page has no words in it."""
    return catalogue.word("rating", catalogue.read_in("rating", language), key)


def title(name: str, languages: Sequence[Language]) -> Words:
    """What a new study of a template is called.

    Raises:
        InputError: one of the languages is no tag, or has no words.
    """
    if wrong := [why for tag in languages if (why := _no_tag(tag))]:
        raise InputError(at("languages", why) for why in wrong)
    if lacking := [tag for tag in languages if closest(tag, spoken_languages()) is None]:
        about = {"found": ", ".join(lacking), "allowed": ", ".join(spoken_languages())}
        raise InputError(at("languages", Fault("languages_of_new", **about)))
    of_whole = f"title.{name}"
    known = of_whole in catalogue.words("templates", FIRST_LANGUAGES[1])
    return words("templates", of_whole if known else "title.pairs", languages)


def _no_tag(found: str) -> str:
    """Why a text is no tag of a language; '' for one."""
    try:
        checked(found)
    except ValueError as error:
        return str(error.args[0]) if not isinstance(error.args[0], Fault) else error.args[0]
    return ""


@cache
def written_in(language: Language) -> Language:
    """The language whose file is read for a study's language: the same, or the one its readers read. KeyError: none."""
    found = closest(language, spoken_languages())
    if found is None:
        raise KeyError(f"no study can begin in {language}; there are {', '.join(spoken_languages())}")
    return found


def _with_words(made: dict[str, Any], languages: Sequence[Language]) -> dict[str, Any]:
    """A criterion with its words under their keys: label, `.hint`, `.p.<value>`, `.r.<reason>`, `.a.<place>`."""
    known = catalogue.words("templates", FIRST_LANGUAGES[1])
    key = made.get("words", made["criterion_id"])

    def said(part: str) -> Words:
        return Words({tag: _marked(part, tag) for tag in languages})

    points = [{**p, "words": _same(p, languages) or said(f"{key}.p.{p['value']}")} for p in made.get("points", [])]
    anchors = [f"{key}.a.{place}" for place in range(len(points))]
    return {
        **{name: value for name, value in made.items() if name != "words"},
        "label": said(key),
        "hint": said(f"{key}.hint") if f"{key}.hint" in known else None,
        "points": points,
        "reasons": [{"reason_id": reason, "words": said(f"{key}.r.{reason}")} for reason in made.get("reasons", [])],
        "anchors": [said(anchor) for anchor in anchors if anchor in known],
    }


def _same(point: dict[str, Any], languages: Sequence[Language]) -> Words | None:
    """The words of a point that are the same in every language, such as a number."""
    return Words(dict.fromkeys(languages, point["words"])) if "words" in point else None


def _marked(key: str, language: Language) -> str:
    """A text with the neutral marks of the two sides as the rating page writes them in the language."""
    marks = {side: on_page(f"mark.{side}", language) for side in SIDES}
    return catalogue.word("templates", written_in(language), key, **marks)

"""Items to read beside the figures: those on which all raters agree, and those that split them most."""

from __future__ import annotations

from collections.abc import Sequence

from results.report.sections.reader import Reader
from studio.pages.admin.html import Raw, Words, ltr, tag, text
from studio.pages.admin.study.dialogue import dialogue
from studio.service.organiser.opened import Results, Told
from tasks.schema import Language


def examples(results: Results, reader: Reader, language: Language, words: Words) -> Raw:
    """Both kinds, where there are any; `language` is that of the texts."""
    kinds = {"examples_together": results.together, "examples_split": results.split}
    parts = [_part(key, found, reader, language, words) for key, found in kinds.items() if found]
    return Raw(f'<div class="halves examples">{"".join(parts)}</div>' if parts else "")


def _part(key: str, found: Sequence[Told], reader: Reader, language: Language, words: Words) -> str:
    cards = "".join(_card(one, reader, language, words) for one in found)
    return (
        f'<section class="part"><div><h2>{text(words[key])}</h2>'
        f'<p class="fine">{text(words[f"{key}_told"])}</p></div>{cards}</section>'
    )


def _card(told: Told, reader: Reader, language: Language, words: Words) -> str:
    """The second system's response at the left and the first one's at the right, as in the figure."""
    one = told.example
    names = [f"<b>{text(reader.name(system))}</b>" for system in one.systems]
    votes = [words.say("votes", n=n) for n in (one.first, one.second)]
    shown = told.shown
    turned = type(shown)(shown.turns, shown.responses[::-1])
    ties = f' <span class="fine">{text(words.say("ties_n", n=one.same))}</span>' if one.same else ""
    split = tag(ltr(f"{one.second} : {one.first}"))
    texts = dialogue(turned, language, words, tuple(map(Raw, names[::-1])), tuple(votes[::-1]))
    return (
        f'<article class="card item"><h3><bdi>{text(one.item_id)}</bdi>'
        f'<span class="split"><span class="sr">{text(words["split"])}: </span>{split}{ties}</span></h3>'
        f"{texts}</article>"
    )

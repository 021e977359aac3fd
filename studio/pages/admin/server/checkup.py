"""The check of the server: what `doctor` finds, in the reader's words; here, and before a study is launched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from studio.health.finding import SECTION, Finding
from studio.pages.admin.asked import Act, Answer, Asked, Given
from studio.pages.admin.frame import head
from studio.pages.admin.html import Raw, Words, note, tag, text, tick
from tasks.languages import catalogue
from tasks.languages.fault import said

KINDS = {"good": "good", "look": "warn", "mend": "bad"}
"""How the word of each standing is coloured."""


def title(asked: Asked) -> str:
    """The page's title."""
    return asked.words["doctor"]


def render(asked: Asked) -> Raw:
    """Every line that was looked at, what is to be mended first."""
    words = asked.words
    if not asked.acts:
        return Raw(head(words["doctor"]) + note(words["viewer"]))
    found = asked.health.findings()
    again = Raw(f'<form data-do="again"><button class="button">{text(words["doctor_again"])}</button></form>')
    if found is None:
        return Raw(head(words["doctor"]) + waiting(words))
    order = sorted(found, key=lambda one: [*KINDS].index(one.standing), reverse=True)
    return Raw(
        head(words["doctor"], words["doctor_told"], again) + f'<section class="card">{lines(order, words)}</section>'
    )


def lines(found: Iterable[Finding], words: Words) -> str:
    """A line for each: how it stands, what was looked at, what was seen, what to do."""
    return f'<ul class="found">{"".join(_line(one, words) for one in found)}</ul>'


def _line(one: Finding, words: Words) -> str:
    seen, todo = said((one.seen, one.todo), words.language)
    under = f'<p class="soft">{text(todo)}</p>' if todo else ""
    return (
        f"<li>{tag(words[f'doctor_{one.standing}'], KINDS[one.standing])}"
        f"<div><b>{text(called(one, words))}</b> <span>{text(seen)}</span>{under}</div></li>"
    )


def called(one: Finding, words: Words) -> str:
    """What was looked at, by its name."""
    return catalogue.word(SECTION, words.language, one.what)


def waiting(words: Words) -> str:
    """A card while it is being looked at; the page comes by itself."""
    return (
        f'<section class="card waiting" data-waits role="status"><h2>{text(words["doctor_looking"])}</h2>'
        f"<p>{text(words['doctor_looking_told'])}</p></section>"
    )


def before_launch(found: Sequence[Finding] | None, words: Words) -> str:
    """A card of what is to be mended or known before raters are invited; the rest by its names alone.

    With something to mend it has a box by which the launch goes on all the same.
    """
    if found is None:
        return waiting(words)
    wrong = [*to_mend(found), *(one for one in found if one.standing == "look")]
    good = ", ".join(called(one, words) for one in found if one.standing == "good")
    rest = note(words.say("doctor_all_good", names=good)) if good else ""
    box = tick(words["despite"], "despite") if to_mend(found) else ""
    return f'<section class="card"><h2>{text(words["doctor"])}</h2>{lines(wrong, words)}{rest}{box}</section>'


def to_mend(found: Iterable[Finding]) -> list[Finding]:
    """What keeps raters away, or puts at risk what they give."""
    return [one for one in found if one.standing == "mend"]


def again(asked: Asked, given: Given) -> Answer:
    """Look at everything anew."""
    asked.health.findings(anew=True)
    return Answer()


ACTS: Mapping[str, Act] = {"again": again}

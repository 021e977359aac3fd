"""The first page of a study: how far it is, how that went in time, which items wait, and who needs a hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from studio.pages.admin.asked import Act, Asked
from studio.pages.admin.frame import head
from studio.pages.admin.html import Raw, Words, link, moment, note, table, tag, text, tiles
from studio.pages.admin.study.chart import chart
from studio.service.organiser.conduct import Coverage
from studio.service.organiser.course import Course
from studio.service.organiser.listing import Summary
from studio.service.organiser.roster import WAITED_FOR, Invited

ACTS: Mapping[str, Act] = {}
MOST_CELLS = 120
"""Pairs that are drawn one by one; more are counted in a table."""


def title(asked: Asked) -> str:
    """The page's title."""
    return asked.called


def render(asked: Asked) -> Raw:
    """State, figures, the course in time, who needs a hand, coverage; made anew every few seconds."""
    service, study_id, words = asked.service, asked.study, asked.words
    facts, rows, course = service.summary(study_id), service.roster(study_id), service.course(study_id)
    state = "open" if facts.closed_at is None else "closed"
    parts = [
        head(title(asked), study_id, mark=tag(words[state], state)),
        note(words["simulated"], "warn") if facts.simulated else "",
        _tiles(facts, rows, words),
        _taken_out(rows, course, words),
        f'<div class="cards two">{_course(course, facts, words)}{_still(asked, facts, rows)}</div>',
        _coverage(service.coverage(study_id), words),
        Raw(f"<p>{link(f'/admin/payment/{study_id}.csv', words['payment'], download=True, kind='quiet')}</p>"),
    ]
    return Raw(f'<div data-live="15">{"".join(parts)}</div>')


def _tiles(facts: Summary, rows: Sequence[Invited], words: Words) -> Raw:
    hours = sum(row.active_seconds for row in rows) / 3600
    figures = {
        "raters": str(facts.joined),
        "state_done": f"{facts.finished} / {facts.joined}",
        "pairs": f"{facts.done} / {facts.total}",
        "hours": f"{hours:.1f}",
    }
    return tiles((words[key], value) for key, value in figures.items())


def _taken_out(rows: Sequence[Invited], course: Course, words: Words) -> str:
    gone = sum(row.state == "withdrawn" for row in rows)
    return note(words.say("taken_out", n=gone, pairs=course.taken_out), "soft") if gone else ""


def _course(course: Course, facts: Summary, words: Words) -> str:
    """Progress in time, drawn and in words."""
    done = len(course.judged_at)
    label = words.say("course_alt", done=done, total=course.total)
    if course.total and done >= course.total:
        told: Raw = text(words["course_whole"])
    elif facts.closed_at is not None:
        told = Raw("")
    elif course.expected is None:
        told = text(words["course_no_pace"])
    else:
        day = f"<b>{moment(course.expected.isoformat(), 'date')}</b>"
        told = Raw(f"{text(words['course_expected'])} {day} {late(course.expected, facts.kept.due, words)}")
    drawn = chart(course, facts.kept.due, label)
    plan = note(words["course_plan"]) if facts.kept.due else ""
    return f'<section class="card"><h2>{text(words["course_title"])}</h2>{drawn}{plan}<p>{told}</p></section>'


def late(expected: date, due: str, words: Words) -> str:
    """By how many days that is after the last day; '' where it is not, or where no last day was named."""
    late = (expected - date.fromisoformat(due)).days if due else 0
    return tag(words.say("course_late", n=late), "warn") if late > 0 else ""


def _still(asked: Asked, facts: Summary, rows: Sequence[Invited]) -> str:
    """How many stand still, by state, with the way to them."""
    words = asked.words
    states = [row.state for row in rows]
    found = [(state, states.count(state)) for state in WAITED_FOR if facts.closed_at is None and state in states]
    lines = "".join(f"<li>{text(words.say(f'still_{state}', n=n))}</li>" for state, n in found)
    way = f'<p><a href="{text(asked.address("people", asked.study))}" data-go>{text(words["still_go"])}</a></p>'
    shown = f'<ul class="dots">{lines}</ul>{way}' if found else f"<p>{text(words['still_none'])}</p>"
    return f'<section class="card"><h2>{text(words["still_title"])}</h2>{shown}</section>'


def _coverage(found: Sequence[Coverage], words: Words) -> str:
    """How often each item was judged, so that starved ones are seen at once."""
    shown = _cells(found, words) if 0 < len(found) <= MOST_CELLS else _counted(found, words)
    return f'<section class="card"><h2>{text(words["coverage"])}</h2>{shown}</section>'


def _cells(found: Sequence[Coverage], words: Words) -> str:
    """A field for each item and set of systems: how often it was judged; its colour and its title say how whole."""
    kinds = {"none": "cover_none", "some": "cover_some", "whole": "cover_whole"}
    cells = "".join(
        f'<li class="{_kind(one)}" title="{text(one.item_id)}: {text(words[kinds[_kind(one)]])}">'
        f'<span class="sr">{text(one.item_id)}: </span>{one.judged}'
        f'<span class="sr"> / {one.judged + one.waiting}</span></li>'
        for one in found
    )
    legend = "".join(
        f'<span class="{kind}">{sum(_kind(one) == kind for one in found)}</span> {text(words[key])} '
        for kind, key in kinds.items()
    )
    return f'<ul class="cover">{cells}</ul><p class="cover fine">{legend}</p>'


def _kind(one: Coverage) -> str:
    return "none" if not one.judged else "some" if one.waiting else "whole"


def _counted(found: Sequence[Coverage], words: Words) -> str:
    counts: dict[int, int] = {}
    for one in found:
        counts[one.judged] = counts.get(one.judged, 0) + 1
    rows = []
    for judged, items in sorted(counts.items()):
        share = f'<progress value="{items}" max="{len(found)}" aria-label="{items}/{len(found)}"></progress>{items}'
        rows.append((judged, Raw(share)))
    return table((words["judged_times"], words["items"]), rows, words["nothing"])

"""How each rater works, one line a rater on the same axes, and what is unusual about it in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from results.document.numbers import percent
from results.study.beside.habits import Habit
from studio.pages.admin.html import Raw, Words, column, listed, ltr, tag, text
from studio.pages.admin.icons import icon
from studio.pages.admin.study.scale import Axis, span
from studio.service.organiser.watching import Habits

FASTEST, SLOWEST = 2.0, 600.0
"""Seconds a pair at the ends of the axis."""
SHARES = Axis(0, 1)


def unusual_card(found: Sequence[Habit], words: Words) -> Raw:
    """What to ask a rater about, a sentence each; that nothing stands out where nothing does."""
    lines = "".join(f"<li>{icon('warn')}<span>{text(_said(one, words))}</span></li>" for one in found)
    shown = f'<ul class="signs">{lines}</ul>' if found else f"<p>{text(words['unusual_none'])}</p>"
    return Raw(
        f'<section class="card"><h2>{text(words["unusual"])}</h2>{shown}'
        f'<p class="fine">{text(words["unusual_told"])}</p></section>'
    )


def _said(one: Habit, words: Words) -> str:
    values = {"rater": one.rater, "n": f"{one.value:g}", "of": "" if one.of is None else f"{one.of:g}"}
    if one.kind == "ties":
        values["n"] = percent(one.value)
    return words.say(f"unusual_{one.kind}", **values)


def table(rows: Sequence[Habits], found: Sequence[Habit], words: Words) -> Raw:
    """All raters by pseudonym; a phone shows each as a stack."""
    if not rows:
        return Raw(f'<section class="card"><h2>{text(words["habits"])}</h2><p>{text(words["nothing"])}</p></section>')
    extra = [key for key, there in _extra(rows) if there]
    keys = ("rater", "judged_n", "seconds", "first_side", "ties", "run", "rest", *extra)
    heads = [column(Raw(f'<button type="button" data-sort>{text(words[key])}</button>')) for key in keys]
    odd = {one.rater for one in found}
    middles = [row.seconds[1] for row in rows if row.seconds]
    times = Axis(FASTEST, SLOWEST, (median(middles),) if middles else (), measure=lambda v: math.log(max(v, FASTEST)))
    lines = (_line(row, times, extra, row.rater in odd, words) for row in rows)
    foot = f'<p class="fine card-foot">{text(words["habits_key"])}</p>'
    return listed("habits", words["habits"], words["search"], heads, lines, foot)


def _extra(rows: Sequence[Habits]) -> tuple[tuple[str, bool], ...]:
    """Columns that are there only where the study asks for it."""
    return (("repeated", any(row.repeats for row in rows)), ("checks", any(row.checks for row in rows)))


def _line(row: Habits, times: Axis, extra: Sequence[str], odd: bool, words: Words) -> str:
    mark = tag(words["look_into"], "warn") if odd else ""
    repeated = ltr(f"{percent(row.repeats_same)} ({row.repeats})") if row.repeats else "–"
    checks = ltr(f"{row.checks_failed} / {row.checks}") if row.checks else "–"
    more = {"repeated": (row.repeats_same or 0, repeated), "checks": (row.checks_failed, checks)}
    passed = f" <small>{ltr(f'+ {row.passed_over}')}</small>" if row.passed_over else ""
    cells = [
        f'<td data-value="{text(row.rater)}"><b><bdi>{text(row.rater)}</bdi></b> {mark}</td>',
        _cell(words["judged_n"], row.judged, f"{row.judged}{passed}"),
        _cell(words["seconds"], row.seconds[1] if row.seconds else 0, _time(row, times)),
        _cell(words["first_side"], row.first_side.value or 0 if row.first_side else -1, _side(row)),
        _cell(words["ties"], row.ties or 0, _ties(row)),
        _cell(words["run"], row.longest_run, str(row.longest_run)),
        _cell(words["rest"], row.with_rest or 0, ltr(percent(row.with_rest))),
        *(_cell(words[key], more[key][0], more[key][1]) for key in extra),
    ]
    return f"<tr>{''.join(cells)}</tr>"


def _cell(label: str, value: float, shown: str) -> str:
    return f'<td data-value="{value:.3f}" data-label="{text(label)}"><span class="habit">{shown}</span></td>'


def _time(row: Habits, times: Axis) -> str:
    if row.seconds is None:
        return "–"
    low, middle, high = row.seconds
    return f'{span(times, middle, low, high)}<span class="value">{middle:.0f}</span>'


def _side(row: Habits) -> str:
    if row.first_side is None or row.first_side.value is None:
        return "–"
    side = row.first_side
    drawn = span(Axis(0, 1, (0.5,)), side.value, side.low, side.high)
    return f'{drawn}<span class="value">{ltr(percent(side.value))}</span>'


def _ties(row: Habits) -> str:
    if row.ties is None:
        return "–"
    return f'{span(SHARES, row.ties)}<span class="value">{ltr(percent(row.ties))}</span>'

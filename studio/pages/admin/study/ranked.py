"""Three or more systems: their order with intervals and ranges of ranks, and who beats whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from results.document.numbers import interval, number, percent
from results.record.preference import Circle, Ranked, RankingRecord
from results.report.sections.reader import Reader
from studio.pages.admin.html import Raw, Words, column, ltr, text
from studio.pages.admin.study.scale import Axis, span

STRONG = 0.15
"""How far from one half a share of votes is drawn in the full colour."""
LEAST = 0.5
"""An axis is never shorter to either side."""


def ranking(reader: Reader, words: Words) -> Raw:
    """The order for whom the study speaks, and the matrix beside it; nothing of two systems."""
    rankings = reader.record.preference.rankings
    if not rankings:
        return Raw("")
    own = reader.record.study.primary.estimand
    ordered = sorted(rankings, key=lambda one: one.estimand != own)
    names = [entry.system for entry in ordered[0].systems]
    return Raw(f'<div class="cards two">{_order(reader, ordered, words)}{_matrix(reader, names, words)}</div>')


def _order(reader: Reader, rankings: Sequence[RankingRecord], words: Words) -> str:
    """A line a system: its strength with its interval, and its ranges of ranks for both estimands."""
    ranges = [{entry.system: entry for entry in one.systems} for one in rankings]
    whose = [reader.word(f"ranks_{one.estimand}") for one in rankings]
    heads = "".join(map(column, (words["system"], words["strength"], *whose)))
    axis = _axis(reader)
    lines = "".join(_line(reader, entry.system, axis, ranges, whose, words) for entry in rankings[0].systems)
    circles = "".join(f"<p>{text(_circle(reader, one))}</p>" for one in rankings[0].circles)
    return (
        f'<section class="card flush ranked"><div class="card-head"><h2>{text(reader.word("ranking"))}</h2></div>'
        f'<div class="scroll" tabindex="0"><table class="lines"><thead><tr>{heads}</tr></thead>'
        f'<tbody>{lines}</tbody></table></div><div class="card-foot">{circles}'
        f'<p class="fine">{text(words["ranks_key"])}</p></div></section>'
    )


def _axis(reader: Reader) -> Axis:
    fit = reader.record.preference.strengths
    ends = [abs(end) for one in (fit.systems.values() if fit else ()) for end in (one.value, one.low, one.high) if end]
    most = max([LEAST, *ends])
    return Axis(-most, most, (0,))


def _line(
    reader: Reader, system: str, axis: Axis, ranges: Sequence[Mapping[str, Ranked]], whose: Sequence[str], words: Words
) -> str:
    ranks = "".join(
        f'<td data-label="{text(label)}">{ltr(_range(of_one[system]))}</td>'
        for of_one, label in zip(ranges, whose, strict=True)
    )
    return (
        f'<tr><td><b>{text(reader.name(system))}</b></td><td data-label="{text(words["strength"])}">'
        f'<span class="habit">{_strength(reader, system, axis)}</span></td>{ranks}</tr>'
    )


def _strength(reader: Reader, system: str, axis: Axis) -> str:
    fit = reader.record.preference.strengths
    found = fit.systems.get(system) if fit else None
    if found is None or found.value is None:
        return f"<small>{text(reader.why(found.reason) if found else '–')}</small>"
    bounds = ltr(interval(found.low, found.high, sign=True))
    return (
        f"{span(axis, found.value, found.low, found.high)}"
        f'<span class="value"><b>{ltr(number(found.value, sign=True))}</b> <small>{bounds}</small></span>'
    )


def _range(entry: Ranked) -> str:
    best, worst = entry.best_rank, entry.worst_rank
    return str(best) if best == worst else f"{best}–{worst}"


def _circle(reader: Reader, circle: Circle) -> str:
    first, second, third = map(reader.name, circle.systems)
    return reader.word("circle_shown" if circle.shown else "circle_open", first=first, second=second, third=third)


def _matrix(reader: Reader, names: Sequence[str], words: Words) -> str:
    """Shares of decisive votes, row against column, the first of the order at the top and at the left."""
    shares: dict[tuple[str, str], float | None] = {}
    for pair in reader.record.preference.pairs:
        for system, other in (pair.systems, pair.systems[::-1]):
            shares[system, other] = pair.vote_share(system)[0]
    heads = "".join(f'<th scope="col">{text(reader.name(name))}</th>' for name in names)
    rows = "".join(
        f'<tr><th scope="row">{text(reader.name(row))}</th>'
        f"{''.join(_field(shares.get((row, other)), row == other) for other in names)}</tr>"
        for row in names
    )
    return (
        f'<section class="card"><h2>{text(words["matrix"])}</h2><div class="scroll bare" tabindex="0">'
        f'<table class="matrix"><thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
        f'<p class="fine">{text(reader.word("wins_note"))}</p></section>'
    )


def _field(share: float | None, itself: bool) -> str:
    if itself or share is None:
        return f"<td>{'' if itself else '–'}</td>"
    far = "much" if abs(share - 0.5) > STRONG else ""
    side = "first" if share > 0.5 else "second" if share < 0.5 else "tie"
    return f'<td class="{side} {far}">{ltr(percent(share))}</td>'

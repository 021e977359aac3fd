"""How far raters agree so far: a dot and an interval for each criterion, and what that means in words."""

from __future__ import annotations

from collections.abc import Sequence

from results.document.numbers import interval, number, with_interval
from results.document.words import reason, word
from results.report.sections.quality import reading
from studio.pages.admin.html import Raw, Words, ltr, text
from studio.pages.admin.study.scale import Axis, span, ticks
from studio.service.organiser.watching import Agreement
from tasks.schema import Study

CONVENTION = 0.667
"""The value by convention asked for even tentative conclusions."""


def card(rows: Sequence[Agreement], study: Study, words: Words) -> Raw:
    """Every criterion whose answers can be compared; a sentence where a figure is not defined yet."""
    top = f'<section class="card"><h2>{text(words["agreement"])}</h2>'
    if not rows:
        return Raw(f"{top}<p>{text(words['nothing'])}</p></section>")
    least = -0.5 if any((row.figure.low or 0) < -0.02 or (row.figure.value or 0) < 0 for row in rows) else 0.0
    axis = Axis(least, 1, (0, CONVENTION, 1))
    labels = {one.criterion_id: words.of(one.label) for one in study.criteria}
    lines = "".join(_line(row, labels.get(row.criterion, row.criterion), axis, words) for row in rows)
    places = ticks(axis, [(0.0, "0"), (CONVENTION, ".667"), (1.0, "1")])
    said = "".join(f"<p>{text(one)}</p>" for one in _readings(rows, labels, words))
    return Raw(
        f'{top}<ul class="scales">{lines}<li class="axis"><span></span>{places}<span></span></li></ul>{said}'
        f'<p class="fine">{text(words["agreement_key"])}</p></section>'
    )


def _line(row: Agreement, label: str, axis: Axis, words: Words) -> str:
    figure = row.figure
    measure = word(f"short_{row.measure}", words.language)
    name = f"<span>{text(label)} <small>{text(measure)}</small></span>"
    if figure.value is None:
        why = words.say("not_yet", why=reason(figure.reason, words.language))
        return f'<li>{name}<span class="none">{text(why)}</span></li>'
    bounds = "" if figure.low is None else f"<small>{ltr(interval(figure.low, figure.high))}</small>"
    drawn = span(axis, figure.value, figure.low, figure.high)
    return f'<li>{name}{drawn}<span class="value"><b>{ltr(number(figure.value))}</b> {bounds}</span></li>'


def _readings(rows: Sequence[Agreement], labels: dict[str, str], words: Words) -> list[str]:
    """Why there are no intervals; the report's sentence for the first criterion that has one, of alpha."""
    missing = [row.figure.reason for row in rows if row.figure.value is not None and row.figure.low is None]
    told = [words.say("no_interval", why=reason(code, words.language)) for code in dict.fromkeys(missing)]
    for row in rows:
        low, high = row.figure.low, row.figure.high
        if row.measure == "alpha" and low is not None and high is not None:
            value = f"{word('short_alpha', words.language)} = {with_interval(row.figure.value, low, high)}"
            label = f"{labels.get(row.criterion, row.criterion)} {value}"
            return [*told, word(reading(low, high), words.language, label=label)]
    return told

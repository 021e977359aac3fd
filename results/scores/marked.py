"""Agreement on labels of utterances and on spans in texts: per label, and character by character.

Unit of a label: one utterance (with its dialogue), valued 1 where the rater gave the label and 0 where not; a rater who
labelled no utterance of a dialogue did not rate it. Unit of a span: one code point of a text, 1 inside a span of the
rater; characters of a text follow each other, so intervals resample dialogues, never characters. Beside it stands F1 of
whole spans: of two raters, twice the spans that overlap by half or more (intersection over union) over all of theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import cast

import numpy as np

from results.export.folder import Export
from results.export.rows import JudgmentRow
from results.record.figure import recorded
from results.record.rated import MarkedCriterion, MarkedReport
from results.statistics.agreement.alpha import alpha
from results.statistics.figure import Figure, Sizes, undefined
from results.statistics.ratings import ratings
from results.statistics.reasons import Reason
from results.statistics.resample import Resampling
from results.statistics.shares import share_figure
from results.study.judged import judged
from tasks.schema import Criterion, Kind

Figures = Callable[[Sequence[JudgmentRow], Criterion, Resampling], dict[str, Figure]]
Span = tuple[int, ...]
Text = tuple[str, str]
"""(item_id, target): one text that was marked."""

OVERLAP = 0.5
BOTH = (0, 1)


def facts(export: Export, resampling: Resampling) -> MarkedReport:
    """Agreement on every criterion of kind labels or spans."""
    data = judged(export)

    def of(kind: Kind, figures: Figures) -> tuple[MarkedCriterion, ...]:
        return tuple(
            MarkedCriterion(
                criterion=criterion.criterion_id,
                label=criterion.label.root,
                figures=recorded(figures(data.of(criterion.criterion_id), criterion, resampling)),
            )
            for criterion in export.study.criteria
            if criterion.kind == kind
        )

    return MarkedReport(simulated=export.study.simulated, labels=of("labels", labels), spans=of("spans", spans))


def labels(rows: Sequence[JudgmentRow], criterion: Criterion, resampling: Resampling) -> dict[str, Figure]:
    """Nominal alpha of each label by its value (as text), over utterances."""
    labelled = [(row, row.value) for row in rows if isinstance(row.value, list)]
    return {
        str(point.value): _alpha([(row, int(point.value in listed)) for row, listed in labelled], resampling)
        for point in criterion.points
    }


def _alpha(values: Sequence[tuple[JudgmentRow, int]], resampling: Resampling) -> Figure:
    if not values:
        return undefined(Reason.NO_SHARED_TEXT)
    table = ratings(
        [(row.item_id, row.target) for row, _ in values],
        [row.rater for row, _ in values],
        [value for _, value in values],
        [row.dialogue for row, _ in values],
        domain=BOTH,
    )
    return alpha(table, "nominal", resampling)


def spans(rows: Sequence[JudgmentRow], criterion: Criterion, resampling: Resampling) -> dict[str, Figure]:
    """`characters`: nominal alpha over code points up to the last one anybody marked; `f1`: of whole spans.

    A text without spans is an answer too: the page sends an empty list for it. Characters after the last
    mark are of no rater's spans and would raise agreement without end.
    """
    texts: dict[Text, dict[str, list[Span]]] = {}
    dialogue: dict[Text, str] = {}
    for row in rows:
        if isinstance(row.value, list):
            texts.setdefault((row.item_id, row.target), {})[row.rater] = [
                cast(Span, tuple(span)) for span in row.value if isinstance(span, list)
            ]
            dialogue[row.item_id, row.target] = row.dialogue
    shared = {text: by_rater for text, by_rater in texts.items() if len(by_rater) >= 2}
    if not shared:
        return {"characters": undefined(Reason.NO_SHARED_TEXT), "f1": undefined(Reason.NO_SHARED_TEXT)}
    return {"characters": _characters(shared, dialogue, resampling), "f1": _f1(shared, dialogue, resampling)}


def _characters(
    texts: Mapping[Text, Mapping[str, list[Span]]], dialogue: Mapping[Text, str], resampling: Resampling
) -> Figure:
    cells = list(_inside(texts, dialogue))
    units, raters, values, dialogues = zip(*cells, strict=True)
    return alpha(ratings(units, raters, values, dialogues, domain=BOTH), "nominal", resampling)


def _inside(
    texts: Mapping[Text, Mapping[str, list[Span]]], dialogue: Mapping[Text, str]
) -> Iterator[tuple[tuple[Text, int], str, int, str]]:
    for text, marked in texts.items():
        end = max((span[1] for own in marked.values() for span in own), default=0)
        for rater, own in marked.items():
            held = {place for span in own for place in range(span[0], span[1])}
            for place in range(end):
                yield (text, place), rater, int(place in held), dialogue[text]


def _f1(texts: Mapping[Text, Mapping[str, list[Span]]], dialogue: Mapping[Text, str], resampling: Resampling) -> Figure:
    names = list(dict.fromkeys(dialogue[text] for text in texts))
    sums = np.zeros((len(names), 2))
    for text, marked in texts.items():
        for first, second in combinations(marked.values(), 2):
            sums[names.index(dialogue[text])] += (2 * matches(first, second), len(first) + len(second))
    raters = {rater for marked in texts.values() for rater in marked}
    count = sum(len(own) for marked in texts.values() for own in marked.values())
    sizes = Sizes(len(names), len(raters), count)
    return share_figure(sums, "F1 of whole spans", sizes, resampling, Reason.NO_SPAN)


def matches(first: Sequence[Span], second: Sequence[Span]) -> int:
    """Spans of `one` that find a span of `two` of their own, same label, overlapping by half or more of their union."""
    left, number = list(second), 0
    for span in sorted(first):
        best = max(left, key=lambda other: overlap(span, other), default=None)
        if best is not None and overlap(span, best) >= OVERLAP:
            left.remove(best)
            number += 1
    return number


def overlap(first: Span, second: Span) -> float:
    """Intersection over union of two half-open spans; 0 where their labels differ."""
    if first[2:] != second[2:]:
        return 0.0
    shared = max(0, min(first[1], second[1]) - max(first[0], second[0]))
    return shared / (max(first[1], second[1]) - min(first[0], second[0])) if shared else 0.0

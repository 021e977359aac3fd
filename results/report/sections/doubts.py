"""Before a result is believed: length, few raters, habits of side, agreement, blinding, what was changed; each in a
sentence with its number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from results.document import numbers
from results.record.listed import LeakRecord
from results.record.preference import PairRecord
from results.report.sections.quality import reading
from results.report.sections.reader import Reader
from results.statistics.reasons import Reason
from results.study.beside.habits import one_sided
from tasks.languages import tags

Kind = Literal["warn", "info", "good"]
TITLE = "doubts"
"""The key of their heading among the report's words."""
FEW, VERY_FEW = 6, 3
"""Raters below which it is said that they are few."""
APART = (Reason.NO_COMMON_SUPPORT, Reason.CONSTANT_GAP)
"""Why nothing can be said of equal length: the lengths hardly meet, or not at all."""
CHANGES = ("looked", "exported", "reopened", "plan_changed")
"""Acts after launch that may have moved a result."""


@dataclass(frozen=True)
class Doubt:
    """One of them: `warn` asks for care, `info` is to be known, `good` was looked for and not found."""

    kind: Kind
    title: str
    sentences: tuple[str, ...]


def doubts(reader: Reader) -> tuple[Doubt, ...]:
    """All of them, the grave ones first; () where nothing was compared."""
    record = reader.record
    if not any(pair.margin.value is not None for pair in record.preference.pairs):
        return ()
    found = [*_raters(reader), *_length(reader), *_side(reader), *_agreement(reader), *_blinding(reader)]
    found += [*_rules(reader), *_changes(reader)]
    return tuple(sorted(found, key=lambda doubt: ("warn", "info", "good").index(doubt.kind)))


def _doubt(reader: Reader, kind: Kind, name: str, *sentences: str) -> Doubt:
    return Doubt(kind, reader.word(f"doubt_{name}_title"), tuple(filter(None, sentences)))


def _raters(reader: Reader) -> Iterator[Doubt]:
    n = reader.record.data.n_raters
    if n < FEW:
        yield _doubt(reader, "warn" if n < VERY_FEW else "info", "raters", reader.word("doubt_raters", n=n))


def _length(reader: Reader) -> Iterator[Doubt]:
    """Of the pairs that the answer rests on, the one whose responses differ most in length."""
    pairs = {frozenset(pair.systems): pair for pair in reader.record.preference.pairs if pair.role != "exploratory"}
    pairs = pairs or {frozenset(pair.systems): pair for pair in reader.record.preference.pairs}
    gaps = [
        (abs(delta), gap, pairs[systems])
        for gap in reader.record.leaks
        if gap.kind == "gap" and gap.name == "characters"
        if (systems := frozenset((gap.system, gap.other or ""))) in pairs
        if (delta := gap.effects["cliffs_delta"].value) is not None
    ]
    if gaps:
        _, gap, pair = max(gaps, key=lambda one: (one[1].clear, one[0]))
        yield _of_length(reader, gap, pair)


def _of_length(reader: Reader, gap: LeakRecord, pair: PairRecord) -> Doubt:
    share = gap.effects["dominance"].value or 0.0
    system, other = gap.system, gap.other or ""
    if share < 0.5:
        share, system, other = 1 - share, other, system
    named = {"longer": reader.name(system), "other": reader.name(other)}
    said = reader.word("doubt_length", share=numbers.percent(share), **named)
    if not gap.clear:
        return _doubt(reader, "good", "length", said, reader.word("doubt_length_open"))
    return _doubt(reader, "warn", "length", said, _equal(reader, pair))


def _equal(reader: Reader, pair: PairRecord) -> str:
    """The margin where length is held equal; that nothing can be said where the lengths hardly overlap."""
    equal = pair.adjusted.margin_when_equal
    if "length" not in pair.adjusted.covariates:
        return ""
    if equal.value is None:
        return reader.word("doubt_length_apart") if equal.reason in APART else ""
    named = tags.listed([reader.word(f"equal_{one}") for one in pair.adjusted.covariates], reader.lang)
    return reader.word(
        "doubt_length_equal",
        equal=named,
        value=numbers.with_interval(equal.value, equal.low, equal.high, sign=True),
        margin=numbers.number(pair.margin.value, sign=True),
        pair=reader.versus(pair.systems),
    )


def _side(reader: Reader) -> Iterator[Doubt]:
    order = reader.record.order
    share = order.first_side_share
    if share.value is None:
        return
    bounds = numbers.interval(share.low, share.high, 0, scale=100)
    value = numbers.number(100 * share.value, 0)
    said = reader.word("order_text", n=share.n_judgments, value=value, interval=bounds)
    counts = {rater: (one.first, one.decisive) for rater, one in order.by_rater.items()}
    leaning = [f"{rater} ({counts[rater][0]} / {counts[rater][1]})" for rater in one_sided(counts)]
    by_rater = reader.word("doubt_side_raters", raters=reader.listed(leaning)) if leaning else ""
    apart = share.low is not None and share.high is not None and not share.low <= 0.5 <= share.high
    yield _doubt(reader, "warn" if apart or leaning else "good", "side", said, by_rater)


def _agreement(reader: Reader) -> Iterator[Doubt]:
    entry = reader.record.agreement_on(reader.record.preference.criterion)
    if entry is None:
        return
    main = entry.main
    if main.value is None:
        label = reader.word("short_alpha")
        yield _doubt(
            reader, "info", "agreement", reader.word("reading_undefined", label=label, reason=reader.why(main.reason))
        )
        return
    value = f"{reader.word('short_alpha')} = {numbers.with_interval(main.value, main.low, main.high)}"
    if main.low is None or main.high is None:
        yield _doubt(reader, "info", "agreement", f"{value} ({reader.why(main.reason)})")
        return
    key = reading(main.low, main.high)
    kind: Kind = "warn" if key == "reading_chance" else "info" if key in ("reading_below", "reading_across") else "good"
    yield _doubt(reader, kind, "agreement", reader.word(key, label=value))


def _blinding(reader: Reader) -> Iterator[Doubt]:
    record = reader.record.blinding
    if not record.right + record.wrong + record.cannot_tell:
        yield _doubt(reader, "info", "blinding", reader.word("blinding_not_asked"))
        return
    counts = reader.word("guesses", right=record.right, wrong=record.wrong, cannot=record.cannot_tell)
    index = record.index
    if index.value is None or index.low is None or index.high is None:
        yield _doubt(reader, "info", "blinding", counts, reader.word("doubt_blinding_few"))
        return
    value = numbers.with_interval(index.value, index.low, index.high, sign=True)
    key = "told" if index.low > 0 else "open"
    yield _doubt(
        reader,
        "warn" if index.low > 0 else "good",
        "blinding",
        reader.word(f"doubt_blinding_{key}", index=value),
        counts,
    )


def _rules(reader: Reader) -> Iterator[Doubt]:
    """What the margin is the other way, with the rules that were named beforehand or without them."""
    pairs = {pair.systems for pair in reader.record.preference.pairs if pair.role == "primary"}
    beside = [one for one in reader.record.exclusions if one.systems in pairs and not one.governs and one.left_out]
    for one in beside[-1:]:
        threshold = "" if one.threshold is None else numbers.number(one.threshold, 0)
        margin = numbers.with_interval(one.margin.value, one.margin.low, one.margin.high, sign=True)
        rule = reader.word(f"rule_{one.rule}", threshold=threshold)
        yield _doubt(reader, "info", "rules", reader.word("doubt_rules", rule=rule, n=one.left_out, margin=margin))


def _changes(reader: Reader) -> Iterator[Doubt]:
    counts = Counter(act.kind for act in reader.record.deviations if act.kind in CHANGES)
    if counts:
        told = reader.listed([f"{reader.word(f'act_{kind}')} ({n})" for kind, n in counts.items()])
        yield _doubt(reader, "warn", "changes", reader.word("doubt_changes", acts=told))

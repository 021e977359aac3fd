"""What a reader should know before believing the answer: each thing looked at, and whether a sign was found."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from results.document import numbers
from results.record.listed import LeakRecord
from results.report.sections.declared import ended_early
from results.report.sections.quality import reading
from results.report.sections.reader import Reader
from results.study.beside.habits import one_sided
from tasks.languages import tags

FEW_RATERS = 10
"""Raters below whom their own taste may be the answer."""
MOST_NAMED = 2
"""Raters of whom each is told; of more, how many there are."""


class Doubt(NamedTuple):
    """One reason for doubt, and the section that says more of it."""

    key: str
    title: str
    text: str
    section: str


def doubts(reader: Reader) -> tuple[Doubt, ...]:
    """The reasons for doubt that were found, in a fixed order."""
    return tuple(
        Doubt(look.key, reader.word(f"doubt_{look.key}"), text, look.section)
        for look in LOOKS
        if (text := look.at(reader))
    )


def unremarkable(reader: Reader) -> str:
    """What was looked at without finding a sign, as a list in words; '' of nothing."""
    clear = [reader.word(f"doubt_{look.key}") for look in LOOKS if look.at(reader) == ""]
    return reader.listed(clear)


class Look(NamedTuple):
    """One thing to look at. `at` gives what was found in words, '' where nothing was, None where it cannot be seen."""

    key: str
    section: str
    at: Callable[[Reader], str | None]


def _imported(reader: Reader) -> str | None:
    return reader.word("imported_plan") if reader.record.study.imported is not None else None


def _few_raters(reader: Reader) -> str | None:
    count = 0 if reader.record.sessions is not None else reader.record.data.n_raters
    return reader.word("doubt_few_raters_text", n=count) if 0 < count < FEW_RATERS else None


def _unfinished(reader: Reader) -> str | None:
    record = reader.record.data
    if reader.record.study.imported is not None or not (record.parts.not_answered or record.withdrawn_raters):
        return None
    shown = {"open": record.parts.not_answered, "n": record.parts.planned, "withdrawn": record.withdrawn_raters}
    return reader.word("doubt_unfinished_text", **shown)


def _changed(reader: Reader) -> str | None:
    kinds = dict.fromkeys(act.kind for act in reader.record.deviations)
    kinds.pop("withdrawn", None)
    return reader.listed([reader.word(f"act_{kind}") for kind in kinds]) or None


def _one_side(reader: Reader) -> str | None:
    """Raters whose choices lie on one side more than chance gives."""
    sides = reader.record.order.by_rater if _order_is_known(reader) else {}
    if not sides:
        return None
    leaning = one_sided({rater: (side.first, side.decisive) for rater, side in sides.items()})
    found = [
        reader.word("doubt_one_side_text", rater=rater, first=sides[rater].first, n=sides[rater].decisive)
        for rater in leaning
    ]
    return reader.word("doubt_one_side_many", n=len(found)) if len(found) > MOST_NAMED else " ".join(found)


def _first_side(reader: Reader) -> str | None:
    share = reader.record.order.first_side_share
    if not _order_is_known(reader) or share.low is None or share.high is None:
        return None
    value, interval = reader.cells(share, 0, 100)
    shown = {"value": value, "interval": interval, "n": share.n_judgments}
    return reader.word("order_text", **shown) if share.low > 0.5 or share.high < 0.5 else ""


def _order_is_known(reader: Reader) -> bool:
    imported = reader.record.study.imported
    return imported is None or imported.order == "shown"


def _length(reader: Reader) -> str | None:
    gaps = [gap for gap in reader.record.leaks if gap.kind == "gap" and gap.name == "characters"]
    clear = [gap for gap in gaps if gap.clear]
    if not gaps or not clear:
        return "" if gaps else None
    return " ".join([*(_longer(reader, gap) for gap in clear), *_held_equal(reader)])


def _longer(reader: Reader, gap: LeakRecord) -> str:
    share = gap.effects["dominance"].value or 0.0
    names = (gap.system, gap.other or "") if share >= 0.5 else (gap.other or "", gap.system)
    name, other = map(reader.name, names)
    return reader.word("doubt_length_text", name=name, other=other, share=numbers.percent(max(share, 1 - share)))


def _held_equal(reader: Reader) -> list[str]:
    """The margin of two systems where responses are alike in what the study names, or why it cannot be given."""
    pairs = reader.record.preference.pairs
    if len(pairs) != 1 or "length" not in pairs[0].adjusted.covariates:
        return []
    held, margin = pairs[0].adjusted.covariates, pairs[0].adjusted.margin_when_equal
    if margin.value is None or margin.low is None:
        return [reader.word("doubt_length_unknown", reason=reader.why(margin.reason))]
    equal = tags.listed([reader.word(f"equal_{one}") for one in held], reader.lang)
    return [reader.word("doubt_length_equal", equal=equal, value=" ".join(reader.cells(margin, sign=True)))]


def _agreement(reader: Reader) -> str | None:
    entry = reader.record.agreement_on(reader.record.preference.criterion)
    alpha = entry.figures.get("alpha") if entry else None
    if alpha is None:
        return None
    if alpha.value is None or alpha.low is None or alpha.high is None:
        return reader.word("reading_undefined", label="α", reason=reader.why(alpha.reason))
    found = reading(alpha.low, alpha.high)
    label = f"α = {numbers.with_interval(alpha.value, alpha.low, alpha.high)}"
    return "" if found in ("reading_tentative", "reading_firm") else reader.word(found, label=label)


def _told_apart(reader: Reader) -> str | None:
    record = reader.record.blinding
    answers = record.right + record.wrong + record.cannot_tell
    if not answers:
        asked = reader.record.study.imported is None and reader.record.sessions is None
        return reader.word("blinding_not_asked") if asked else None
    guesses = reader.word("guesses", right=record.right, wrong=record.wrong, cannot=record.cannot_tell)
    return guesses if record.index.sign else ""


def _harm(reader: Reader) -> str | None:
    flagged = {name: one for name, one in reader.record.flagged.systems.items() if one.rated}
    if not flagged:
        return None
    found = [
        reader.word("doubt_harm_text", name=reader.name(system), flagged=one.flagged_by_anyone, n=one.rated)
        for system, one in flagged.items()
        if one.flagged_by_anyone
    ]
    return " ".join(found)


LOOKS = (
    Look("imported", "imported", _imported),
    Look("few_raters", "preference", _few_raters),
    Look("unfinished", "data", _unfinished),
    Look("changed", "deviations", _changed),
    Look("stopped", "stopping", ended_early),
    Look("agreement", "agreement", _agreement),
    Look("length", "blinding", _length),
    Look("one_side", "order", _one_side),
    Look("first_side", "order", _first_side),
    Look("told_apart", "blinding", _told_apart),
    Look("harm", "harm", _harm),
)
"""All that is looked at, what matters most first."""

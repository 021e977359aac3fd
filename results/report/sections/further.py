"""The section beside the primary analysis: other readings of the preference, strengths, exclusions, deviations."""

from __future__ import annotations

from collections.abc import Sequence

from results.document import drawings, numbers
from results.document.drawings import Row
from results.document.view import Block, Heading, Paragraph, Picture, Section, Table
from results.record.figure import FigureRecord, TestRecord
from results.record.preference import Adjusted, Excluded, PairRecord, RaterSpread, Stratum, Strengths
from results.report.sections.reader import Reader


def further(reader: Reader) -> Section:
    """Whether the preference holds for other raters, at equal length, in every part, and under each exclusion rule."""
    record, blocks = reader.record, list[Block]()
    for pair in record.preference.pairs:
        if len(record.preference.pairs) > 1:
            blocks.append(Heading(reader.versus(pair.systems)))
        blocks += [_readings(reader, pair), *_strata(reader, pair)]
    if record.preference.strengths:
        blocks += _strengths(reader, record.preference.strengths)
    if record.exclusions:
        blocks += [Heading(reader.word("exclusions")), _exclusions(reader, record.exclusions)]
    if record.deviations:
        blocks += [Heading(reader.word("deviations")), _deviations(reader)]
    return Section("further", reader.word("further"), tuple(blocks))


def _deviations(reader: Reader) -> Table:
    """What was done after launch; a look at results before the end with the reason that was given."""
    rows = tuple(
        (act.at[:16].replace("T", " "), reader.word(f"act_{act.kind}"), act.what) for act in reader.record.deviations
    )
    header = tuple(map(reader.word, ("act_at", "act", "act_what")))
    return Table(header, rows, reader.word("deviations_note"), text=True)


def _readings(reader: Reader, pair: PairRecord) -> Table:
    first, second = map(reader.name, pair.systems)
    rows = (
        (reader.word(f"margin_these_raters_{pair.role}"), *reader.cells(pair.margin, sign=True)),
        (reader.word("margin_other_raters"), *reader.cells(pair.margin_at_large, sign=True)),
        *_spread(reader, pair.spread),
        (reader.word("win_share_votes", name=first), *reader.cells(pair.win_share_of_votes)),
        *_when_equal(reader, pair.adjusted, first),
    )
    header = ("", reader.word("value"), reader.word("interval95"))
    return Table(header, rows, reader.word("further_note", first=first, second=second))


def _spread(reader: Reader, spread: RaterSpread) -> list[tuple[str, ...]]:
    """How far raters differ; nothing where that cannot be told."""
    if spread.sd is None:
        return []
    alike = numbers.p_value(spread.heterogeneity.p_value)
    return [
        (reader.word("sd_raters"), numbers.number(spread.sd), numbers.DASH),
        (reader.word("lean_raters"), numbers.percent(spread.lean), numbers.DASH),
        (reader.word("raters_alike"), alike, numbers.DASH),
        (reader.word("new_rater"), *reader.cells(spread.new_rater, sign=True)),
    ]


def _when_equal(reader: Reader, terms: Adjusted, first: str) -> list[tuple[str, ...]]:
    """The rows of the model of length and questions; one alone, with the reason, where there is none."""
    margin = (reader.word("margin_when_equal"), *reader.cells(terms.margin_when_equal, sign=True))
    if terms.margin_when_equal.value is None:
        return [margin]
    return [
        margin,
        (reader.word("margin_per_10", name=first), *reader.cells(terms.margin_per_10_characters, sign=True)),
        (
            reader.asked(reader.word("margin_per_question", name=first)),
            *reader.cells(terms.margin_per_question, sign=True),
        ),
        (reader.word("share_when_equal", name=first), *reader.cells(terms.share_when_equal)),
    ]


def _per_question(reader: Reader, first: str) -> str:
    return reader.asked(reader.word("margin_per_question", name=first))


def _strata(reader: Reader, pair: PairRecord) -> list[Block]:
    if not pair.strata:
        return []
    rows = [Row.of(reader.word("all_items"), pair.margin, strong=True)]
    rows += [Row.of(f"{_stratum(reader, part)} ({part.margin.n_items})", part.margin) for part in pair.strata]
    ticks = [step * pair.top / 4 for step in range(-4, 5)]
    first, second = map(reader.name, pair.systems)
    caption = reader.word("strata_caption", first=first, second=second)
    return [Picture(drawings.forest(rows, ticks, reader.word("strata")), caption)]


def _stratum(reader: Reader, part: Stratum) -> str:
    return reader.word(f"depth_{part.name}") if part.by == "depth" else part.name


def _strengths(reader: Reader, strengths: Strengths) -> list[Block]:
    """A forest of centred log worths, strongest first; a sentence where the model has no fit."""
    figures = sorted(strengths.systems.items(), key=lambda entry: (-(entry[1].value or 0), entry[0]))
    heading = Heading(reader.word("strengths"))
    if not strengths.finite:
        return [heading, Paragraph(reader.why(figures[0][1].reason))]
    ends = [abs(end) for _, f in figures for end in (f.low, f.high, f.value) if end is not None]
    top = 0.5 * (int(max(ends) / 0.5) + 1)
    rows = [Row.of(reader.name(system), figure, strong=True) for system, figure in figures]
    drawing = drawings.forest(rows, [step * top / 2 for step in range(-2, 3)], reader.word("strengths"))
    return [heading, Picture(drawing, reader.word("strengths_caption", nu=numbers.number(strengths.ties_nu)))]


def _exclusions(reader: Reader, exclusions: Sequence[Excluded]) -> Table:
    """Each comparison as it is and under every rule; named by its systems where there are several."""
    pairs = [pair for pair in reader.record.preference.pairs if pair.role != "exploratory"]
    rows = []
    for pair in pairs:
        start = f"{reader.versus(pair.systems)}: " if len(pairs) > 1 else ""
        alpha = _alpha(reader) if len(reader.record.preference.pairs) == 1 else None
        rows.append(
            _excluded(reader, start + reader.word("nothing_excluded"), None, pair.margin, pair.margin_test, alpha)
        )
        for exclusion in exclusions:
            if exclusion.systems == pair.systems:
                name, left_out = start + _rule(reader, exclusion), exclusion.left_out
                figures = (exclusion.margin, exclusion.margin_test, exclusion.alpha)
                rows.append(_excluded(reader, name, left_out, *figures))
    keys = ("rule", "left_out", "mean_margin_short", "interval95", "test", "short_alpha")
    return Table(tuple(map(reader.word, keys)), tuple(rows), reader.word("exclusions_note"))


def _rule(reader: Reader, exclusion: Excluded) -> str:
    threshold = "" if exclusion.threshold is None else numbers.number(exclusion.threshold, 0)
    return reader.word(f"rule_{exclusion.rule}", threshold=threshold)


def _excluded(
    reader: Reader,
    name: str,
    left_out: int | None,
    margin: FigureRecord,
    test: TestRecord,
    alpha: FigureRecord | None,
) -> tuple[str, ...]:
    count = numbers.DASH if left_out is None else str(left_out)
    own = numbers.number(alpha.value if alpha else None)
    return name, count, *reader.cells(margin, sign=True), numbers.p_value(test.p_value), own


def _alpha(reader: Reader) -> FigureRecord | None:
    """Alpha of the preference, where one pair alone was compared: over several pairs it is another figure."""
    entry = reader.record.agreement_on(reader.record.preference.criterion)
    return entry.figures["alpha"] if entry else None

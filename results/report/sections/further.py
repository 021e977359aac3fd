"""The sections beside the primary analysis: other readings of the preference, strengths, exclusions; deviations."""

from __future__ import annotations

from collections.abc import Sequence

from results.document import drawings, numbers
from results.document.drawings import Row
from results.document.view import Block, Heading, Picture, Section, Table
from results.record.preference import Adjusted, Excluded, PairRecord, RaterSpread, Stratum
from results.report.sections.reader import Reader
from results.report.sections.strengths import strengths_of
from tasks.languages import tags


def further(reader: Reader) -> Section:
    """Whether the preference holds for other raters, at equal length, in every part, and under each exclusion rule."""
    record, blocks = reader.record, list[Block]()
    for pair in record.preference.pairs:
        if len(record.preference.pairs) > 1:
            blocks.append(Heading(reader.versus(pair.systems)))
        blocks += [_readings(reader, pair), *_strata(reader, pair)]
    if record.preference.strengths and not record.preference.pairs_left_out:
        blocks += strengths_of(reader, record.preference.strengths)
    if record.preference.strengths_when_equal:
        blocks.append(_strengths_when_equal(reader))
    if record.exclusions:
        blocks += [Heading(reader.word("exclusions")), _exclusions(reader, record.exclusions)]
    return Section("further", reader.exploratory(reader.word("further")), tuple(blocks))


def deviations(reader: Reader) -> Section:
    """What was done after launch; a look at results before the end with the reason that was given."""
    rows = tuple(
        (act.at[:16].replace("T", " "), reader.word(f"act_{act.kind}"), act.what) for act in reader.record.deviations
    )
    header = tuple(map(reader.word, ("act_at", "act", "act_what")))
    table = Table(header, rows, reader.word("deviations_note"), text=True)
    return Section("deviations", reader.word("deviations"), (table,) if rows else ())


def _readings(reader: Reader, pair: PairRecord) -> Table:
    first, second = map(reader.name, pair.systems)
    rows = (
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
    """The rows of the model of what is held equal; one alone, with the reason, where there is none."""
    if not terms.covariates:
        return []
    equal = tags.listed([reader.word(f"equal_{one}") for one in terms.covariates], reader.lang)
    margin = (reader.word("margin_when_equal", equal=equal), *reader.cells(terms.margin_when_equal, sign=True))
    if terms.margin_when_equal.value is None:
        return [margin]
    slopes = {
        reader.word("margin_per_10", name=first): terms.margin_per_10_characters,
        reader.asked(reader.word("margin_per_question", name=first)): terms.margin_per_question,
        reader.word("margin_per_minimal", name=first): terms.margin_per_minimal,
    }
    return [
        margin,
        *((label, *reader.cells(figure, sign=True)) for label, figure in slopes.items() if figure is not None),
        (reader.word("share_when_equal", name=first, equal=equal), *reader.cells(terms.share_when_equal)),
    ]


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


def _strengths_when_equal(reader: Reader) -> Table:
    """Strengths in points of the scale where responses are alike in what the study names, strongest first."""
    found = reader.record.preference.strengths_when_equal
    ordered = sorted(found.items(), key=lambda entry: (-(entry[1].value or 0), entry[0]))
    rows = tuple((reader.name(system), *reader.cells(figure, sign=True)) for system, figure in ordered)
    covariates = reader.record.study.primary.adjusted_for
    equal = tags.listed([reader.word(f"equal_{one}") for one in covariates], reader.lang)
    header = (reader.word("strengths_when_equal", equal=equal), reader.word("value"), reader.word("interval95"))
    return Table(header, rows, reader.word("strengths_when_equal_note"))


def _exclusions(reader: Reader, exclusions: Sequence[Excluded]) -> Table:
    """Each comparison as it is and under every rule; named by its systems where there are several."""
    pairs = [pair for pair in reader.record.preference.pairs if pair.role != "exploratory"]
    rows = []
    for pair in pairs:
        start = f"{reader.versus(pair.systems)}: " if len(pairs) > 1 else ""
        for exclusion in exclusions:
            if exclusion.systems == pair.systems:
                rows.append((start + _rule(reader, exclusion), *_excluded(reader, exclusion)))
    keys = ("rule", "left_out", "mean_margin_short", "interval95", "test", "short_alpha")
    whose = reader.word(f"answer_whose_{reader.record.study.primary.estimand}")
    note = reader.word(f"exclusions_note_{reader.record.study.primary.exclusions}", whose=whose)
    return Table(tuple(map(reader.word, keys)), tuple(rows), note)


def _rule(reader: Reader, exclusion: Excluded) -> str:
    threshold = "" if exclusion.threshold is None else numbers.number(exclusion.threshold, 0)
    name = reader.word(f"rule_{exclusion.rule}", threshold=threshold)
    return reader.word("rule_governs" if exclusion.governs else "rule_beside", rule=name)


def _excluded(reader: Reader, one: Excluded) -> tuple[str, ...]:
    test, alpha = numbers.p_value(one.margin_test.p_value), numbers.number(one.alpha.value)
    return str(one.left_out), *reader.cells(one.margin, sign=True), test, alpha

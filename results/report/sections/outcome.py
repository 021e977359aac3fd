"""The section of the report that says who was preferred, for every pair of systems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from results.document import drawings, numbers
from results.document.drawings import Row, Segment
from results.document.svg import Drawn
from results.document.view import Block, Heading, Paragraph, Picture, Section, Table
from results.record.figure import MarginTest
from results.record.preference import Circle, PairRecord, Ranked, RankingRecord
from results.report.sections.reader import Reader
from results.report.sections.strengths import strength_table, strengths_of
from results.study.judged import MOST_SYSTEMS
from tasks.schema import Estimand


def preference(reader: Reader) -> Section:
    """Who was preferred, for every pair of systems."""
    found = reader.record.preference
    pairs = found.pairs
    blocks: list[Block] = [] if pairs or found.pairs_left_out else [Paragraph(reader.word("no_preference"))]
    if found.pairs_left_out:
        blocks += _many(reader)
    if found.rankings:
        blocks += _rankings(reader, found.rankings)
    for pair in pairs:
        if len(pairs) > 1:
            versus = reader.versus(pair.systems)
            blocks.append(Heading(reader.exploratory(versus) if pair.role == "exploratory" else versus))
        blocks += _pair(reader, pair)
    return Section("preference", reader.word("preference"), tuple(blocks))


def _many(reader: Reader) -> list[Block]:
    """Of many systems: how many pairs are not listed, and the order by strength."""
    found = reader.record.preference
    systems = len(found.strengths.systems) if found.strengths else 0
    said = Paragraph(reader.word("many_pairs", n=found.pairs_left_out, systems=systems, most=MOST_SYSTEMS))
    if found.strengths is None:
        return [said]
    order = [strength_table(reader, found.strengths)] if found.strengths.finite else []
    return [said, *strengths_of(reader, found.strengths), *order]


def _rankings(reader: Reader, rankings: Sequence[RankingRecord]) -> list[Block]:
    """The order of the systems with their ranges of ranks for both estimands, all differences, and circles."""
    first = next((one for one in rankings if one.estimand == reader.record.study.primary.estimand), rankings[0])
    ranges = {one.estimand: {entry.system: entry for entry in one.systems} for one in rankings}
    rows = tuple(
        (reader.name(entry.system), numbers.number(entry.mean_margin, sign=True), *_ranks(entry.system, ranges))
        for entry in first.systems
    )
    header = (
        reader.word("system"),
        reader.word("mean_margin_against_all"),
        *(reader.word(f"ranks_{estimand}") for estimand in ranges),
    )
    blocks: list[Block] = [Heading(reader.word("ranking")), Table(header, rows, reader.word("ranking_note"))]
    blocks += [_differences(reader, rankings), _wins(reader, [entry.system for entry in first.systems])]
    return [*blocks, *(Paragraph(_circle(reader, circle)) for circle in first.circles)]


def _differences(reader: Reader, rankings: Sequence[RankingRecord]) -> Table:
    """Every pair's margin with the simultaneous interval of each estimand."""
    rows = tuple(
        (
            reader.versus(same[0].systems),
            numbers.number(same[0].margin.value, sign=True),
            *(reader.cells(one.margin, sign=True)[1] for one in same),
        )
        for same in zip(*(one.differences for one in rankings), strict=True)
    )
    intervals = (reader.word(f"together_{one.estimand}") for one in rankings)
    return Table(("", reader.word("mean_margin_short"), *intervals), rows, reader.word("together_note"))


def _wins(reader: Reader, systems: Sequence[str]) -> Table:
    """Shares of decisive votes, row against column."""
    shares = {}
    for pair in reader.record.preference.pairs:
        for system, other in (pair.systems, pair.systems[::-1]):
            shares[system, other] = pair.vote_share(system)[0]
    rows = tuple(
        (reader.name(row), *(numbers.percent(shares.get((row, column))) for column in systems)) for row in systems
    )
    return Table(("", *map(reader.name, systems)), rows, reader.word("wins_note"), wraps=True)


def _ranks(system: str, ranges: Mapping[Estimand, Mapping[str, Ranked]]) -> tuple[str, ...]:
    shown = []
    for of_estimand in ranges.values():
        low, high = of_estimand[system].best_rank, of_estimand[system].worst_rank
        shown.append(str(low) if low == high else f"{low}–{high}")
    return tuple(shown)


def _circle(reader: Reader, circle: Circle) -> str:
    first, second, third = map(reader.name, circle.systems)
    key = "circle_shown" if circle.shown else "circle_open"
    return reader.word(key, first=first, second=second, third=third)


def _pair(reader: Reader, pair: PairRecord) -> list[Block]:
    first, second = map(reader.name, pair.systems)
    return [
        Picture(_bars(reader, pair), reader.word("bars_caption"), _choices(reader, first, second)),
        Picture(_margins(reader, pair), reader.word("margins_caption", first=first, second=second)),
        _table(reader, pair),
        Picture(_rater_margins(reader, pair), reader.word("rater_margins_caption", first=first, second=second)),
    ]


def _choices(reader: Reader, first: str, second: str) -> tuple[tuple[str, str], ...]:
    return (
        ("a", reader.word("better", name=first)),
        ("a2", reader.word("slightly_better", name=first)),
        ("tie", reader.word("same")),
        ("b2", reader.word("slightly_better", name=second)),
        ("b", reader.word("better", name=second)),
    )


def _bars(reader: Reader, pair: PairRecord) -> Drawn:
    """Items and votes, the first system's at the left."""
    first, second = map(reader.name, pair.systems)
    styles = {2: "a", 1: "a2", 0: "tie", -1: "b2", -2: "b"}
    ordered = sorted(((int(value), count) for value, count in pair.votes.items()), reverse=True)
    by_vote = [Segment(n, styles[max(-2, min(2, value))], numbers.number(value, 0)) for value, n in ordered]
    by_item = [
        Segment(pair.items.won, "a", first),
        Segment(pair.items.tied, "tie", reader.word("tied")),
        Segment(pair.items.lost, "b", second),
    ]
    rows = [(reader.word("items"), by_item), (reader.word("votes"), by_vote)]
    return drawings.bars(rows, reader.word("bars_caption"))


def _margins(reader: Reader, pair: PairRecord) -> Drawn:
    """Every item's margin, the first system's side upwards."""
    first, second = map(reader.name, pair.systems)
    ends = (reader.word("upwards", name=first), reader.word("downwards", name=second))
    margins = [item.margin for item in pair.by_item]
    return drawings.item_margins(margins, pair.margin, pair.top, ends, reader.word("item_margins"))


def _table(reader: Reader, pair: PairRecord) -> Table:
    first = reader.name(pair.systems[0])
    items = reader.word("win_share_items", name=first)
    estimands: tuple[Estimand, ...] = ("these_raters", "raters_at_large")
    ordered = sorted(estimands, key=lambda one: pair.margin_for(one)[0].standing != "declared")
    rows = (
        *(_margin_row(reader, pair, estimand) for estimand in ordered),
        (items, *reader.cells(pair.win_share_of_items), numbers.p_value(pair.sign_test.p_value)),
        (reader.word("win_share_votes", name=first), *reader.cells(pair.win_share_of_votes), numbers.DASH),
    )
    header = ("", reader.word("value"), reader.word("interval95"), reader.word("test"))
    note = reader.word("pair_note", first=first, second=reader.name(pair.systems[1]))
    if reader.record.stopping is not None:
        note = f"{note} {reader.word('pair_note_looks')}"
    return Table(header, rows, note)


def _margin_row(reader: Reader, pair: PairRecord, estimand: Estimand) -> tuple[str, ...]:
    """The margin for whom it speaks, marked where the study did not declare it for them."""
    margin, test = pair.margin_for(estimand)
    role = pair.role if margin.standing == "declared" else "exploratory"
    name = reader.word("margin_whose", margin=reader.word(f"mean_margin_{role}"), whose=_whose(reader, estimand))
    return name, *reader.cells(margin, sign=True), _tested(reader, test, pair.role)


def _whose(reader: Reader, estimand: Estimand) -> str:
    return reader.word(f"answer_whose_{estimand}")


def _tested(reader: Reader, test: MarginTest, role: str) -> str:
    """The p-value of the margin; of a pair that is not the primary one, the corrected one beside it."""
    plain = numbers.p_value(test.p_value)
    if role == "primary" or test.p_holm is None:
        return plain
    return f"{plain} ({reader.word('holm')} {numbers.p_value(test.p_holm)})"


def _rater_margins(reader: Reader, pair: PairRecord) -> Drawn:
    without = [figure.value for figure in pair.without_rater if figure.value is not None]
    ends = (min(without), max(without)) if len(without) > 1 else (None, None)
    rows = [Row.of(reader.word("all_raters"), pair.margin, ends, strong=True)]
    rows += [Row.of(figure.rater, figure) for figure in pair.by_rater]
    return drawings.forest(rows, [step * pair.top / 4 for step in range(-4, 5)], reader.word("by_rater"))

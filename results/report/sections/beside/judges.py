"""The section of machine judges: what each is worth beside the raters, and what it leans to."""

from __future__ import annotations

from collections.abc import Iterator

from results.document import numbers
from results.document.view import Block, Heading, Paragraph, Section, Table
from results.record.figure import Effect
from results.record.judges import Contender, JudgeRecord
from results.report.sections.reader import Reader


def judges(reader: Reader) -> Section:
    """Nothing where no judge was asked."""
    found = reader.record.judges
    blocks: list[Block] = [Paragraph(reader.word("judges_limits"))] if found else []
    for one in found:
        blocks += _judge(reader, one)
    return Section("judges", reader.exploratory(reader.word("judges")), tuple(blocks))


def _judge(reader: Reader, one: JudgeRecord) -> Iterator[Block]:
    yield Heading(f"{one.judge} ({one.model})" if one.model else one.judge)
    yield Paragraph(_counted(reader, one))
    yield Paragraph(_verdict(reader, one))
    yield _places(reader, one)
    yield _agreement(reader, one)
    yield _habits(reader, one)
    if one.ratings:
        yield _rated(reader, one)
    yield _margins(reader, one)


def _counted(reader: Reader, one: JudgeRecord) -> str:
    counts = {
        "verdicts": one.verdicts,
        "items": one.items,
        "alone": one.items_alone,
        "failed": sum(one.failed.values()),
    }
    said = reader.word("judge_counts", **{name: f"{count:,}" for name, count in counts.items()})
    if one.prompt_tokens is None:
        return said
    tokens = one.prompt_tokens + (one.completion_tokens or 0)
    return (
        f"{said} {reader.word('judge_cost', tokens=f'{tokens:,}', minutes=numbers.number((one.seconds or 0) / 60, 1))}"
    )


def _verdict(reader: Reader, one: JudgeRecord) -> str:
    if one.passes is None:
        return reader.word("judge_none", reason=reader.why(one.reason))
    won = sum(rater.won for rater in one.beside)
    shown = {"won": won, "of": len(one.beside), "epsilon": f"{one.epsilon:g}"}
    return reader.word("judge_passes" if one.passes else "judge_fails", **shown)


def _places(reader: Reader, one: JudgeRecord) -> Table:
    """The judge and whatever else could stand in a rater's place, by the same rule."""
    keys = ("judge_place", "judge_won", "judge_advantage", "judge_r", "judge_guard", "judge_passed")
    rows = tuple(_place(reader, entry) for entry in one.contenders)
    return Table(tuple(map(reader.word, keys)), rows, reader.word("judge_rule", epsilon=f"{one.epsilon:g}"), wraps=True)


def _place(reader: Reader, entry: Contender) -> tuple[str, ...]:
    shown = {"system": reader.name(entry.system)} if entry.system else {}
    return (
        reader.word(f"contender.{entry.kind}", **shown),
        numbers.percent(entry.winning_rate),
        numbers.percent(entry.advantage),
        numbers.number(entry.correlation),
        numbers.DASH if entry.correlation is None else numbers.number(entry.guard_p, 3),
        f"{entry.passed} / {entry.of}" if entry.of else numbers.DASH,
    )


def _agreement(reader: Reader, one: JudgeRecord) -> Table:
    keys = ("judge_within", "judge_votes", "judge_raters", "judge_strengths")
    rows = tuple(
        (reader.versus(pair.systems), *(_cell(reader, f) for f in (pair.judge, pair.raters, pair.correlation)))
        for pair in one.agreement
    )
    return Table(tuple(map(reader.word, keys)), rows, reader.word("judge_within_note"), wraps=True)


def _habits(reader: Reader, one: JudgeRecord) -> Table:
    place = one.position
    rows = [
        (reader.word("habit.consistent"), _cell(reader, place.consistent), "", ""),
        (reader.word("habit.first"), _cell(reader, place.first_share), _cell(reader, place.raters_first_share), ""),
    ]
    for leaning in one.leanings:
        sides = (leaning.judge, leaning.raters, leaning.difference)
        label = reader.word(f"habit.{leaning.feature}")
        judge, raters, difference = (_cell(reader, figure, sign=True) for figure in sides)
        rows.append((reader.asked(label) if leaning.feature == "more_questions" else label, judge, raters, difference))
    header = tuple(map(reader.word, ("judge_habits", "judge", "judge_people", "judge_difference")))
    return Table(header, tuple(rows), reader.word("judge_habits_note"), wraps=True)


def _rated(reader: Reader, one: JudgeRecord) -> Table:
    rows = tuple(
        (f"{reader.label(rated.criterion)}: {reader.name(system)}", _cell(reader, rated.correlation),
         _cell(reader, gap, sign=True))
        for rated in one.ratings
        for system, gap in rated.difference.items()
    )  # fmt: skip
    return Table(tuple(map(reader.word, ("judge_rated", "judge_within_systems", "judge_difference"))), rows, wraps=True)


def _margins(reader: Reader, one: JudgeRecord) -> Table:
    keys = ("judge_margin", "judge_people_alone", "judge_joined", "judge_saved", "judge_alone")
    rows = tuple(
        (
            reader.versus(margin.systems),
            _cell(reader, margin.people, sign=True),
            _cell(reader, margin.joined, sign=True),
            numbers.percent(margin.saved),
            _cell(reader, margin.judge, sign=True),
        )
        for margin in one.margins
    )
    return Table(tuple(map(reader.word, keys)), rows, reader.word("judge_margin_note"), wraps=True)


def _cell(reader: Reader, figure: Effect, *, sign: bool = False) -> str:
    if figure.value is None:
        return reader.why(figure.reason)
    shown = numbers.with_interval(figure.value, figure.low, figure.high, 2, sign=sign)
    return shown if figure.low is not None else f"{shown} ({reader.why(figure.reason)})"

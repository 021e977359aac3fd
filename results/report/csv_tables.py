"""The tables of a report as CSV files and as one Excel workbook, one figure a row, for those who compute further."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from results.export import csv_cells as cells
from results.export.workbook import Cell, Sheet, workbook
from results.record.figure import FigureRecord, OfSystems, TestRecord
from results.record.hypotheses import DeclaredTest
from results.record.judges import JudgeRecord
from results.record.preference import PairRecord
from results.record.ratings import Differences, RatedPair
from results.record.report import ReportRecord
from results.record.sessions.held import HeldRecord, SessionsRecord

Line = dict[str, Any]
_KEYS = ("value", "low", "high", "method", "reason", "n_items", "n_raters", "n_judgments", "seed")


def csv_tables(record: ReportRecord) -> dict[str, bytes]:
    """CSV files by name."""
    return {name: _csv(lines) for name, lines in tables(record).items()}


def workbook_of(record: ReportRecord) -> bytes:
    """The same tables as sheets of one Excel file; a simulated study says so in its title and its first column."""
    mark = {"simulated": True} if record.study.simulated else {}
    sheets = [_sheet(name, [{**mark, **line} for line in lines]) for name, lines in tables(record).items()]
    return workbook(sheets, record.study.study_id + (" (simulated)" if record.study.simulated else ""))


def tables(record: ReportRecord) -> dict[str, list[Line]]:
    """Lines by table: agreement, declared, preference, items, ratings, questions, raters, order; judges, sessions."""
    found = {
        "agreement": list(_agreement(record)),
        "declared": [_declared(test) for test in record.hypotheses],
        "preference": [line for pair in record.preference.pairs for line in _pair(pair)],
        "items": [{**_systems(pair), **item.model_dump()} for pair in record.preference.pairs for item in pair.by_item],
        "ratings": list(_ratings(record)),
        "questions": list(_questions(record)),
        "raters": [rater.model_dump() for rater in record.raters],
        "order": [{"rater": rater, **share.model_dump()} for rater, share in record.order.by_rater.items()],
    }
    judged = {"judges": [line for judge in record.judges for line in _judge(judge)]} if record.judges else {}
    return {**found, **judged, **({"sessions": list(_sessions(record.sessions))} if record.sessions else {})}


def _sessions(record: SessionsRecord) -> Iterator[Line]:
    """The form, then the course by quarter, then length and pace."""
    for rated in [*([record.score] if record.score else []), *record.items]:
        for name in ("mean", "client", "counselor"):
            yield {"about": rated.criterion, "statistic": name, **_figure(getattr(rated, name))}
    for quarter in record.course:
        for name in ("share_asking", "share_minimal"):
            yield {"about": f"quarter {quarter.quarter}", "statistic": name, **_figure(getattr(quarter, name))}
    for name in HeldRecord.model_fields:
        yield {"about": "held", "statistic": name, **_figure(getattr(record.held, name))}


def _figure(figure: FigureRecord) -> Line:
    marked = {"standing": figure.standing} if isinstance(figure, OfSystems) else {}
    return {key: getattr(figure, key) for key in _KEYS} | marked


def _agreement(record: ReportRecord) -> Iterator[Line]:
    for entry in record.agreement:
        start = {"criterion": entry.criterion, "level": entry.level}
        for name, figure in entry.figures.items():
            yield {**start, "system": "", "statistic": name, **_figure(figure)}
        for system, figure in entry.within_system.items():
            yield {**start, "system": system, "statistic": entry.headline, **_figure(figure)}


def _declared(test: DeclaredTest) -> Line:
    names = {"first": test.systems[0], "second": test.systems[1]}
    claim = {key: getattr(test, key) for key in ("family", "criterion", "measure", "claim", "margin", "estimand")}
    found = {"p_value": test.test.p_value, "p_holm": test.p_holm, "holds": test.holds}
    return {**claim, **names, **_figure(test.difference), **found}


def _systems(pair: PairRecord) -> Line:
    return {"first": pair.systems[0], "second": pair.systems[1]}


def _pair(pair: PairRecord) -> Iterator[Line]:
    names = ("margin", "margin_at_large", "win_share_of_items", "win_share_of_votes")
    figures = {name: getattr(pair, name) for name in names}
    tests: Mapping[str, TestRecord] = {
        "margin": pair.margin_test,
        "margin_at_large": pair.margin_at_large_test,
        "win_share_of_items": pair.sign_test,
    }
    for name, figure in figures.items():
        p_values = {key: getattr(tests.get(name), key, None) for key in ("p_value", "p_holm")}
        yield {**_systems(pair), "rater": "", "statistic": name, **_figure(figure), **p_values}
    for name, by_rater in (("margin", pair.by_rater), ("margin_without_rater", pair.without_rater)):
        for own in by_rater:
            start = {**_systems(pair), "rater": own.rater, "statistic": name}
            yield {**start, **_figure(own), "p_value": None, "p_holm": None}


def _ratings(record: ReportRecord) -> Iterator[Line]:
    for rating in record.ratings:
        start = {"criterion": rating.criterion}
        yield from _levels({system: rated.measures() for system, rated in rating.systems.items()}, start)
        for pair in rating.pairs:
            yield from _differences(pair, start)


def _questions(record: ReportRecord) -> Iterator[Line]:
    yield from _levels({system: asking.measures() for system, asking in record.questions.systems.items()}, {})
    for pair in record.questions.pairs:
        yield from _differences(pair, {})


def _levels(by_system: Mapping[str, Mapping[str, FigureRecord]], start: Line) -> Iterator[Line]:
    for system, measures in by_system.items():
        for measure, figure in measures.items():
            yield {**start, "system": system, "minus": "", "measure": measure, **_figure(figure)}


def _differences(pair: Differences, start: Line) -> Iterator[Line]:
    names = {"system": pair.systems[0], "minus": pair.systems[1]}
    for measure, figure in pair.differences.items():
        yield {**start, **names, "measure": measure, **_figure(figure)}
    if isinstance(pair, RatedPair) and pair.first_rated_higher is not None:
        yield {**start, **names, "measure": "first_rated_higher", **_figure(pair.first_rated_higher)}


def _judge(judge: JudgeRecord) -> Iterator[Line]:
    """One machine judge: what the rule says of each contender, then its figures beside the raters'; all exploratory."""
    for one in judge.contenders:
        start = {"judge": judge.judge, "about": one.kind, "system": one.system or "", "minus": ""}
        for name in ("winning_rate", "advantage", "correlation", "guard_p"):
            rule = {"n_items": one.items, "passed": one.passed, "of": one.of}
            yield {**start, "measure": name, **dict.fromkeys(_KEYS), "value": getattr(one, name), **rule}
    for about, systems, measures in _beside(judge):
        start = {"judge": judge.judge, "about": about, "system": systems[0], "minus": systems[1]}
        for name, figure in measures.items():
            plain = {key: getattr(figure, key) for key in _KEYS}
            yield {**start, "measure": name, **plain, "passed": None, "of": None}


def _beside(judge: JudgeRecord) -> Iterator[tuple[str, tuple[str, str], Mapping[str, FigureRecord]]]:
    """What is measured, of which systems, and its figures."""
    for pair in judge.agreement:
        figures = {"judge": pair.judge, "raters": pair.raters, "correlation": pair.correlation}
        yield "agreement", pair.systems, figures
    place = judge.position
    of_place = {"consistent": place.consistent, "judge": place.first_share, "raters": place.raters_first_share}
    yield "position", ("", ""), of_place
    for one in judge.leanings:
        yield one.feature, ("", ""), {"judge": one.judge, "raters": one.raters, "difference": one.difference}
    for rated in judge.ratings:
        yield rated.criterion, ("", ""), {"correlation": rated.correlation}
        for system, difference in rated.difference.items():
            yield rated.criterion, (system, ""), {"difference": difference}
    for margin in judge.margins:
        figures = {"people": margin.people, "joined": margin.joined, "judge": margin.judge}
        yield "margin", margin.systems, figures


def _columns(lines: list[Line]) -> list[str]:
    return list(lines[0]) if lines else ["empty"]


def _csv(lines: list[Line]) -> bytes:
    columns = _columns(lines)
    return cells.render(columns, ([_cell(line[column]) for column in columns] for line in lines))


def _sheet(name: str, lines: list[Line]) -> Sheet:
    columns = _columns(lines)
    return Sheet(name, columns, [[_typed(line[column]) for column in columns] for line in lines])


def _typed(value: Any) -> Cell:
    """Numbers and texts as they are, lists and maps as JSON."""
    return value if isinstance(value, (int, float, str, type(None))) else json.dumps(value, ensure_ascii=False)


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)

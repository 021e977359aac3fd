"""The tables of a report as CSV files, one figure a row, for those who compute further."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from results.export import csv_cells as cells

Facts = Mapping[str, Any]
Line = dict[str, Any]

FIVE = ("value", "low", "high", "method", "reason", "n_items", "n_raters", "n_judgments", "seed")


def csv_tables(facts: Facts) -> dict[str, bytes]:
    """CSV files by name: agreement, preference, items, ratings, questions, raters, order."""
    made = {
        "agreement": list(_agreement(facts)),
        "preference": list(_preference(facts)),
        "items": [
            {"first": pair["systems"][0], "second": pair["systems"][1], **item}
            for pair in facts["preference"]["pairs"]
            for item in pair["by_item"]
        ],
        "ratings": [
            line for rating in facts["ratings"] for line in _measures(rating, {"criterion": rating["criterion"]})
        ],
        "questions": list(_measures(facts["questions"], {})),
        "raters": list(facts["raters"]),
        "order": [{"rater": rater, **entry} for rater, entry in facts["order"]["by_rater"].items()],
    }
    return {name: _csv(lines) for name, lines in made.items()}


def _figure(figure: Mapping[str, Any]) -> Line:
    return {key: figure.get(key) for key in FIVE}


def _agreement(facts: Facts) -> Iterator[Line]:
    for entry in facts["agreement"]:
        start = {"criterion": entry["criterion"], "level": entry["level"]}
        for name, figure in entry["figures"].items():
            yield {**start, "system": "", "statistic": name, **_figure(figure)}
        for system, figure in entry["within_system"].items():
            yield {**start, "system": system, "statistic": entry["headline"], **_figure(figure)}


def _preference(facts: Facts) -> Iterator[Line]:
    for pair in facts["preference"]["pairs"]:
        start = {"first": pair["systems"][0], "second": pair["systems"][1]}
        tests = {"margin": pair["margin_test"], "win_share_of_items": pair["sign_test"], "win_share_of_votes": {}}
        for name, test in tests.items():
            yield {
                **start,
                "rater": "",
                "statistic": name,
                **_figure(pair[name]),
                "p_value": test.get("p_value"),
                "p_holm": test.get("p_holm"),
            }
        for kind, entries in (("margin", pair["by_rater"]), ("margin_without_rater", pair["without_rater"])):
            for entry in entries:
                start_of = {**start, "rater": entry["rater"], "statistic": kind}
                yield {**start_of, **_figure(entry), "p_value": None, "p_holm": None}


def _measures(part: Mapping[str, Any], start: Line) -> Iterator[Line]:
    for system, entry in part["systems"].items():
        for measure, figure in entry.items():
            if measure != "distribution":
                yield {**start, "system": system, "minus": "", "measure": measure, **_figure(figure)}
    for pair in part["pairs"]:
        names = {"system": pair["systems"][0], "minus": pair["systems"][1]}
        for measure, figure in pair["differences"].items():
            yield {**start, **names, "measure": measure, **_figure(figure)}
        if "first_rated_higher" in pair:
            yield {**start, **names, "measure": "first_rated_higher", **_figure(pair["first_rated_higher"])}


def _csv(lines: list[Line]) -> bytes:
    columns = list(lines[0]) if lines else ["empty"]
    return cells.render(columns, ([_cell(line[column]) for column in columns] for line in lines))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)

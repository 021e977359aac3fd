"""Sections of the report that say how far it can be trusted: agreement, raters, order, methods, data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from results import drawings, numbers
from results.drawings import Row
from results.view import Block, Paragraph, Picture, Reader, Section, Table
from results.words import reason


def agreement(reader: Reader) -> Section:
    """Headline and check of every criterion, with the range when one rater is left out."""
    entries = reader.facts["agreement"]
    rows = [
        Row(
            f"{reader.label(entry['criterion'])} ({reader.word('short_' + entry['headline'])})",
            entry["figures"][entry["headline"]],
            "ink",
            (entry["leave_one_rater_out"]["low"], entry["leave_one_rater_out"]["high"]),
            strong=True,
        )
        for entry in entries
    ]
    lowest = min((row.figure["low"] for row in rows if row.figure["low"] is not None), default=0.0)
    ticks = (-0.5, -0.25, 0, 0.25, 0.5, 0.75, 1) if lowest < -0.02 else (0, 0.25, 0.5, 0.75, 1)
    picture = drawings.forest(rows, ticks, reader.word("agreement"))
    header = ("", reader.word("headline"), reader.word("interval95"), reader.word("check"), reader.word("loo"))
    table = Table(header, tuple(_row(reader, entry) for entry in entries), reader.word("agreement_note"))
    blocks: list[Block] = [Picture(picture, reader.word("agreement_caption"))]
    blocks += [Paragraph(text) for text in _readings(reader)]
    blocks += [table, _more(reader)]
    return Section("agreement", reader.word("agreement"), tuple(blocks))


def _row(reader: Reader, entry: Mapping[str, Any]) -> tuple[str, ...]:
    head, check = entry["figures"][entry["headline"]], entry["figures"][entry["check"]]
    value, interval = reader.cells(head)
    out = entry["leave_one_rater_out"]
    words = numbers.DASH if out["low"] is None else numbers.interval(out)
    label = f"{reader.label(entry['criterion'])}: {reader.word(entry['headline'])}"
    return label, value, interval, f"{reader.word('short_' + entry['check'])} {reader.cells(check)[0]}", words


def _readings(reader: Reader) -> list[str]:
    """One plain sentence on the preference, and on every undefined headline."""
    found = []
    for entry in reader.facts["agreement"]:
        figure = entry["figures"][entry["headline"]]
        label = reader.label(entry["criterion"])
        if figure["value"] is None:
            found.append(reader.word("reading_undefined", label=label, reason=reason(figure["reason"], reader.lang)))
        elif entry["headline"] == "alpha" and figure["low"] is not None:
            found.append(reader.word(_reading(figure["low"], figure["high"]), label=label))
    return found


def _reading(low: float, high: float) -> str:
    if low <= 0:
        return "reading_chance"
    if high < 0.667:
        return "reading_below"
    if low < 0.667:
        return "reading_across"
    return "reading_tentative" if low < 0.8 else "reading_firm"


def _more(reader: Reader) -> Table:
    rows: list[tuple[str, ...]] = []
    for entry in reader.facts["agreement"]:
        label = reader.label(entry["criterion"])
        rows += [
            (f"{label}: {reader.word(name)}", *reader.cells(figure), str(figure["n_judgments"]))
            for name, figure in entry["figures"].items()
            if name != entry["headline"]
        ]
        rows += [
            (
                f"{label}: {reader.word('within', name=reader.name(system))}",
                *reader.cells(figure),
                str(figure["n_judgments"]),
            )
            for system, figure in entry["within_system"].items()
        ]
    header = (reader.word("other_figures"), reader.word("value"), reader.word("interval95"), reader.word("n_judgments"))
    return Table(header, tuple(rows))


def raters(reader: Reader) -> Section:
    """What each rater did."""
    rows = tuple(
        (
            entry["rater"],
            str(entry["judged"]),
            str(entry["cannot_judge"] + entry["skipped"]),
            numbers.number(entry["median_seconds"], 0),
            numbers.percent(entry["agreement_with_rest"]),
            numbers.percent(entry["tie_rate"]),
            str(entry["longest_run_of_one_answer"]),
        )
        for entry in reader.facts["raters"]
    )
    keys = ("rater", "judged", "left", "median_seconds", "agreement_with_rest", "tie_rate", "longest_run")
    table = Table(tuple(reader.word(key) for key in keys), rows, reader.word("raters_note"))
    return Section("raters", reader.word("raters"), (table,))


def order(reader: Reader) -> Section:
    """Facts of presentation order."""
    facts = reader.facts["order"]
    share = facts["first_side_share"]
    value, interval = reader.cells(share, 0, 100)
    text = reader.word("order_text", value=value, interval=interval, votes=share["n_judgments"])
    if share["value"] is None:
        text = reason(share["reason"], reader.lang)
    rows = tuple(
        (reader.name(system), str(entry["first"]), str(entry["shown"] - entry["first"]))
        for system, entry in facts["shown_first"].items()
        if system in {s["system_id"] for s in reader.facts["study"]["systems"]}
    )
    header = ("", reader.word("shown_first"), reader.word("shown_second"))
    return Section("order", reader.word("order"), (Paragraph(text), Table(header, rows)))


def methods(reader: Reader) -> Section:
    """How the numbers were made."""
    settings = reader.facts["settings"]
    few = reader.facts["data"]["n_raters"] < 10
    texts = [
        reader.word("methods_preference"),
        reader.word("methods_interval", resamples=settings["resamples"], seed=settings["seed"]),
        reader.word("methods_agreement"),
        reader.word("methods_ratings"),
        *([reader.word("methods_few_raters", raters=reader.facts["data"]["n_raters"])] if few else []),
    ]
    return Section("methods", reader.word("methods"), tuple(Paragraph(text) for text in texts))


def data(reader: Reader) -> Section:
    """What was judged and what was left out."""
    facts, study = reader.facts["data"], reader.facts["study"]
    rows = [
        (reader.word("n_items"), f"{facts['n_items']} / {facts['n_items_planned']}"),
        (reader.word("n_dialogues"), str(facts["n_dialogues"])),
        (reader.word("n_raters"), str(facts["n_raters"])),
        (reader.word("n_assignments"), f"{facts['n_assignments_judged']} / {facts['n_assignments_planned']}"),
        (reader.word("cannot_judge"), str(facts["left"]["cannot_judge"])),
        (reader.word("skipped"), str(facts["left"]["skipped"])),
        (reader.word("withdrawn"), str(facts["withdrawn_raters"])),
        *((reader.word(f"kind_{kind}"), str(count)) for kind, count in facts["not_in_main_figures"].items()),
    ]
    systems = tuple(Paragraph(_system(reader, system)) for system in study["systems"])
    header = (reader.word("count"), reader.word("number"))
    return Section("data", reader.word("data"), (*systems, Table(header, tuple(rows), reader.word("data_note"))))


def _system(reader: Reader, system: Mapping[str, Any]) -> str:
    description = system["description"][reader.lang] if system["description"] else ""
    made = " + ".join(part for part in (system["model"], system["adapter"]) if part)
    parts = [part for part in (reader.word(f"system_{system['kind']}"), made, description) if part]
    return f"{system['names'][reader.lang]}: " + "; ".join(parts)

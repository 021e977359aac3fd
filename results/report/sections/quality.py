"""Sections of the report that say how far it can be trusted: agreement, raters, order, methods, data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from results.document import drawings, numbers
from results.document.drawings import Row
from results.document.view import Block, Paragraph, Picture, Reader, Section, Table
from results.document.words import reason

FEWEST = 100
"""Dialogues from which the percentile interval of alpha was found to hold what it promises (docs/statistics.md)."""


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
    dialogues = min((entry["figures"][entry["headline"]]["n_items"] for entry in entries), default=0)
    if entries and dialogues < FEWEST:
        blocks.append(Paragraph(reader.word("few_dialogues", n=dialogues)))
    blocks += [table, *_within(reader)]
    return Section("agreement", reader.word("agreement"), tuple(blocks))


def _row(reader: Reader, entry: Mapping[str, Any]) -> tuple[str, ...]:
    head, check = entry["figures"][entry["headline"]], entry["figures"][entry["check"]]
    value, interval = reader.cells(head)
    out = entry["leave_one_rater_out"]
    words = numbers.DASH if out["low"] is None else numbers.interval(out)
    label = f"{reader.label(entry['criterion'])}: {reader.word(entry['headline'])}"
    return label, value, interval, f"{reader.word('short_' + entry['check'])} {reader.cells(check)[0]}", words


def _readings(reader: Reader) -> list[str]:
    """One plain sentence for the criteria of which the same can be said, and one for every undefined headline."""
    found: list[str] = []
    alike: dict[str, list[str]] = {}
    for entry in reader.facts["agreement"]:
        figure = entry["figures"][entry["headline"]]
        label = reader.label(entry["criterion"])
        if figure["value"] is None:
            found.append(reader.word("reading_undefined", label=label, reason=reason(figure["reason"], reader.lang)))
        elif entry["headline"] == "alpha" and figure["low"] is not None:
            alike.setdefault(_reading(figure["low"], figure["high"]), []).append(label)
    between = "・" if reader.lang == "ja" else ", "
    return [*(reader.word(key, label=between.join(labels)) for key, labels in alike.items()), *found]


def _reading(low: float, high: float) -> str:
    if low <= 0:
        return "reading_chance"
    if high < 0.667:
        return "reading_below"
    if low < 0.667:
        return "reading_across"
    return "reading_tentative" if low < 0.8 else "reading_firm"


def _within(reader: Reader) -> list[Table]:
    """The headline within each system, of the criteria that are judged by response."""
    rows = [
        (f"{reader.label(entry['criterion'])}: {reader.name(system)}", *reader.cells(figure))
        for entry in reader.facts["agreement"]
        for system, figure in entry["within_system"].items()
    ]
    header = (reader.word("within_head"), reader.word("value"), reader.word("interval95"))
    return [Table(header, tuple(rows))] if rows else []


def raters(reader: Reader) -> Section:
    """What each rater did, and how each reads the scales."""
    work = tuple(
        (
            entry["rater"],
            str(entry["judged"]),
            str(entry["cannot_judge"] + entry["skipped"]),
            numbers.number(entry["median_seconds"], 0),
            numbers.percent(entry["agreement_with_rest"]),
            numbers.percent(entry["tie_rate"]),
            numbers.percent(entry["strong_rate"]),
            str(entry["longest_run_of_one_answer"]),
        )
        for entry in reader.facts["raters"]
    )
    keys = ("rater", "judged", "left", "median_seconds", "agreement_with_rest", "tie_rate", "strong", "longest_run")
    tables = [Table(tuple(reader.word(key) for key in keys), work, reader.word("raters_note"))]
    return Section("raters", reader.word("raters"), (*tables, *_reading_of_scales(reader)) if work else ())


def _reading_of_scales(reader: Reader) -> list[Table]:
    entries = reader.facts["raters"]
    criteria = list(entries[0]["severity"])
    columns = {
        reader.word("severity", label=reader.label(c)): [numbers.number(e["severity"][c], sign=True) for e in entries]
        for c in criteria
    }
    if any(entry["repeats"] for entry in entries):
        columns[reader.word("repeats")] = [_share(e["repeats_same_choice"], e["repeats"]) for e in entries]
    if any(entry["checks"] for entry in entries):
        columns[reader.word("checks")] = [f"{e['checks'] - e['checks_failed']} / {e['checks']}" for e in entries]
    rows = tuple((e["rater"], *cells) for e, *cells in zip(entries, *columns.values(), strict=True))
    return [Table((reader.word("rater"), *columns), rows, reader.word("severity_note"))] if columns else []


def _share(share: float | None, count: int) -> str:
    return numbers.DASH if share is None else f"{numbers.percent(share)} ({count})"


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
    return Section("order", reader.word("order"), (Paragraph(text), Table(header, rows), _by_rater(reader)))


def _by_rater(reader: Reader) -> Table:
    """Each rater's share of decisive votes for the side shown first."""
    rows = tuple(
        (rater, f"{entry['first']} / {entry['decisive']}", *reader.cells(entry["share"], 0, 100))
        for rater, entry in reader.facts["order"]["by_rater"].items()
    )
    keys = ("rater", "first_of_decisive", "percent", "interval95")
    return Table(tuple(reader.word(key) for key in keys), rows, reader.word("order_note"))


def methods(reader: Reader) -> Section:
    """How the numbers were made."""
    settings = reader.facts["settings"]
    few = reader.facts["data"]["n_raters"] < 10
    texts = [
        _paragraph(reader),
        reader.word("methods_preference"),
        reader.word("methods_interval", resamples=settings["resamples"], seed=settings["seed"]),
        reader.word("methods_agreement"),
        reader.word("methods_ratings"),
        *([reader.word("methods_few_raters", raters=reader.facts["data"]["n_raters"])] if few else []),
    ]
    return Section("methods", reader.word("methods"), tuple(Paragraph(text) for text in texts))


def _paragraph(reader: Reader) -> str:
    """What a paper says first: who judged how much, how far they agreed, by which versions."""
    data, study = reader.facts["data"], reader.facts["study"]
    done = f"{data['n_assignments_judged']} / {data['n_assignments_planned']}"
    names = (", " if reader.lang == "en" else "と").join(s["names"][reader.lang] for s in study["systems"])
    return reader.word(
        "methods_paragraph", raters=data["n_raters"], items=data["n_items"], dialogues=data["n_dialogues"],
        systems=names, done=done, criteria=len(reader.facts["agreement"]),
    )  # fmt: skip


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

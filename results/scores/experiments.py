"""What the reports of the experiments say: how the 20 items hang together; counsellors not in training."""

from __future__ import annotations

from results.document.numbers import DASH, number, percent
from results.document.view import Block, Heading, Picture, Section, Table
from results.record.scores import CorrelationReport, UnseenReport
from results.scores import pictures
from results.scores.cells import bounds
from results.scores.spoken import Spoken


def correlation_summary(report: CorrelationReport, say: Spoken) -> list[str]:
    """What experiment 2 says first."""
    true, predicted = report.true, report.predicted
    shown = {"mean": number(true.mean), "alpha": number(true.alpha, 3), "predicted": number(predicted.mean)}
    return [say("correlation_summary", **shown)]


def correlation_sections(report: CorrelationReport, say: Spoken) -> tuple[Section, ...]:
    """Experiment 2."""
    names = [item.en for item in report.items]
    rows = tuple(
        (f"{i} {item.en} · {item.ja}", number(item.pearson.value), bounds(item.pearson),
         number(item.spearman.value))
        for i, item in enumerate(report.items, start=1)
    )  # fmt: skip
    structure = tuple(
        (say(words), number(part.mean), number(part.alpha, 3), percent(part.first_component))
        for part, words in ((report.true, "clients"), (report.predicted, "rates.model"))
    )
    heat = pictures.heat(names, report.true.correlations, report.predicted.correlations, say("heat_title"))
    return (
        Section("items", say("section.by_item"), (
            Table(say.header("item", "pearson", "interval", "spearman"), rows),
        )),
        Section("structure", say("section.structure"), (
            Table(say.header("", "mean_correlation", "cronbach", "first_component"), structure),
            Picture(heat, say("heat_caption")),
        )),
    )  # fmt: skip


def unseen_summary(report: UnseenReport, say: Spoken) -> list[str]:
    """What experiment 3 says first."""
    if not report.unseen_minus_seen:
        return [say("one_side")]
    gap = report.unseen_minus_seen.mae
    shown = {"value": number(gap.value, 3, sign=True), "interval": bounds(gap, 3, sign=True)}
    return [say("unseen_differs" if gap.sign else "unseen_alike", **shown)]


def unseen_sections(report: UnseenReport, say: Spoken) -> tuple[Section, ...]:
    """Experiment 3."""
    rows = []
    for name, part in (("seen", report.seen), ("unseen", report.unseen)):
        f = part.figures
        cells = (DASH,) * 5 if f is None else (
            percent(f.exact.value, 1), number(f.mae.value, 3), bounds(f.mae, 3),
            number(f.spearman.value), number(f.kappa.value),
        )  # fmt: skip
        rows.append((say(f"row.{name}"), str(part.dialogues), str(part.counselors), *cells))
    header = say.header("", "dialogues", "counsellors", "exact", "mae", "interval", "spearman", "kappa")
    blocks: list[Block] = [Table(header, tuple(rows))]
    if report.unseen_minus_seen:
        gaps = (("exact", report.unseen_minus_seen.exact), ("mae", report.unseen_minus_seen.mae))
        lines = tuple((say(f"measure.{n}"), number(g.value, 3, sign=True), bounds(g, 3, sign=True)) for n, g in gaps)
        blocks += [Heading(say("unseen_minus_seen")), Table(say.header("measure", "difference", "interval"), lines)]
    return (Section("unseen", say("section.unseen"), tuple(blocks)),)

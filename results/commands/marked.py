"""`python -m results marked EXPORT --out DIR`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from results.commands.terminal import at_least
from tasks.console import Commands
from tasks.errors import InputError

if TYPE_CHECKING:
    from results.document.view import Section
    from results.record.rated import MarkedReport
    from tasks.schema import Study


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "marked",
        help="agreement on labels of utterances and spans in texts",
        description="Writes marked.html, .md, .json and pictures; a folder of them is replaced.",
    )
    parser.add_argument("export", type=Path, metavar="EXPORT", help="export folder (docs/study-format.md)")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write")
    parser.add_argument("--resamples", type=at_least(100), default=2_000, help="resamples of dialogues (2000)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the resampling (0)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read, compute, write; prints where the page is. Raises ValueError where nothing of these kinds was asked."""
    from results.commands.rated import SIMULATED
    from results.commands.scores import fill
    from results.export import folder as export
    from results.scores import marked as scores_marked
    from results.statistics.resample import Resampling
    from tasks.files import new_folder

    read = export.read(options.export)
    made = scores_marked.facts(read, Resampling(options.resamples, options.seed))
    if not made.labels and not made.spans:
        raise InputError(f"{options.export}: the study has no criterion of kind labels or spans")
    answer = [f"{len(made.labels)} criteria of labels, {len(made.spans)} of spans."]
    mark = SIMULATED if made.simulated else None
    listed = sections(made, read.study)
    with new_folder(options.out, replacing="marked.json") as folder:
        fill(folder, "marked", made, answer, listed, mark)
    print(options.out / "marked.html")
    return 0


def sections(made: MarkedReport, study: Study) -> tuple[Section, ...]:
    """One part for each criterion: a table and, for labels, a picture."""
    from results.document.drawings import forest
    from results.document.numbers import number
    from results.document.view import Picture, Section, Table
    from results.document.words import reason
    from results.scores.cells import bounds, forest_row

    parts = []
    for kind, entries in (("labels", made.labels), ("spans", made.spans)):
        for entry in entries:
            criterion = study.criterion(entry.criterion)
            points, label = criterion.points, criterion.label.text("en", *study.languages)
            names = {str(point.value): point.words.text("en", *study.languages) for point in points}
            names |= {"characters": "characters (alpha)", "f1": "whole spans (F1)"} if kind == "spans" else {}
            figures = {names[key]: figure for key, figure in entry.figures.items()}
            rows = tuple(
                (name, number(f.value), bounds(f), reason(f.reason, "en"), str(f.n_judgments))
                for name, f in figures.items()
            )
            table = Table(("", "value", "95 %", "why not", "judgments"), rows, UNITS[kind], wraps=True)
            drawn = forest([forest_row(name, f) for name, f in figures.items()], (-0.5, 0, 0.5, 1), label)
            title = " · ".join(entry.label.values())
            parts.append(Section(entry.criterion, title, (table, Picture(drawn, "With 95 % intervals."))))
    return tuple(parts)


UNITS = {
    "labels": "Unit: an utterance; 1 where the label was given. Krippendorff's alpha, nominal, over dialogues.",
    "spans": "Unit: a character up to the last one marked; F1 counts spans that overlap by half of their union.",
}

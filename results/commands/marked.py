"""`python -m results marked EXPORT --out DIR`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from results.commands.terminal import add_language, add_resampling
from tasks.console import Commands
from tasks.errors import InputError

if TYPE_CHECKING:
    from results.document.view import Section
    from results.record.rated import MarkedCriterion, MarkedReport
    from results.scores.spoken import Spoken
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
    add_language(parser)
    add_resampling(parser, 2_000)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read, compute, write; prints where the page is. Raises ValueError where nothing of these kinds was asked."""
    from results.commands.scores import fill
    from results.export import folder as export
    from results.scores import marked as scores_marked
    from results.scores.spoken import Spoken
    from results.statistics.resample import Resampling
    from tasks.files import new_folder

    read = export.read(options.export)
    made = scores_marked.facts(read, Resampling(options.resamples, options.seed))
    if not made.labels and not made.spans:
        raise InputError(f"{options.export}: the study has no criterion of kind labels or spans")
    say = Spoken(options.language)
    answer = [say("marked_summary", labels=len(made.labels), spans=len(made.spans))]
    listed = sections(made, read.study, say)
    with new_folder(options.out, replacing="marked.json") as folder:
        fill(folder, "marked", made, answer, listed, options.language, made.simulated)
    print(options.out / "marked.html")
    return 0


def sections(made: MarkedReport, study: Study, say: Spoken) -> tuple[Section, ...]:
    """One part for each criterion: a table and, for labels, a picture."""
    by_kind = {"labels": made.labels, "spans": made.spans}
    return tuple(_section(kind, entry, study, say) for kind, entries in by_kind.items() for entry in entries)


def _section(kind: str, entry: MarkedCriterion, study: Study, say: Spoken) -> Section:
    from results.document.drawings import forest
    from results.document.numbers import number
    from results.document.view import Picture, Section, Table
    from results.document.words import study_text
    from results.scores.cells import bounds, forest_row

    criterion = study.criterion(entry.criterion)
    names = {str(point.value): study_text(point.words, say.language) for point in criterion.points}
    names |= {key: say(f"spans.{key}") for key in ("characters", "f1")} if kind == "spans" else {}
    figures = {names[key]: figure for key, figure in entry.figures.items()}
    rows = tuple(
        (name, number(f.value), bounds(f), say.why(f.reason), str(f.n_judgments)) for name, f in figures.items()
    )
    title = study_text(criterion.label, say.language)
    header = say.header("", "value", "interval", "why_not", "judgments")
    drawn = forest([forest_row(name, f) for name, f in figures.items()], (-0.5, 0, 0.5, 1), title)
    table = Table(header, rows, say(f"unit.{kind}"), wraps=True)
    return Section(entry.criterion, title, (table, Picture(drawn, say("with_intervals"))))

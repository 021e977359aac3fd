"""`python -m results agreement FILE …`: how far raters agree, for any table with a unit, raters and values."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from results.commands.terminal import EXPLORATORY, at_least, columns, interval, show
from results.tables.options import add_table_options, parts
from tasks.console import Commands
from tasks.errors import InputError
from tasks.intake.faults import Faults
from tasks.intake.options import add_file_options

if TYPE_CHECKING:  # loaded when the command runs, so that --help answers at once
    from results.record.figure import Effect
    from results.record.tables import AgreementTable
    from results.tables.cells import Cells
    from results.tables.ratings import Names

LEVELS = ("nominal", "ordinal", "interval", "ratio")
DISTANCES = ("masi", "jaccard")


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "agreement",
        help="agreement of any table of ratings, with intervals",
        description="Krippendorff's alpha, percent agreement, Gwet's AC, Fleiss' kappa and ICC with 95 % intervals "
        "that resample units. An empty value is a missing rating, and so is one that --missing names. In JSON a column "
        "may be a path (annotations.Interesting, responses.*.Overall); a list there has a rating of each rater. "
        "judgments.csv of an export needs no column named.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV, Excel, JSON, Parquet or zip")
    unit = "column, or several: what was rated (each row, where none is named)"
    parser.add_argument("--unit", type=parts, default=(), metavar="COL,…", help=unit)
    parser.add_argument("--rater", metavar="COL", help="column: who rated")
    parser.add_argument("--value", metavar="COL", help="column: the rating")
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--level", choices=LEVELS, help="level of measurement")
    kind.add_argument("--distance", choices=DISTANCES, help="where each value is a set of labels: how sets differ")
    parser.add_argument("--order", type=parts, default=(), metavar="V1,V2,…",
                        help="all categories, lowest first (needed for ordinal words)")  # fmt: skip
    add_table_options(parser, "words that are read as other words, as 1=yes,0=no")
    add_file_options(parser)
    parser.add_argument("--resamples", type=at_least(100), default=10_000, help="resamples of the units (10000)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the resampling (0)")
    parser.add_argument(
        "--interval",
        choices=("recommended", "percentile", "bca"),
        default="recommended",
        help="kind of interval; recommended: what covers best for each figure (docs/statistics.md)",
    )
    parser.add_argument("--pairs", action="store_true", help="also Cohen's kappa of every two raters")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read, compute, print; 0 also where a value is undefined. Raises InputError with every fault of the table."""
    from results.tables import asked

    faults = Faults(str(options.file))
    cells, names = _table(options, faults)
    found = {
        name: _block(block, names, options, faults) for name, block in asked.blocks(options, cells, faults).items()
    }
    show(found, options.by, text, as_json=options.json)
    return 0


# --- reading ------------------------------------------------------------------------------------------------------


def _table(options: argparse.Namespace, faults: Faults) -> tuple[Cells, Names]:
    """The rows that are meant, and their columns: as named, or those of judgments.csv."""
    from results.tables import asked, judgments
    from results.tables.ratings import Names

    if not (options.value or options.raters or options.unit) and asked.is_own(options):
        return asked.own(options, judgments.rated, faults), judgments.RATINGS
    if options.raters and (options.rater or options.value):
        raise InputError(["--raters names a column for each rater; it goes without --rater and --value"])
    if not options.raters:
        asked.refuse_unnamed(options, value=options.value)
    names = Names(options.unit, options.rater, options.value, options.raters, options.cluster)
    splits = [*names.raters, *([names.value] if names.value else [])]
    if names.rater and not options.distance:
        splits.append(names.rater)
    return asked.asked(options, names.all(), splits, faults), names


def _block(cells: Cells, names: Names, options: argparse.Namespace, faults: Faults) -> AgreementTable:
    from results.statistics.resample import Resampling
    from results.tables.agreement import agreement
    from results.tables.long import ONE_JUDGE
    from results.tables.ratings import Meaning, read_ratings

    cells.require(names.needed(), faults)
    level = options.level or "nominal"
    meaning = Meaning(level, options.order, options.missing, options.map, sets=bool(options.distance))
    reading = read_ratings(cells, names, meaning, faults)
    if reading.ratings.rater_names == (ONE_JUDGE,):
        who = "--rater COL, or a column for each rater by --raters COL,COL,…"
        raise InputError([f"{options.file}: who rated is not named, and each value is one rating: {who}"])
    resampling = Resampling(
        options.resamples, options.seed, options.interval, unit=" and ".join(names.cluster) or "units"
    )
    return agreement(reading, options.level, options.distance, resampling, pairs=options.pairs)


# --- printing -----------------------------------------------------------------------------------------------------


def text(found: AgreementTable) -> str:
    """The record as a table for a terminal."""
    level = f"level {found.level}" if found.level else f"sets of labels, {_name(found.distance)} distance"
    clusters = f" in {found.n_clusters} resampled together" if found.n_clusters else ""
    head = f"{found.n_units} units{clusters}, {found.n_raters} raters, {found.n_ratings} ratings, {level}"
    rows = [_line("Krippendorff's alpha", found.krippendorff_alpha)]
    rows.append(_line("percent agreement (mean over units)", found.percent_agreement))
    rows.append(_line("percent agreement (all pairs alike)", found.percent_agreement_over_pairs))
    weights = found.gwet_ac.weights
    rows.append(_line("Gwet's AC1" if weights == "identity" else f"Gwet's AC2, {weights} weights", found.gwet_ac))
    rows.append(_line("Fleiss' kappa (generalised)", found.fleiss_kappa))
    rows += [_line(form, figure) for form, figure in found.icc.items()]
    for pair in found.pairs_of_raters or ():
        rows.append(_line(f"Cohen's kappa {' – '.join(pair.raters)} ({pair.n_units} units)", pair.cohen_kappa))
    return f"{head}\n{EXPLORATORY}\n{columns([('', 'value', '95 % interval', ''), *rows])}"


def _name(distance: str | None) -> str:
    return "MASI" if distance == "masi" else "Jaccard"


def _line(name: str, figure: Effect) -> Sequence[str]:
    from results.document.words import reason

    value = "–" if figure.value is None else f"{figure.value:.3f}"
    bounds = "" if figure.low is None else interval(figure.low, figure.high)
    return name, value, bounds, reason(figure.reason, "en")

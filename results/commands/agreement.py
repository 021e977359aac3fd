"""`python -m results agreement FILE …`: how far raters agree, for any table with a unit, a rater and a value."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from results.commands.input_table import add_missing
from results.commands.ratings_table import Names, read_ratings
from results.commands.terminal import at_least, columns, interval, show
from tasks.console import Commands
from tasks.intake.faults import Faults
from tasks.intake.options import add_file_options, file_answers
from tasks.intake.table import Column, read_table

if TYPE_CHECKING:
    from results.statistics.ratings import Ratings
    from results.statistics.resample import Resampling

LEVELS = ("nominal", "ordinal", "interval", "ratio")


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "agreement",
        help="agreement of any table of ratings, with intervals",
        description="Krippendorff's alpha, percent agreement, Gwet's AC, Fleiss' kappa and ICC with 95 % intervals "
        "that resample units. An empty value is a missing rating, and so is one that --missing names.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="one rating a row: CSV, Excel, JSON, Parquet or zip")
    for name, what in (("unit", "what was rated"), ("rater", "who rated"), ("value", "the rating")):
        parser.add_argument(f"--{name}", required=True, metavar="COL", help=f"column: {what}")
    parser.add_argument("--level", choices=LEVELS, required=True, help="level of measurement")
    parser.add_argument("--order", metavar="V1,V2,…", help="all categories, lowest first (needed for ordinal words)")
    add_missing(parser)
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
    from results.statistics.resample import Resampling

    names = Names(options.unit, options.rater, options.value)
    columns = [Column(names.unit, needed=True), Column(names.rater, needed=True), Column(names.value)]
    faults = Faults(str(options.file))
    table = read_table(options.file, columns, faults=faults, answers=file_answers(options))
    order = [part.strip() for part in options.order.split(",")] if options.order else None
    reading = read_ratings(table, names, options.level, order, options.missing, faults)
    resampling = Resampling(options.resamples, options.seed, options.interval, unit="units")
    found = agreement(reading.ratings, options.level, resampling, numeric=reading.numeric)
    if options.pairs:
        found["pairs_of_raters"] = pairs_of_raters(reading.ratings, options.level, resampling)
    show(found, reading.notes, text, as_json=options.json)
    return 0


# --- computing --------------------------------------------------------------------------------------------------


def agreement(ratings: Ratings, level: Any, resampling: Resampling, *, numeric: bool) -> dict[str, Any]:
    """The JSON object of the command; every figure has `value`, `low`, `high`, `method`, `reason`."""
    from results.statistics.agreement import chance, icc
    from results.statistics.agreement.alpha import alpha
    from results.statistics.figure import undefined
    from results.statistics.reasons import Reason

    weights = chance.GWET_WEIGHTS[level]
    forms = (
        icc.icc(ratings, resampling) if numeric else {form: undefined(Reason.NOT_NUMBERS, form) for form in icc.FORMS}
    )
    sizes = ratings.sizes()
    return {
        "n_units": sizes.items,
        "n_raters": sizes.raters,
        "n_ratings": sizes.judgments,
        "level": level,
        "krippendorff_alpha": alpha(ratings, level, resampling).five(),
        "percent_agreement": chance.percent_agreement(ratings, resampling).five(),
        "percent_agreement_over_pairs": chance.percent_agreement_over_pairs(ratings, resampling).five(),
        "gwet_ac": {**chance.gwet(ratings, weights, resampling).five(), "weights": weights},
        "fleiss_kappa": chance.fleiss_kappa(ratings, resampling).five(),
        "icc": {form: forms[form].five() for form in icc.FORMS},
    }


def pairs_of_raters(ratings: Ratings, level: Any, resampling: Resampling) -> list[dict[str, Any]]:
    """Cohen's kappa of every two raters who share a unit: weighted (quadratic) above the nominal level."""
    from itertools import combinations

    from results.statistics.agreement.cohen import cohen_kappa

    weights: Any = "identity" if level == "nominal" else "quadratic"
    found = []
    for one, two in combinations(range(ratings.raters), 2):
        made = cohen_kappa(ratings, one, two, weights, resampling)
        if made.sizes.items:
            kappa = {**made.five(), "weights": weights}
            names = [ratings.rater_names[place] for place in (one, two)]
            found.append({"raters": names, "n_units": made.sizes.items, "cohen_kappa": kappa})
    return found


# --- printing ---------------------------------------------------------------------------------------------------


def text(found: dict[str, Any]) -> str:
    """The object as a table for a terminal."""
    head = f"{found['n_units']} units, {found['n_raters']} raters, {found['n_ratings']} ratings, level {found['level']}"
    rows = [_line("Krippendorff's alpha", found["krippendorff_alpha"])]
    rows.append(_line("percent agreement (mean over units)", found["percent_agreement"]))
    rows.append(_line("percent agreement (all pairs alike)", found["percent_agreement_over_pairs"]))
    gwet = found["gwet_ac"]
    name = "Gwet's AC1" if gwet["weights"] == "identity" else f"Gwet's AC2, {gwet['weights']} weights"
    rows.append(_line(name, gwet))
    rows.append(_line("Fleiss' kappa (generalised)", found["fleiss_kappa"]))
    rows += [_line(form, figure) for form, figure in found["icc"].items()]
    for pair in found.get("pairs_of_raters", ()):
        rows.append(_line(f"Cohen's kappa {' – '.join(pair['raters'])} ({pair['n_units']} units)", pair["cohen_kappa"]))
    return f"{head}\n{columns([('', 'value', '95 % interval', ''), *rows])}"


def _line(name: str, figure: dict[str, Any]) -> tuple[str, str, str, str]:
    from results.document.words import reason

    value = "–" if figure["value"] is None else f"{figure['value']:.3f}"
    bounds = "" if figure["low"] is None else interval(figure["low"], figure["high"])
    return name, value, bounds, reason(figure["reason"], "en")

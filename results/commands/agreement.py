"""`python -m results agreement FILE …`: how far raters agree, for any table with a unit, a rater and a value."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from results.commands.terminal import at_least
from tasks.console import Commands

if TYPE_CHECKING:
    from results.commands.input_table import Columns
    from results.statistics.figure import Figure
    from results.statistics.ratings import Ratings
    from results.statistics.resample import Resampling

LEVELS = ("nominal", "ordinal", "interval", "ratio")


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "agreement",
        help="agreement of any table of ratings, with intervals",
        description="Krippendorff's alpha, percent agreement, Gwet's AC, Fleiss' kappa and ICC with 95 % intervals "
        "that resample units. An empty value is a missing rating.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="one rating a row: .csv, .jsonl or .parquet")
    for name, what in (("unit", "what was rated"), ("rater", "who rated"), ("value", "the rating")):
        parser.add_argument(f"--{name}", required=True, metavar="COL", help=f"column: {what}")
    parser.add_argument("--level", choices=LEVELS, required=True, help="level of measurement")
    parser.add_argument("--order", metavar="V1,V2,…", help="all categories, lowest first (needed for ordinal words)")
    parser.add_argument("--resamples", type=at_least(100), default=10_000, help="resamples of the units (10000)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the resampling (0)")
    parser.add_argument("--interval", choices=("percentile", "bca"), default="percentile", help="kind of interval")
    parser.add_argument("--pairs", action="store_true", help="also Cohen's kappa of every two raters")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read, compute, print; 0 also where a value is undefined. Raises InputError with every fault of the table."""
    from results.commands.input_table import read_columns
    from results.statistics.resample import Resampling

    columns = read_columns(options.file, (options.unit, options.rater, options.value))
    names = (options.unit, options.rater, options.value)
    order = [part.strip() for part in options.order.split(",")] if options.order else None
    ratings, numeric = read_ratings(columns, names, options.level, order)
    resampling = Resampling(options.resamples, options.seed, options.interval)
    found = agreement(ratings, options.level, resampling, numeric=numeric)
    if options.pairs:
        found["pairs_of_raters"] = pairs_of_raters(ratings, options.level, resampling)
    print(json.dumps(found, ensure_ascii=False, indent=1, allow_nan=False) if options.json else text(found))
    return 0


# --- reading ----------------------------------------------------------------------------------------------------


def read_ratings(
    columns: Columns, names: tuple[str, str, str], level: str, order: list[str] | None
) -> tuple[Ratings, bool]:
    """The ratings, and whether the values are numbers. `names`: columns unit, rater, value."""
    from results.commands.input_table import empty_cells, shortened
    from results.statistics.ratings import ratings
    from tasks.errors import InputError

    unit, rater, value = (columns.cells[name] for name in names)
    errors = empty_cells(columns, names[:2]) + _second_ratings(columns, names)
    domain, numeric = _domain(value, level, order)
    known = {text: place for place, text in enumerate(domain)}
    allowed = f"a number{' of 0 or more' if level == 'ratio' else ''}" if not order else f"one of {order}"
    if level == "ordinal" and not order:
        allowed = "a number, or words named in their order by --order"
    errors += [
        f"{columns.place(index, names[2])}: found {cell!r}; allowed: {allowed}, or nothing"
        for index, cell in enumerate(value)
        if cell and _key(cell, numeric) not in known
    ]
    if errors:
        raise InputError(shortened(errors))
    given: list[float | str | None] = [_key(cell, numeric) if cell else None for cell in value]
    made = ratings(unit, rater, given, domain=domain)
    return made, numeric


def _domain(cells: list[str], level: str, order: list[str] | None) -> tuple[list[Any], bool]:
    """The values that may occur, in order, and whether they are numbers."""
    words = list(dict.fromkeys(order)) if order else sorted(set(cells) - {""})
    if level == "nominal":
        return words, False
    numbers = [number for number in (_number(word, level) for word in words) if number is not None]
    if order and level == "ordinal" and (len(numbers) < len(words) or numbers != sorted(numbers)):
        return words, False
    return sorted(set(numbers)), True


def _key(cell: str, numeric: bool) -> Any:
    return _number(cell, "interval") if numeric else cell


def _number(cell: str, level: str) -> float | None:
    import math

    try:
        found = float(cell)
    except ValueError:
        return None
    return None if not math.isfinite(found) or (level == "ratio" and found < 0) else found


def _second_ratings(columns: Columns, names: tuple[str, str, str]) -> list[str]:
    """An error for each rating of a unit by a rater who has rated it already."""
    met: dict[tuple[str, str], int] = {}
    errors = []
    for index, (unit, rater, value) in enumerate(zip(*(columns.cells[name] for name in names), strict=True)):
        if value and unit and rater:
            first = met.setdefault((unit, rater), index)
            if first != index:
                before = f"rater '{rater}' rated unit '{unit}' in row {first + columns.first_row} already"
                errors.append(f"{columns.place(index, names[2])}: found {value!r}; {before}")
    return errors


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
        "krippendorff_alpha": _five(alpha(ratings, level, resampling)),
        "percent_agreement": _five(chance.percent_agreement(ratings, resampling)),
        "percent_agreement_over_pairs": _five(chance.percent_agreement_over_pairs(ratings, resampling)),
        "gwet_ac": {**_five(chance.gwet(ratings, weights, resampling)), "weights": weights},
        "fleiss_kappa": _five(chance.fleiss_kappa(ratings, resampling)),
        "icc": {form: _five(forms[form]) for form in icc.FORMS},
    }


def _five(figure: Figure) -> dict[str, Any]:
    """Here the units are what is resampled, so the method says units."""
    return replace(figure, method=figure.method.replace("over dialogues", "over units")).five()


def pairs_of_raters(ratings: Ratings, level: Any, resampling: Resampling) -> list[dict[str, Any]]:
    """Cohen's kappa of every two raters who share a unit: weighted (quadratic) above the nominal level."""
    from itertools import combinations

    from results.statistics.agreement.cohen import cohen_kappa

    weights: Any = "identity" if level == "nominal" else "quadratic"
    found = []
    for one, two in combinations(range(ratings.raters), 2):
        made = cohen_kappa(ratings, one, two, weights, resampling)
        if made.sizes.items:
            kappa = {**_five(made), "weights": weights}
            names = [ratings.rater_names[place] for place in (one, two)]
            found.append({"raters": names, "n_units": made.sizes.items, "cohen_kappa": kappa})
    return found


# --- printing ---------------------------------------------------------------------------------------------------


def text(found: dict[str, Any]) -> str:
    """The object as a table for a terminal."""
    from results.commands.terminal import columns

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
    interval = "" if figure["low"] is None else f"{figure['low']:.3f} to {figure['high']:.3f}"
    return name, value, interval, reason(figure["reason"], "en")

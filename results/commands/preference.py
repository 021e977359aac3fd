"""`python -m results preference FILE …`: who was preferred, from any table of pairwise choices."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from results.commands.terminal import EXPLORATORY, at_least, columns, interval, p_value, show
from results.document.numbers import number
from results.tables.options import add_table_options, parts
from tasks.console import Commands
from tasks.errors import InputError
from tasks.intake.faults import Faults
from tasks.intake.options import add_file_options

if TYPE_CHECKING:  # loaded when the command runs, so that --help answers at once
    from results.record.figure import Effect
    from results.record.tables import ChoiceAgreement, MarginOfTable, PairOfTable, PreferenceTable
    from results.tables.cells import Cells
    from results.tables.votes import Names


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "preference",
        help="who was preferred in any table of pairwise choices",
        description="Davidson's Bradley-Terry model with ties, each pair of systems for these raters and for raters "
        "at large, agreement on the system, and the effect of position; 95 % intervals resample items. A winner is "
        "left or right (first, model_a, A …), tie, or a system's name; digits are read as --map says. An empty one is "
        "a missing vote, and so is one that --missing names. judgments.csv of an export needs no column named.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="CSV, Excel, JSON, Parquet or zip")
    item = "column, or several: what was answered (each row, where none is named)"
    parser.add_argument("--item", "--unit", type=parts, default=(), metavar="COL,…", help=item)
    parser.add_argument("--rater", metavar="COL", help="column: who voted (left out where there was one judge)")
    parser.add_argument("--left", metavar="COL", help="column: system shown left or first")
    parser.add_argument("--right", metavar="COL", help="column: system shown right or second")
    pair = "column: both systems in one cell, left and right, cut at --split (as PandaLM's cmp_key, at _)"
    parser.add_argument("--pair", metavar="COL", help=pair)
    winner = "column: who won; or two or three of 1 and 0: left won, right won, tie"
    parser.add_argument("--winner", type=parts, default=(), metavar="COL", help=winner)
    parser.add_argument("--strength", metavar="COL", help="column: how strongly, above 0 (1 each without it)")
    add_table_options(parser, "what winners mean, as 1=left,2=right,0=tie: left, right, tie or a system's name")
    add_file_options(parser)
    parser.add_argument("--resamples", type=at_least(100), default=1_000, help="resamples of the items (1000)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the resampling (0)")
    parser.add_argument("--pairs", action="store_true", help="every two systems, of more than twelve too")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read, compute, print; 0 also where a value is undefined. Raises InputError with every fault of the table."""
    from results.tables import asked

    faults = Faults(str(options.file))
    cells, names, meanings = _table(options, faults)
    blocks = asked.blocks(options, cells, faults)
    found = {name: _block(block, names, meanings, options, faults) for name, block in blocks.items()}
    show(found, options.by, text, as_json=options.json)
    return 0


# --- reading ------------------------------------------------------------------------------------------------------


def _table(options: argparse.Namespace, faults: Faults) -> tuple[Cells, Names, Mapping[str, str]]:
    """The rows that are meant, their columns, and what words of winners mean: as named, or those of judgments.csv."""
    from results.tables import asked, judgments
    from results.tables.votes import Names

    if not (options.left or options.right or options.pair or options.winner or options.raters) and asked.is_own(
        options
    ):
        return asked.own(options, judgments.voted, faults), judgments.VOTES, judgments.WON
    if options.pair and (options.left or options.right or not options.split):
        raise InputError(["--pair names both systems; it goes without --left and --right, and with --split MARK"])
    if options.raters and (options.rater or options.winner or options.strength):
        raise InputError(["--raters names a column for each rater; it goes without --rater, --winner and --strength"])
    if len(options.winner) > 3:
        raise InputError([f"--winner: found {len(options.winner)} columns; allowed: one, or two or three of 1 and 0"])
    left, right = (
        (f"{options.pair} (left)", f"{options.pair} (right)") if options.pair else (options.left, options.right)
    )
    asked.refuse_unnamed(options, left=left, right=right, winner=options.winner or options.raters)
    names = Names(
        options.item,
        options.rater,
        left,
        right,
        options.winner,
        options.raters,
        options.cluster,
        options.strength,
    )
    if options.pair:
        wanted = [options.pair, *(name for name in names.all() if name not in (left, right))]
        cells = asked.asked(options, wanted, [options.pair], faults)
        return cells.parted(options.pair, (left, right), faults), names, options.map
    splits = [*names.raters, *names.winner, *([names.rater] if names.rater else [])]
    return asked.asked(options, names.all(), splits, faults), names, options.map


def _block(
    cells: Cells, names: Names, meanings: Mapping[str, str], options: argparse.Namespace, faults: Faults
) -> PreferenceTable:
    from results.statistics.resample import Resampling
    from results.tables.preference import preference
    from results.tables.votes import read_votes

    cells.require(names.needed(), faults)
    reading = read_votes(cells, names, options.missing, meanings, faults)
    resampling = Resampling(options.resamples, options.seed, unit=" and ".join(names.cluster) or "items")
    return preference(reading.cast, resampling, reading.notes, pairs=options.pairs)


# --- printing -----------------------------------------------------------------------------------------------------


def text(found: PreferenceTable) -> str:
    """The record as tables for a terminal: ranking, pairs, whom they hold for, agreement, position."""
    clusters = "" if found.n_clusters == found.n_items else f" in {found.n_clusters} resampled together"
    head = f"{found.n_items} items{clusters}, {found.n_raters} raters, {found.n_votes} votes"
    rows = [("", "strength", "95 % interval", "votes won", "lost", "tied")]
    for name, one in found.systems.items():
        value = number(one.strength, 3, sign=True)
        bounds = interval(one.low, one.high, signed=True)
        rows.append((name, value, bounds, str(one.wins), str(one.losses), str(one.ties)))
    parts = [head, EXPLORATORY, columns(rows), _model(found), "", *_pair_lines(found), *_reasons(found)]
    return "\n".join([*parts, "", *_agreement_lines(found.agreement), "", _side(found.first_side_rate)])


def _pair_lines(found: PreferenceTable) -> Iterator[str]:
    if found.pairs is None:
        systems = len(found.systems)
        yield f"{systems * (systems - 1) // 2} pairs of {systems} systems: --pairs lists them."
        return
    rows = [("", "items won", "lost", "tied", "95 % of the share won", "sign test")]
    rows += [_counts(pair) for pair in found.pairs]
    margins = [(f"mean margin, +{found.strongest:g} = all for the first", "these raters", "", "raters at large", "")]
    margins += [(_names(pair), *_shown(pair.these_raters), *_shown(pair.raters_at_large)) for pair in found.pairs]
    yield columns(rows)
    yield ""
    yield columns(margins)


def _names(pair: PairOfTable) -> str:
    return f"{pair.left} – {pair.right}"


def _counts(pair: PairOfTable) -> tuple[str, str, str, str, str, str]:
    share, test = interval(pair.low, pair.high, 2), p_value(pair.p_value)
    return _names(pair), str(pair.wins), str(pair.losses), str(pair.ties), share, test


def _shown(one: MarginOfTable) -> tuple[str, str]:
    """Margin with its interval, and its p-value."""
    bounds = "" if one.margin.low is None else f" {interval(one.margin.low, one.margin.high, 2, signed=True)}"
    return f"{number(one.margin.value, sign=True)}{bounds}", p_value(one.test.p_value)


def _reasons(found: PreferenceTable) -> list[str]:
    """Why figures have no interval, each reason once; what the model's line says already is left out."""
    from results.document.words import reason

    systems = found.systems.values() if found.connected and found.finite else ()
    pairs = found.pairs or ()
    codes = dict.fromkeys(entry.reason for entry in (*systems, *pairs) if entry.reason)
    these = dict.fromkeys(pair.these_raters.margin.reason for pair in pairs if pair.these_raters.margin.reason)
    large = dict.fromkeys(pair.raters_at_large.margin.reason for pair in pairs if pair.raters_at_large.margin.reason)
    lines = [f"– No interval: {reason(code, 'en')}." for code in dict.fromkeys([*codes, *these])]
    return lines + [f"– Nothing is said of raters at large: {reason(code, 'en')}." for code in large]


def _model(found: PreferenceTable) -> str:
    if not found.connected:
        return "Not fitted: the systems fall into groups that were never compared with each other."
    if not found.finite:
        return "Not fitted: some system won or lost so consistently that its strength has no finite value."
    return f"Davidson's model, nu = {found.ties_nu:.3f}; strength is the centred log worth, for these raters."


def _agreement_lines(found: ChoiceAgreement) -> Iterator[str]:
    from results.document.words import reason

    if found.alpha.value is None and found.percent_agreement.value is None:
        yield f"Agreement on the system: {reason(found.alpha.reason, 'en')}"
        return
    rows = [("agreement on the system, whichever side it was on", "value", "95 % interval", "")]
    for name, figure in (
        ("alpha, orientation-free", found.alpha),
        ("alpha, coded by system", found.alpha_by_system),
        ("percent agreement", found.percent_agreement),
        ("percent agreement without ties", found.percent_agreement_without_ties),
    ):
        value = "–" if figure.value is None else f"{figure.value:.3f}"
        bounds = "" if figure.low is None else interval(figure.low, figure.high)
        rows.append((name, value, bounds, reason(figure.reason, "en")))
    yield columns(rows)


def _side(rate: Effect) -> str:
    from results.document.words import reason

    if rate.value is None:
        return f"First side: {reason(rate.reason, 'en')}"
    bounds = "" if rate.low is None else f" {interval(rate.low, rate.high)}"
    return f"Share of decisive votes for the left (first) side: {rate.value:.3f}{bounds}"

"""`python -m results preference FILE …`: strength of systems from any table of pairwise choices."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from results.commands.input_table import add_missing, names_notes, values_of
from results.commands.terminal import at_least, columns, interval, p_value, show
from tasks.console import Commands
from tasks.intake.faults import Faults, quoted
from tasks.intake.labels import categories_note, counts
from tasks.intake.options import add_file_options, file_answers
from tasks.intake.table import Column, Table, read_table

if TYPE_CHECKING:
    from results.statistics.resample import Resampling
    from results.statistics.strength import Votes

OUTCOMES = {"left": 1, "right": -1, "tie": 0}


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "preference",
        help="strength of systems from any table of pairwise choices",
        description="Davidson's Bradley-Terry model with ties, pairs by item with exact tests, and the effect of "
        "position; 95 % intervals resample items. A winner is left, right or tie; an empty one is a missing vote, and "
        "so is one that --missing names.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="one vote a row: CSV, Excel, JSON, Parquet or zip")
    for name, what in (
        ("item", "what was answered (the resampling unit)"),
        ("rater", "who voted"),
        ("left", "system shown left or first"),
        ("right", "system shown right or second"),
        ("winner", "left, right or tie"),
    ):
        parser.add_argument(f"--{name}", required=True, metavar="COL", help=f"column: {what}")
    add_missing(parser)
    add_file_options(parser)
    parser.add_argument("--resamples", type=at_least(100), default=1_000, help="resamples of the items (1000)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the resampling (0)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read, compute, print; 0 also where a value is undefined. Raises InputError with every fault of the table."""
    from results.statistics.resample import Resampling

    names = Names(options.item, options.rater, options.left, options.right, options.winner)
    columns = [Column(name, needed=name != names.winner) for name in names]
    faults = Faults(str(options.file))
    table = read_table(options.file, columns, faults=faults, answers=file_answers(options))
    reading = read_votes(table, names, options.missing, faults)
    figures = preference(reading.votes, Resampling(options.resamples, options.seed, unit="items"))
    show(figures, reading.notes, text, as_json=options.json)
    return 0


class Names(NamedTuple):
    """The columns of a table of votes."""

    item: str
    rater: str
    left: str
    right: str
    winner: str


@dataclass(frozen=True)
class Reading:
    """The votes of a table, rows without a winner left out. `notes`: what to know before any figure."""

    votes: Votes
    notes: tuple[str, ...]


def read_votes(table: Table, names: Names, missing: Sequence[str], faults: Faults) -> Reading:
    """The votes of a table.

    Args:
        missing: winners that stand for a missing vote, beside empty ones.
        faults: those of the table, to be said together with those of the votes.

    Raises:
        InputError: every winner that is none, every pair of one system, every second vote of a rater on a pair.
    """
    from results.statistics.strength import votes_of

    winners = values_of(table, names.winner, missing)
    for row, winner in zip(table.rows, winners.cells, strict=True):
        if winner and winner not in OUTCOMES:
            rule = "allowed: left, right, tie, or nothing"
            faults.add(rule, row=row, column=names.winner, found=quoted(winner))
    _one_system_twice(table, names, faults)
    _second_votes(table, names, winners.cells, faults)
    faults.refuse()
    notes = [*table.notes, *_systems_note(table, names), *winners.notes]
    notes += names_notes(table, names.left, names.right)
    notes += names_notes(table, names.item) + names_notes(table, names.rater)
    voted = [index for index, winner in enumerate(winners.cells) if winner]
    items, left, right = (
        [table.cells[column][index] for index in voted] for column in (names.item, names.left, names.right)
    )
    votes = votes_of(items, left, right, [OUTCOMES[winners.cells[index]] for index in voted], items)
    return Reading(votes, tuple(notes))


def _systems_note(table: Table, names: Names) -> list[str]:
    systems = counts([*table.cells[names.left], *table.cells[names.right]])
    return [categories_note(f"{names.left} and {names.right}", systems, 0)]


def _one_system_twice(table: Table, names: Names, faults: Faults) -> None:
    for row, left, right in zip(table.rows, table.cells[names.left], table.cells[names.right], strict=True):
        if left and left == right:
            rule = f"found {quoted(right)}, the system of column {names.left} too; two are needed"
            faults.add(rule, row=row, column=names.right)


def _second_votes(table: Table, names: Names, winners: Sequence[str], faults: Faults) -> None:
    """A fault for each vote of a rater on an item and pair that this rater has voted on already."""
    first: dict[tuple[str, str, frozenset[str]], int] = {}
    cells = [table.cells[column] for column in (names.item, names.rater, names.left, names.right)]
    for row, item, rater, left, right, winner in zip(table.rows, *cells, winners, strict=True):
        unit = (item, rater, frozenset((left, right)))
        if item and rater and winner and first.setdefault(unit, row) != row:
            before = f"rater '{rater}' voted on item '{item}' and this pair in row {first[unit]} already"
            faults.add(before, row=row, column=names.winner, found=quoted(winner))


def preference(votes: Votes, resampling: Resampling) -> dict[str, Any]:
    """The JSON object of the command."""
    from results.statistics.figure import finite, significant
    from results.statistics.strength import first_side_rate, pair_counts, strengths

    made = strengths(votes, resampling)
    return {
        "systems": {
            name: {
                "strength": finite(figure.value),
                "low": finite(figure.low),
                "high": finite(figure.high),
                "reason": figure.reason,
                **dict(zip(("wins", "losses", "ties"), map(int, counts), strict=True)),
            }
            for name, figure, counts in zip(votes.systems, made.figures, made.votes, strict=True)
        },
        "ties_nu": finite(made.nu),
        "connected": made.connected,
        "finite": made.finite,
        "pairs": [
            {
                "left": votes.systems[pair.pair[0]],
                "right": votes.systems[pair.pair[1]],
                "wins": pair.won,
                "losses": pair.lost,
                "ties": pair.tied,
                "p_value": significant(pair.test.p_value),
                "low": finite(pair.share.low),
                "high": finite(pair.share.high),
                "reason": pair.share.reason,
            }
            for pair in pair_counts(votes, resampling)
        ],
        "first_side_rate": first_side_rate(votes, resampling).five(),
    }


def text(found: dict[str, Any]) -> str:
    """The object as two tables for a terminal."""
    ranked = sorted(found["systems"].items(), key=lambda entry: -(entry[1]["strength"] or 0))
    rows = [("", "strength", "95 % interval", "votes won", "lost", "tied")]
    rows += [(name, *_strength(entry), *(str(entry[k]) for k in ("wins", "losses", "ties"))) for name, entry in ranked]
    pairs = [("", "items won", "lost", "tied", "95 % of the share won", "sign test")]
    pairs += [_pair(pair) for pair in found["pairs"]]
    side = _side(found["first_side_rate"])
    return "\n".join([columns(rows), _model(found), "", columns(pairs), *_reasons(found), "", side])


def _pair(pair: dict[str, Any]) -> tuple[str, str, str, str, str, str]:
    wins, losses, ties = (str(pair[key]) for key in ("wins", "losses", "ties"))
    share, test = interval(pair["low"], pair["high"], 2), p_value(pair["p_value"])
    return f"{pair['left']} – {pair['right']}", wins, losses, ties, share, test


def _strength(entry: dict[str, Any]) -> tuple[str, str]:
    value = "–" if entry["strength"] is None else f"{entry['strength']:+.3f}"
    return value, interval(entry["low"], entry["high"], signed=True)


def _reasons(found: dict[str, Any]) -> list[str]:
    """Why strengths or shares have no interval, each reason once; what the model's line says already is left out."""
    from results.document.words import reason

    systems = found["systems"].values() if found["connected"] and found["finite"] else ()
    codes = dict.fromkeys(entry["reason"] for entry in (*systems, *found["pairs"]) if entry["reason"])
    return [f"– No interval: {reason(code, 'en')}." for code in codes]


def _model(found: dict[str, Any]) -> str:
    if not found["connected"]:
        return "Not fitted: the systems fall into groups that were never compared with each other."
    if not found["finite"]:
        return "Not fitted: some system won or lost so consistently that its strength has no finite value."
    return f"Davidson's model, nu = {found['ties_nu']:.3f}; strength is the centred log worth."


def _side(rate: dict[str, Any]) -> str:
    from results.document.words import reason

    if rate["value"] is None:
        return f"First side: {reason(rate['reason'], 'en')}"
    bounds = "" if rate["low"] is None else f" {interval(rate['low'], rate['high'])}"
    return f"Share of decisive votes for the left (first) side: {rate['value']:.3f}{bounds}"

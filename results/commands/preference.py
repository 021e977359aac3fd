"""`python -m results preference FILE …`: strength of systems from any table of pairwise choices."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from results.commands.terminal import at_least
from tasks.console import Commands

if TYPE_CHECKING:
    from results.commands.input_table import Columns
    from results.statistics.resample import Resampling
    from results.statistics.strength import Votes

OUTCOMES = {"left": 1, "right": -1, "tie": 0}


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "preference",
        help="strength of systems from any table of pairwise choices",
        description="Davidson's Bradley-Terry model with ties, pairs by item with exact tests, and the effect of "
        "position; 95 % intervals resample items. A winner is left, right or tie; an empty one is a missing vote.",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="one vote a row: .csv, .jsonl or .parquet")
    for name, what in (
        ("item", "what was answered (the resampling unit)"),
        ("rater", "who voted"),
        ("left", "system shown left or first"),
        ("right", "system shown right or second"),
        ("winner", "left, right or tie"),
    ):
        parser.add_argument(f"--{name}", required=True, metavar="COL", help=f"column: {what}")
    parser.add_argument("--resamples", type=at_least(100), default=1_000, help="resamples of the items (1000)")
    parser.add_argument("--seed", type=int, default=0, help="seed of the resampling (0)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read, compute, print; 0 also where a value is undefined. Raises InputError with every fault of the table."""
    from results.commands.input_table import read_columns
    from results.statistics.resample import Resampling

    names = (options.item, options.rater, options.left, options.right, options.winner)
    votes = read_votes(read_columns(options.file, names), names)
    found = preference(votes, Resampling(options.resamples, options.seed))
    print(json.dumps(found, ensure_ascii=False, indent=1, allow_nan=False) if options.json else text(found))
    return 0


def read_votes(columns: Columns, names: tuple[str, str, str, str, str]) -> Votes:
    """The votes; rows with an empty winner are left out. `names`: columns item, rater, left, right, winner."""
    from results.commands.input_table import empty_cells, shortened
    from results.statistics.strength import votes_of
    from tasks.errors import InputError

    item, _, left, right, winner = (columns.cells[name] for name in names)
    errors = empty_cells(columns, names[:4])
    errors += [
        f"{columns.place(index, names[4])}: found {cell!r}; allowed: left, right, tie, or nothing"
        for index, cell in enumerate(winner)
        if cell and cell not in OUTCOMES
    ]
    errors += [
        f"{columns.place(index, names[3])}: found {cell!r}, the system of column {names[2]} too; two are needed"
        for index, cell in enumerate(right)
        if cell and cell == left[index]
    ]
    errors += _second_votes(columns, names)
    if errors:
        raise InputError(shortened(errors))
    kept = [index for index, cell in enumerate(winner) if cell]
    items = [item[index] for index in kept]
    one, two = ([column[index] for index in kept] for column in (left, right))
    return votes_of(items, one, two, [OUTCOMES[winner[index]] for index in kept], items)


def _second_votes(columns: Columns, names: tuple[str, str, str, str, str]) -> list[str]:
    """An error for each vote of a rater on an item and pair that this rater has voted on already."""
    met: dict[tuple[str, str, frozenset[str]], int] = {}
    errors = []
    rows = zip(*(columns.cells[name] for name in names), strict=True)
    for index, (item, rater, left, right, winner) in enumerate(rows):
        if winner and item and rater:
            first = met.setdefault((item, rater, frozenset((left, right))), index)
            if first != index:
                before = (
                    f"rater '{rater}' voted on item '{item}' and this pair in row {first + columns.first_row} already"
                )
                errors.append(f"{columns.place(index, names[4])}: found {winner!r}; {before}")
    return errors


def preference(votes: Votes, resampling: Resampling) -> dict[str, Any]:
    """The JSON object of the command."""
    from results.statistics.figure import finite
    from results.statistics.strength import first_side_rate, pair_counts, strengths

    made = strengths(votes, resampling)
    return {
        "systems": {
            name: {
                "strength": finite(figure.value),
                "low": finite(figure.low),
                "high": finite(figure.high),
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
                "p_value": finite(pair.test.p_value),
                "low": finite(pair.share.low),
                "high": finite(pair.share.high),
            }
            for pair in pair_counts(votes)
        ],
        "first_side_rate": first_side_rate(votes, resampling).five(),
    }


def text(found: dict[str, Any]) -> str:
    """The object as two tables for a terminal."""
    from results.commands.terminal import columns

    ranked = sorted(found["systems"].items(), key=lambda entry: -(entry[1]["strength"] or 0))
    rows = [("", "strength", "95 % interval", "votes won", "lost", "tied")]
    rows += [(name, *_strength(entry), *(str(entry[k]) for k in ("wins", "losses", "ties"))) for name, entry in ranked]
    pairs = [("", "items won", "lost", "tied", "95 % of the share won", "sign test")]
    pairs += [_pair(pair) for pair in found["pairs"]]
    return "\n".join([columns(rows), _model(found), "", columns(pairs), "", _side(found["first_side_rate"])])


def _pair(pair: dict[str, Any]) -> tuple[str, str, str, str, str, str]:
    wins, losses, ties = (str(pair[key]) for key in ("wins", "losses", "ties"))
    return f"{pair['left']} – {pair['right']}", wins, losses, ties, _wilson(pair), _p(pair)


def _strength(entry: dict[str, Any]) -> tuple[str, str]:
    if entry["strength"] is None:
        return "–", ""
    interval = "" if entry["low"] is None else f"{entry['low']:+.3f} to {entry['high']:+.3f}"
    return f"{entry['strength']:+.3f}", interval


def _model(found: dict[str, Any]) -> str:
    if not found["connected"]:
        return "Not fitted: the systems fall into groups that were never compared with each other."
    if not found["finite"]:
        return "Not fitted: some system won or lost so consistently that its strength has no finite value."
    return f"Davidson's model, nu = {found['ties_nu']:.3f}; strength is the centred log worth."


def _wilson(pair: dict[str, Any]) -> str:
    return "–" if pair["low"] is None else f"{pair['low']:.2f} to {pair['high']:.2f}"


def _p(pair: dict[str, Any]) -> str:
    return "–" if pair["p_value"] is None else f"p = {pair['p_value']:.3g}"


def _side(rate: dict[str, Any]) -> str:
    from results.document.words import reason

    if rate["value"] is None:
        return f"First side: {reason(rate['reason'], 'en')}"
    interval = "" if rate["low"] is None else f" [{rate['low']:.3f}, {rate['high']:.3f}]"
    return f"Share of decisive votes for the left (first) side: {rate['value']:.3f}{interval}"

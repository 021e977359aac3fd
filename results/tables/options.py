"""Options of the commands that read a table of judgments: its columns, its rows, and what its values mean."""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Mapping
from typing import NamedTuple

MISSING_HELP = "values that stand for a missing one, as n/a,99; N/A* = all that begin so"


class Where(NamedTuple):
    """Rows are taken that have this value in this column, or have another where `other`."""

    column: str
    value: str
    other: bool = False


def parts(text: str) -> tuple[str, ...]:
    """An argparse type: `A,B` as ("A", "B"); a part that holds a comma itself stands in double quotes."""
    found = tuple(part.strip() for part in next(csv.reader([text], skipinitialspace=True), []) if part.strip())
    if not found:
        raise argparse.ArgumentTypeError("nothing is named")
    return found


def where(text: str) -> Where:
    """An argparse type: `COL=V`, or `COL!=V`; nothing after the sign is an empty cell."""
    column, sign, value = text.partition("=")
    name = column.removesuffix("!").strip()
    if not name or not sign:
        raise argparse.ArgumentTypeError(f"found {text!r}; allowed: COL=V or COL!=V")
    return Where(name, value.strip(), other=column.endswith("!"))


def mapping(text: str) -> Mapping[str, str]:
    """An argparse type: `1=left,2=right,0=tie`."""
    found: dict[str, str] = {}
    for part in parts(text):
        word, sign, meaning = (piece.strip() for piece in part.partition("="))
        if not word or not sign or not meaning:
            raise argparse.ArgumentTypeError(f"found {part!r}; allowed: V=MEANING, as 1=left")
        if word in found:
            raise argparse.ArgumentTypeError(f"{word!r} is named twice")
        found[word] = meaning
    return found


def add_table_options(parser: argparse.ArgumentParser, map_help: str) -> None:
    """Add what every table may need."""
    column = _adder(parser, parts)
    column("--cluster", "COL", "column: the resampling unit, where units belong together (a dialogue, a document)")
    column("--by", "COL", "a block of figures for each value of a column, as of a criterion")
    parser.add_argument("--where", type=where, action="append", default=[], metavar="COL=V",
                        help="only rows with this value (COL!=V: with another); may stand several times")  # fmt: skip
    column("--raters", "COL,COL,…", "one column for each rater, in place of a column that names the rater")
    parser.add_argument("--split", metavar="MARK", help="between ratings, or labels, of which one cell lists several")
    parser.add_argument("--map", type=mapping, default={}, metavar="V=MEANING,…", help=map_help)
    parser.add_argument("--missing", type=parts, default=(), metavar="V1,V2,…", help=MISSING_HELP)


def _adder(parser: argparse.ArgumentParser, kind: Callable[[str], tuple[str, ...]]) -> Callable[[str, str, str], None]:
    def add(name: str, metavar: str, words: str) -> None:
        parser.add_argument(name, type=kind, default=(), metavar=metavar, help=words)

    return add

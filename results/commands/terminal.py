"""Figures and tables as plain text for a terminal, and argument types of the command line."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from results.document import numbers

if TYPE_CHECKING:
    from results.statistics.figure import Figure


def number(figure: Figure, factor: float = 1, decimals: int = 2, signed: bool = False) -> str:
    """A figure as `1.23 [1.00, 1.50]`; `–` where it is undefined, without brackets where it has no interval."""
    return _plain(numbers.with_interval(figure.value, figure.low, figure.high, decimals, scale=factor, sign=signed))


def interval(low: float | None, high: float | None, decimals: int = 3, *, signed: bool = False) -> str:
    """`[1.00, 1.50]`; `–` where there is none."""
    return _plain(numbers.interval(low, high, decimals, sign=signed))


def p_value(value: float | None) -> str:
    """`p = .012`, `p < .001`; `–` where there is none."""
    return _plain(numbers.p_value(value))


def _plain(text: str) -> str:
    """With blanks that a terminal's own tools find."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


def show(
    figures: dict[str, Any], notes: Sequence[str], text: Callable[[dict[str, Any]], str], *, as_json: bool
) -> None:
    """Print what was read and then the figures, as text or as one JSON object with the notes under `reading`.

    With JSON the notes stand on stderr too, so that they are seen where the object goes into a file.
    """
    if as_json:
        print(*notes, sep="\n", end="\n" if notes else "", file=sys.stderr)
        print(json.dumps({**figures, "reading": list(notes)}, ensure_ascii=False, indent=1, allow_nan=False))
    else:
        print(*notes, *([""] if notes else []), text(figures), sep="\n")


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells under each other: the first column left, the others right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def at_least(least: int) -> Callable[[str], int]:
    """An argparse type: a whole number of `least` or more."""

    def read(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"found {text}; allowed: {least} or more")
        return value

    read.__name__ = "whole number"  # what argparse calls it where int() fails
    return read


def share(least: float, most: float) -> Callable[[str], float]:
    """An argparse type: a number in [least, most]."""

    def read(text: str) -> float:
        value = float(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"found {text}; allowed: {least:g} to {most:g}")
        return value

    read.__name__ = "number"
    return read

"""Figures and tables as plain text for a terminal, and argument types of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from results.figure import Figure


def number(found: Figure, factor: float = 1, decimals: int = 2, signed: bool = False) -> str:
    """A figure as `1.23 [1.00, 1.50]`; `–` where it is undefined, without brackets where it has no interval."""
    form = f"{{:{'+' if signed else ''}.{decimals}f}}"
    if found.value is None:
        return "–"
    if found.low is None or found.high is None:
        return form.format(factor * found.value)
    return "{} [{}, {}]".format(*(form.format(factor * x) for x in (found.value, found.low, found.high)))


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


def positive(text: str) -> int:
    """A whole number above 0, for argparse."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"found {text}; allowed: a whole number above 0")
    return value

"""A figure: one number with its 95 % interval, the method that made it, and the reason where it is undefined."""

from __future__ import annotations

import math

from tasks.schema import Record


class Figure(Record):
    """One number of a report. Undefined is None with its reason in words, never 0, 1 or NaN.

    A figure can have a value and no interval (`low` and `high` None); `reason` then says why.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    method: str = ""
    """How the interval was made; '' where there is none."""
    reason: str | None = None


def undefined(reason: str) -> Figure:
    """A figure without a value, and why."""
    return Figure(value=None, reason=reason)


def figure(value: float, low: float | None, high: float | None, method: str, reason: str | None = None) -> Figure:
    """A figure from computed numbers; a NaN or infinite one becomes None.

    Raises:
        ValueError: a number is undefined and no reason is given.
    """
    numbers = [None if number is None or not math.isfinite(number) else float(number) for number in (value, low, high)]
    if None in numbers and not reason:
        raise ValueError(f"a figure of {value}, {low}, {high} needs a reason")
    return Figure(value=numbers[0], low=numbers[1], high=numbers[2], method=method, reason=reason)

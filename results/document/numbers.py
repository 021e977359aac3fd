"""Numbers as readers see them: a true minus sign, two decimals, p-values without false precision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DASH = "–"


def number(value: float | None, digits: int = 2, *, sign: bool = False) -> str:
    """`−0.35`, `+0.35` where `sign`, `–` where undefined."""
    if value is None:
        return DASH
    text = f"{value:{'+' if sign else ''}.{digits}f}"
    if float(text) == 0:
        text = f"{0:.{digits}f}"
    return text.replace("-", "−")


def percent(value: float | None, digits: int = 0) -> str:
    """`62 %` of 0.62."""
    return DASH if value is None else f"{number(100 * value, digits)}\N{NO-BREAK SPACE}%"


def p_value(value: float | None) -> str:
    """`p = .012`, `p < .001`, `p = 1`; `p undefined` where there is none."""
    if value is None:
        return "p undefined"
    if value < 0.001:
        return "p < .001"
    if value > 0.9995:
        return "p = 1"
    return f"p = {value:.3f}".replace("0.", ".")


def interval(figure: Mapping[str, Any], digits: int = 2, *, scale: float = 1, sign: bool = False) -> str:
    """`0.12 … 0.58`, not broken over lines; `–` where there is none."""
    if figure["low"] is None or figure["high"] is None:
        return DASH
    low, high = (number(scale * figure[end], digits, sign=sign) for end in ("low", "high"))
    return f"{low}\N{NO-BREAK SPACE}…\N{NO-BREAK SPACE}{high}"

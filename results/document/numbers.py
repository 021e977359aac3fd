"""Numbers as readers see them: a true minus sign, two decimals, p-values without false precision.

Pages, terminal and LaTeX print every interval by `interval`, so that it is spelled in one way.
"""

from __future__ import annotations

DASH = "–"
_SPACE = "\N{NO-BREAK SPACE}"


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
    return DASH if value is None else f"{number(100 * value, digits)}{_SPACE}%"


def p_value(value: float | None) -> str:
    """`p = .012`, `p < .001`, `p = 1`; `–` where there is none."""
    if value is None:
        return DASH
    if value < 0.001:
        return f"p{_SPACE}<{_SPACE}.001"
    if value > 0.9995:
        return f"p{_SPACE}={_SPACE}1"
    return f"p{_SPACE}={_SPACE}" + f"{value:.3f}".removeprefix("0")


def interval(low: float | None, high: float | None, digits: int = 2, *, scale: float = 1, sign: bool = False) -> str:
    """`[0.12, 0.58]`, not broken over lines; `–` where there is none."""
    if low is None or high is None:
        return DASH
    lower, upper = (number(scale * end, digits, sign=sign) for end in (low, high))
    return f"[{lower},{_SPACE}{upper}]"


def with_interval(
    value: float | None,
    low: float | None,
    high: float | None,
    digits: int = 2,
    *,
    scale: float = 1,
    sign: bool = False,
    unit: str = "",
) -> str:
    """`0.35 [0.12, 0.58]`, `35 % [12, 58]` with a unit; the value alone where it has no interval."""
    if value is None:
        return DASH
    text = number(scale * value, digits, sign=sign) + (f"{_SPACE}{unit}" if unit else "")
    return text if low is None else f"{text} {interval(low, high, digits, scale=scale, sign=sign)}"

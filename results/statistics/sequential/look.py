"""The comparison at one look of a study that may stop, through t, with the repeated interval and p-value.

Nominal levels through t, repeated intervals and repeated p-values: Jennison and Turnbull (2000), Group Sequential
Methods, sections 3.8, 9 and 8.4. All looks speak for these raters: how far raters differ does not shrink with items.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from results.statistics.figure import FEWEST_DIALOGUES, Figure, Sizes, undefined
from results.statistics.reasons import Reason
from results.statistics.resample import Array
from results.statistics.sequential.spending import levels, repeated_p
from results.statistics.signflip import Test, sign_flip


@dataclass(frozen=True)
class Look:
    """The comparison at one look.

    Attributes:
        margin: the mean with its repeated interval, which holds the true mean at all looks together with 95 %.
        test: the repeated p-value: below 0.05 exactly where the bound is crossed and the interval leaves out 0.
        p_nominal: two-sided p of this look alone, through t; None where nothing can be tested.
        level: what it is held against, two-sided.
    """

    margin: Figure
    test: Test
    p_nominal: float | None
    level: float

    @property
    def enough(self) -> bool:
        """Whether the bound is crossed."""
        return self.p_nominal is not None and self.p_nominal < self.level


def look(rows: Array, fractions: Sequence[float], name: str, sizes: Sizes, undefined_because: Reason) -> Look:
    """The comparison after looks at these shares of the information, the last of which is this one.

    Args:
        rows: (D, 2) sums and sizes of the dialogues; those of size 0 take no part.
        fractions: ascending, in (0, 1].

    Below six dialogues nothing is tested. Where every dialogue has the same mean, t is not defined: the sign-flip test
    stands in, and there is no interval.
    """
    judged = rows[rows[:, 1] > 0]
    level = levels(fractions)[-1]
    if not len(judged):
        missing = undefined(undefined_because, name, sizes)
        return Look(missing, Test(None, "", undefined_because), None, level)
    value = float(judged[:, 0].sum() / judged[:, 1].sum())
    if len(judged) < FEWEST_DIALOGUES:
        few = Figure(value, method=name, reason=Reason.FEW_DIALOGUES, sizes=sizes)
        return Look(few, Test(None, "", Reason.FEW_DIALOGUES), None, level)
    method = f"{name}; repeated interval, O'Brien-Fleming spending, Student's t over dialogues"
    error = standard_error(judged, value)
    if error < 1e-12:
        exact = sign_flip(judged[:, 0]).p_value
        flat = Figure(value, method=method, reason=Reason.NO_VARIATION, sizes=sizes)
        return Look(flat, _repeated(exact, fractions), exact, level)
    nominal = _two_sided(value / error, len(judged) - 1)
    reach = _critical(level, len(judged) - 1) * error
    return Look(
        Figure(value, value - reach, value + reach, method, sizes=sizes), _repeated(nominal, fractions), nominal, level
    )


def _repeated(nominal: float | None, fractions: Sequence[float]) -> Test:
    method = "repeated p-value of O'Brien-Fleming bounds, Student's t over dialogues"
    return Test(None if nominal is None else repeated_p(nominal, fractions), method)


def standard_error(rows: Array, value: float) -> float:
    """Of the ratio of sums to sizes over two or more dialogues, shape (D, 2); of equal sizes that of the mean."""
    dialogues = len(rows)
    residuals = rows[:, 0] - value * rows[:, 1]
    spread = dialogues / (dialogues - 1) * float(residuals @ residuals)
    return math.sqrt(spread) / float(rows[:, 1].sum())


def _two_sided(t: float, df: int) -> float:
    from scipy.special import stdtr

    return float(2 * stdtr(df, -abs(t)))


def _critical(level: float, df: int) -> float:
    from scipy.special import stdtrit

    return float(-stdtrit(df, level / 2)) if level > 0 else math.inf

"""Records of the tests that were declared before the first judgment."""

from __future__ import annotations

from typing import Literal

from results.record.figure import OfSystems, Strict, TestRecord
from tasks.schema import Claim, Estimand, Measure


class DeclaredTest(Strict):
    """A declared hypothesis and what the judgments say of it."""

    family: Literal["primary", "secondary"]
    """Holm's method corrects the tests of a family together."""
    criterion: str
    systems: tuple[str, str]
    measure: Measure | None
    """What of a rated criterion is compared; null for a preference."""
    claim: Claim
    margin: float | None
    """What `not_worse` and `equivalent` are held against; null for the other claims."""
    estimand: Estimand
    difference: OfSystems
    """First system minus second, for whom the estimand names."""
    test: TestRecord
    """Of the claim: one-sided but for `differs`; of `equivalent` the larger of two one-sided ones."""
    p_holm: float | None
    holds: bool
    """true where the corrected p-value is below .05; false is no evidence of the contrary."""

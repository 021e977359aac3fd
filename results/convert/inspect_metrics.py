"""Strength and agreement as metrics of Inspect AI, for logs that `results.convert.inspect_log` writes and for scorers.

Inspect is not a dependency: it is imported when a metric is made. A score's value is a map from rater to the preference
of one pair, -2 to 2, positive for the first of `metadata["systems"]`, or None. Metrics read every epoch's own scores,
since a mean over epochs would take a missing answer for 0. Inspect tells metrics by their annotations.

    @scorer(metrics=[agreement(), strength()])
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tasks.schema import Level

Scores = Sequence[Any]
"""`inspect_ai.scorer.SampleScore` of each pair."""
Row = tuple[str, tuple[str, str], Mapping[str, float | None]]
"""Sample id, the two systems, and the preference by rater."""


def agreement(level: Level = "ordinal") -> Any:
    """Krippendorff's alpha of the raters, orientation-free: which system comes first changes nothing; NaN undefined."""

    def made(level: Level) -> Callable[[Scores], float]:
        def compute(scores: Scores) -> float:
            return alpha(rows(scores), level)

        return compute

    return _metric("agreement")(made)(level=level)


def strength() -> Any:
    """Each system's centred log worth (Davidson's model, ties included); NaN where the votes allow no fit."""

    def made() -> Callable[[Scores], dict[str, float]]:
        def compute(scores: Scores) -> dict[str, float]:
            return worths(rows(scores))

        return compute

    return _metric("strength")(made)()


def rows(scores: Scores) -> list[Row]:
    """The votes of each pair. Raises ValueError for a score that names no two systems."""
    found = []
    for place, one in enumerate(scores):
        systems = (one.score.metadata or {}).get("systems", ())
        if len(systems) != 2:
            raise ValueError(f"sample {one.sample_id}: metadata.systems: found {systems!r}; two systems are needed")
        found.append((f"{one.sample_id or place}", (systems[0], systems[1]), one.score.as_dict()))
    return found


def alpha(votes: Sequence[Row], level: Level) -> float:
    """Orientation-free alpha, unit = sample; NaN where no two raters judged a pair alike or nothing varies."""
    from results.statistics.agreement.alpha import both_ways, value
    from results.statistics.ratings import ratings

    cells = [(sample, rater, given) for sample, _, by_rater in votes for rater, given in by_rater.items()]
    given = {float(value) for *_, value in cells if value is not None}
    table = ratings(
        unit=[sample for sample, *_ in cells],
        rater=[rater for _, rater, _ in cells],
        value=[value for *_, value in cells],
        domain=sorted(given | {-value for value in given}),
    )
    return value(both_ways(table), level)


def worths(votes: Sequence[Row]) -> dict[str, float]:
    """Centred log worth by system."""
    from results.statistics.resample import Resampling
    from results.statistics.strength import strengths, votes_of

    cells = [(sample, pair, given) for sample, pair, by_rater in votes for given in by_rater.values()
             if given is not None]  # fmt: skip
    table = votes_of(
        [sample for sample, *_ in cells],
        [pair[0] for _, pair, _ in cells],
        [pair[1] for _, pair, _ in cells],
        [(given > 0) - (given < 0) for *_, given in cells],
        [sample for sample, *_ in cells],
    )
    found = strengths(table, Resampling(resamples=100))
    worth = [float("nan") if figure.value is None else figure.value for figure in found.figures]
    return dict(zip(table.systems, worth, strict=True))


def _metric(name: str) -> Any:
    """What registers a maker of metrics. Raises ImportError where inspect_ai is not installed."""
    from inspect_ai.scorer import metric

    return metric(name=name, scores="unreduced")

"""What an organiser may watch while a study runs: how well it goes, and nothing of which system is preferred."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from studio.service.desk import Desk
from studio.service.organiser import exporting
from studio.store.database import Connection

if TYPE_CHECKING:
    from results.export.folder import Export
    from results.export.rows import JudgmentRow
    from results.study.judged import Judged

RESAMPLES = 1000
KEPT = (
    *("rater", "judged", "skipped", "cannot_judge", "median_seconds", "tie_rate", "longest_run_of_one_answer"),
    *("repeats", "repeats_same_choice", "checks", "checks_failed", "agreement_with_rest"),
)
"""Facts of a rater that hold no system."""


def watch(desk: Desk, connection: Connection, study_id: str) -> dict[str, Any]:
    """How a running study goes, without anything of who is preferred: see `quality`."""
    return quality(exporting.build(desk, connection, study_id))


def quality(export: Export) -> dict[str, Any]:
    """Facts without systems: `agreement` by criterion, `raters`, `disputed` items, `comments`, `flags` of harm.

    Orientation-free agreement, shares of sides and of ties say nothing of who wins; disputed items give how the votes
    split, not which way.
    """
    from results.study.judged import judged

    data = judged(export)
    return {
        "agreement": _agreement(data),
        "raters": _raters(data),
        "disputed": _disputed(data),
        "comments": [{"item_id": one.item_id, "rater": one.rater, "comment": one.comment} for one in export.comments],
        "flags": _flags(data),
    }


def _agreement(data: Judged) -> list[dict[str, Any]]:
    from results.statistics.resample import Resampling
    from results.study.agreement import all_agreements, headline

    found = []
    for made in all_agreements(data, Resampling(resamples=RESAMPLES, seed=0)):
        figure = headline(made).as_dict()
        found.append({"criterion": made.criterion.criterion_id, **figure})
    return found


def _raters(data: Judged) -> list[dict[str, Any]]:
    from results.study.raters import rater_records

    preferences = [row for row in data.rows if row.criterion_kind == "preference"]
    return [
        {name: getattr(rater, name) for name in KEPT}
        | {"first_side_rate": _first_side([row for row in preferences if row.rater == rater.rater])}
        for rater in rater_records(data)
    ]


def _first_side(rows: Sequence[JudgmentRow]) -> float | None:
    """Share of decisive choices that fell on the side shown first; None where there are none."""
    decisive = [row for row in rows if row.chosen_system is not None]
    return sum(row.chosen_system == row.first_system for row in decisive) / len(decisive) if decisive else None


def _disputed(data: Judged) -> list[dict[str, Any]]:
    from results.study.disputed import disputed

    preferences = [criterion for criterion in data.study.criteria if criterion.kind == "preference"]
    rows = []
    for item in disputed(data, preferences[0], data.pairs()) if preferences else ():
        margins = [answer.margin for answer in item.answers]
        sides = sorted((sum(m > 0 for m in margins), sum(m < 0 for m in margins)), reverse=True)
        rows.append({"item_id": item.item_id, "votes": sides, "ties": margins.count(0)})
    return rows


def _flags(data: Judged) -> list[dict[str, Any]]:
    from results.study.disputed import flagged

    rows: dict[str, dict[str, Any]] = {}
    for response in flagged(data).responses:
        row = rows.setdefault(response.item_id, {"item_id": response.item_id, "flags": 0, "reasons": set()})
        row["flags"] += response.flags
        row["reasons"] |= set(response.reasons)
    return [row | {"reasons": sorted(row["reasons"])} for row in rows.values()]

"""How a study that may stop ended: all that was judged against the bound at the end, and whether its rule was followed.

After `enough` the share of the planned judgments that were given is the information at the end; otherwise the end is
the last look, which has all that is left to spend.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from results.export.folder import Export
from results.export.rows import LookRow
from results.statistics.sequential.look import Look
from results.study.judged import Judged, preference_of
from results.study.sequential.looks import comparison, judged_items, missing, share, shares_of, votes_table

Departure = Literal["went_on", "ended_early"]
"""What was done against the rule's last answer: a further block was judged after `enough`, or not all of them after
`go on`."""


@dataclass(frozen=True)
class Ending:
    """How a study that may stop ended.

    Attributes:
        look: the comparison over all that was judged, against the bound at the end.
        stopped_at: the look that answered `enough`; None where none did.
        items: items judged, of `planned`; `at_look` of them when it answered.
        information: the share that the bound at the end was taken at, 1 unless the study ended early by its rule.
    """

    look: Look
    stopped_at: int | None
    items: int
    at_look: int
    planned: int
    information: float
    departure: Departure | None


def ending(data: Judged) -> Ending | None:
    """How the study ended, from what the figures rest on; None where it declared no looks before its end."""
    export, criterion = data.export, preference_of(data)
    if data.study.design.looks == 1 or criterion is None or not data.pairs():
        return None
    table, looks, planned = votes_table(data, criterion), export.looks, len(export.items)
    items, last = judged_items(table), export.looks[-1] if export.looks else None
    enough = last is not None and last.enough
    votes = len(table.unit)
    given = share(votes, votes + missing(export, data.study.design.looks), looks) if enough else 1.0
    return Ending(
        look=comparison(table, [*shares_of(looks), given]),
        stopped_at=last.look if last is not None and enough else None,
        items=items,
        at_look=last.items if last is not None else 0,
        planned=planned,
        information=given,
        departure=_departure(export, last),
    )


def _departure(export: Export, last: LookRow | None) -> Departure | None:
    if last is None:
        return None
    if last.enough:
        return "went_on" if missing(export, last.look + 1, last.look) == 0 else None
    return "ended_early" if missing(export, last.of) else None

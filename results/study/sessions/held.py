"""Sessions with their clients' forms: what every figure of sessions starts from.

Intervals take clients as their units, each with all of that client's sessions: sessions of one client are alike
(who rates explains more of KokoroChat's scores than who counsels), and turns of one session more so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from results.export.sessions import SessionRow, answers
from results.statistics.estimates import group_places
from results.statistics.figure import Figure, Sizes, undefined
from results.statistics.means import mean_figure
from results.statistics.reasons import Reason
from results.statistics.resample import Array, Resampling, by_dialogue
from results.study.judged import Judged

Counted = tuple[float, float]
"""A sum and what it is divided by."""


@dataclass(frozen=True)
class Held:
    """The sessions of a study that were held, in the plan's order."""

    rows: tuple[SessionRow, ...]
    forms: Mapping[str, Mapping[str, float]]
    """By session, by criterion: what its client gave."""
    resampling: Resampling

    @classmethod
    def of(cls, data: Judged, resampling: Resampling) -> Held:
        """The sessions of what was judged."""
        rows = tuple(row for row in data.export.sessions if row.held)
        return cls(rows, answers(data.rows), replace(resampling, unit="clients"))

    @cached_property
    def rated(self) -> tuple[SessionRow, ...]:
        """Those whose client gave the form."""
        return tuple(row for row in self.rows if row.session_id in self.forms)

    def mean(
        self, count: Callable[[SessionRow], Counted | None], name: str, missing: Reason = Reason.NO_SESSIONS
    ) -> Figure:
        """Sum over sum of what `count` gives of each session (None = it takes no part), over clients.

        `missing` is why there is no value where no session takes part.
        """
        found = [(row, counted) for row in self.rows if (counted := count(row)) is not None]
        if not found:
            return undefined(missing, name)
        rows = [row for row, _ in found]
        sums = by_client(np.array([counted for _, counted in found], dtype=np.float64), rows)
        return mean_figure(sums, name, sizes(rows), self.resampling, missing)


def by_client(values: Array, rows: Sequence[SessionRow]) -> Array:
    """Values of sessions, shape (S, K), summed by client, shape (C, K)."""
    places = group_places([row.client_seat for row in rows])
    return by_dialogue(values, np.array(places, dtype=np.int64), max(places) + 1)


def sizes(rows: Sequence[SessionRow]) -> Sizes:
    """Clients as what is resampled, people of both roles, sessions as what was judged."""
    clients, counselors = {row.client_seat for row in rows}, {row.counselor_seat for row in rows}
    return Sizes(items=len(clients), raters=len(counselors), judgments=len(rows))

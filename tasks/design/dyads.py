"""Who meets whom in live sessions, and over which scenario: seeded, balanced, so that two effects can be told apart.

What a plan holds:

1. No two Seats meet twice, nobody meets himself. Where everyone plays both roles, everyone plays each equally often;
   where the roles are split, the counsellors' loads differ by at most 1.
2. The scenarios' counts differ by at most 1, and a client meets none twice while there are enough.
3. From two sessions a person on, clients and counsellors are one connected graph, wherever there are as many sessions
   as that takes (where the roles are split: tried for all numbers up to 14 people): without it neither the client's nor
   the counsellor's share of a score can be estimated (in KokoroChat who rates explains more than who counsels).

Both roles: the Seats stand on a circle in random order, and each counsels who stands 1, 2, … places before: a cyclic
design (John & Williams, Cyclic and Computer Generated Designs, 1995). On a circle of n at most (n - 1) // 2 distances
are possible before somebody would meet the same person from the other side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

import numpy as np

from tasks.errors import InputError
from tasks.languages.fault import Fault, at, instead
from tasks.schema import PlannedAssignment, PlannedSession, Sessions, Study

Dyad = tuple[int, int]
"""Seats of client and counsellor."""


def plan_sessions(study: Study) -> tuple[PlannedSession, ...]:
    """All sessions of a study, by number: each person's first sessions come before anybody's second.

    The same study and seed give the same plan.

    Raises:
        InputError: the study has no sessions or scenarios, or not enough Seats for them (see `misfits`).
    """
    rules = study.sessions
    if errors := [at(field, rule) for field, rule in misfits(study)]:
        raise InputError(tuple(errors))
    assert rules is not None
    rng = np.random.default_rng([study.design.seed % 2**63, 0])
    deal = _circle if rules.both_roles else _split
    dyads = list(deal(study.design.seats, rules, rng))
    cards = [study.scenarios[place].scenario_id for place in rng.permutation(len(study.scenarios))]
    met: dict[int, int] = {}
    clients = {client: place for place, client in enumerate(dict.fromkeys(client for client, _ in dyads))}
    planned = []
    for number, (client, counselor) in enumerate(dyads):
        turn = met.get(client, 0)
        met[client] = turn + 1
        card = cards[(clients[client] * rules.per_person + turn) % len(cards)]
        planned.append(
            PlannedSession(
                session_id=f"session-{number + 1:03d}", number=number, scenario_id=card, client=client,
                counselor=counselor,
            )
        )  # fmt: skip
    return tuple(planned)


def forms(study: Study) -> tuple[PlannedAssignment, ...]:
    """The clients' forms: one assignment for each session, at the client's Seat, in the order of the sessions."""
    lines, position = [], dict.fromkeys(range(study.design.seats), 0)
    for one in plan_sessions(study):
        lines.append(
            PlannedAssignment(
                seat=one.client, position=position[one.client], item_id=one.session_id, order=(),
                stratum=one.scenario_id,
            )
        )  # fmt: skip
        position[one.client] += 1
    return tuple(sorted(lines, key=lambda line: (line.seat, line.position)))


def take_over(planned: Sequence[PlannedSession], left: int, seat: int, waiting: Set[str]) -> tuple[PlannedSession, ...]:
    """The sessions that Seat `seat` holds in place of Seat `left`, who is gone: those of `left` among `waiting`.

    The new Seat has met nobody, so that still no two meet twice and no client meets a scenario again.
    """
    own = (one for one in planned if one.session_id in waiting and left in (one.client, one.counselor))
    return tuple(one.model_copy(update={"client" if one.client == left else "counselor": seat}) for one in own)


def misfits(study: Study) -> Iterator[tuple[str, Fault]]:
    """Fields that the plan cannot hold, each with the rule; nothing where all can be held."""
    rules, seats = study.sessions, study.design.seats
    if rules is None or not study.scenarios:
        yield "scenarios" if rules else "sessions", Fault("plan_needs")
        return
    if rules.both_roles:
        most = (seats - 1) // 2
    else:
        most = rules.counselors or 0
        if not 1 <= most < seats:
            yield "sessions.counselors", instead(rules.counselors, Fault("from_to", low="1", high=str(seats - 1)))
            return
    if most < 1:
        yield "design.seats", instead(seats, Fault("at_least", bound="3" if rules.both_roles else "2"))
    elif rules.per_person > most:
        yield "sessions.per_person", instead(rules.per_person, Fault("from_to", low="1", high=str(most)))


def _circle(seats: int, rules: Sessions, rng: np.random.Generator) -> Iterator[Dyad]:
    """Each round everybody is once client and once counsellor."""
    order = [int(seat) for seat in rng.permutation(seats)]
    for distance in range(1, rules.per_person + 1):
        for place in range(seats):
            yield order[place], order[(place + distance) % seats]


def _split(seats: int, rules: Sessions, rng: np.random.Generator) -> Iterator[Dyad]:
    """Each client meets `per_person` counsellors: those with the fewest sessions, of several parts of the graph."""
    counselors = rules.counselors or 1
    clients = [int(seat) for seat in rng.permutation(seats - counselors)]
    drawn = [int(seat) + seats - counselors for seat in rng.permutation(counselors)]
    load, dealt = [0] * counselors, list[list[int]]()
    part = list(range(counselors))
    for _ in clients:
        own = _met(rules.per_person, load, part)
        joined = {part[one] for one in own}
        part = [min(joined) if one in joined else one for one in part]
        load = [count + (one in own) for one, count in enumerate(load)]
        dealt.append(own)
    for turn in range(rules.per_person):
        for client, own in zip(clients, dealt, strict=True):
            yield client, drawn[own[turn]]


def _met(per_person: int, load: Sequence[int], part: Sequence[int]) -> list[int]:
    """Counsellors whom a client meets; `load`: sessions of each so far, `part`: the part of the graph each is in."""
    own: list[int] = []
    for _ in range(per_person):
        joined = {part[one] for one in own}
        free = sorted((load[one], part[one] in joined, part.count(part[one]), one) for one in range(len(load)))
        own.append(next(one for *_, one in free if one not in own))
    return own

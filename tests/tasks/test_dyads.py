"""Who meets whom: what every plan of sessions holds, whatever its numbers, and what is refused."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.design.dyads import forms, plan_sessions, take_over
from tasks.errors import InputError
from tasks.schema import Design, PlannedSession, Scenario, Sessions, Study, Words
from tasks.study.wording.templates import template

CRITERIA = template("rating")[:1]


def study(seats: int, cards: int = 3, seed: int = 0, **rules: object) -> Study:
    made = tuple(Scenario(scenario_id=f"c{n}", title=Words(en="t"), card=Words(en="c")) for n in range(cards))
    return Study(
        study_id="s", title=Words(en="t"), protocol="session", criteria=CRITERIA, items=(), scenarios=made,
        design=Design(seats=seats, seed=seed), sessions=Sessions.model_validate(rules),
    )  # fmt: skip


@st.composite
def both(draw: st.DrawFn) -> Study:
    seats = draw(st.integers(3, 14))
    per_person = draw(st.integers(1, (seats - 1) // 2))
    return study(seats, draw(st.integers(1, 7)), draw(st.integers(0, 9)), per_person=per_person)


@st.composite
def split(draw: st.DrawFn) -> Study:
    seats = draw(st.integers(2, 14))
    counselors = draw(st.integers(1, seats - 1))
    rules = {"both_roles": False, "counselors": counselors, "per_person": draw(st.integers(1, counselors))}
    return study(seats, draw(st.integers(1, 7)), draw(st.integers(0, 9)), **rules)


def well_met(planned: tuple[PlannedSession, ...], cards: int) -> None:
    met = [frozenset((one.client, one.counselor)) for one in planned]
    assert all(len(pair) == 2 for pair in met)
    assert len(set(met)) == len(met), "no two meet twice"
    read = defaultdict(list)
    for one in planned:
        read[one.client].append(one.scenario_id)
    for own in read.values():
        assert len(set(own)) == min(len(own), cards), "none twice while there are enough"


@given(st.one_of(both(), split()))
def test_no_two_meet_twice_and_scenarios_are_balanced(one: Study) -> None:
    planned = plan_sessions(one)
    well_met(planned, len(one.scenarios))
    used = Counter({card.scenario_id: 0 for card in one.scenarios})
    used.update(session.scenario_id for session in planned)
    assert max(used.values()) - min(used.values()) <= 1
    assert [session.number for session in planned] == list(range(len(planned)))
    assert plan_sessions(one) == planned


@given(both())
def test_everyone_plays_each_role_equally_often(one: Study) -> None:
    planned, rules = plan_sessions(one), one.sessions
    assert rules is not None
    for role in ("client", "counselor"):
        assert Counter(getattr(session, role) for session in planned) == dict.fromkeys(
            range(one.design.seats), rules.per_person
        )


@given(split())
def test_counsellors_are_the_last_seats_and_their_loads_differ_by_at_most_one(one: Study) -> None:
    planned, rules = plan_sessions(one), one.sessions
    assert rules is not None
    assert rules.counselors is not None
    first = one.design.seats - rules.counselors
    assert Counter(session.client for session in planned) == dict.fromkeys(range(first), rules.per_person)
    loads = Counter(dict.fromkeys(range(first, one.design.seats), 0))
    loads.update(session.counselor for session in planned)
    assert set(loads) == set(range(first, one.design.seats))
    assert max(loads.values()) - min(loads.values()) <= 1


@given(st.one_of(both(), split()))
def test_from_two_sessions_a_person_on_clients_and_counsellors_are_one_graph(one: Study) -> None:
    planned, rules = plan_sessions(one), one.sessions
    assert rules is not None
    side = {("client", session.client) for session in planned} | {("counselor", s.counselor) for s in planned}
    if rules.per_person < 2 or len(planned) < len(side) - 1:
        return  # of fewer meetings no connected graph can be made
    reached = {("client", planned[0].client)}
    while (
        more := {
            node
            for s in planned
            for node in (("client", s.client), ("counselor", s.counselor))
            if reached & {("client", s.client), ("counselor", s.counselor)}
        }
        - reached
    ):
        reached |= more
    assert reached == side


@given(st.one_of(both(), split()), st.data())
def test_who_takes_a_place_over_meets_nobody_twice(one: Study, data: st.DataObject) -> None:
    planned, seat = plan_sessions(one), one.design.seats
    left = data.draw(st.integers(0, seat - 1))
    waiting = set(data.draw(st.lists(st.sampled_from([session.session_id for session in planned]), unique=True)))
    taken = {session.session_id: session for session in take_over(planned, left, seat, waiting)}
    after = tuple(taken.get(session.session_id, session) for session in planned)
    assert one.sessions is not None
    if one.sessions.per_person <= len(one.scenarios):
        well_met(after, len(one.scenarios))
    assert not [s for s in after if s.session_id in waiting and left in (s.client, s.counselor)]
    changed = [(was, now) for was, now in zip(planned, after, strict=True) if was != now]
    assert all(left in (was.client, was.counselor) and seat in (now.client, now.counselor) for was, now in changed)


@given(st.one_of(both(), split()))
def test_each_session_has_one_form_of_its_client(one: Study) -> None:
    lines = forms(one)
    assert {(line.seat, line.item_id) for line in lines} == {(s.client, s.session_id) for s in plan_sessions(one)}
    assert len(lines) == len(plan_sessions(one))


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (study(2), "design.seats: found 2; allowed: 3 or more"),
        (study(5, per_person=3), "sessions.per_person: found 3; allowed: 1 to 2"),
        (study(4, both_roles=False), "sessions.counselors: found None; allowed: 1 to 3"),
        (study(4, both_roles=False, counselors=4), "sessions.counselors: found 4; allowed: 1 to 3"),
        (study(4, both_roles=False, counselors=2, per_person=3), "sessions.per_person: found 3; allowed: 1 to 2"),
        (study(4, cards=0), "scenarios: "),
    ],
)
def test_numbers_that_cannot_be_held_are_refused(made: Study, says: str) -> None:
    with pytest.raises(InputError, match=says):
        plan_sessions(made)

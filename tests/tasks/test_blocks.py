"""Studies that may stop: items in blocks, which every Seat judges one after the other under the same contract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tasks.design.blocks import block_of, blocks
from tasks.design.planning import extend, plan
from tasks.errors import InputError
from tasks.schema import Hypothesis, PlannedAssignment, Primary, Source, Study
from tasks.study.consistency import problems
from tests.studies import one_by_one, study
from tests.tasks.test_design import by_seat, of, shared, unit_imbalance, walks


@st.composite
def looked_at(draw: st.DrawFn) -> Study:
    """Studies of one pair that are looked at two to five times, with any strata, Seats, k, repeats and seed."""
    looks, seats = draw(st.integers(2, 5)), draw(st.integers(1, 7))
    items = draw(st.integers(6 * looks, 50))
    k = draw(st.none() | st.integers(1, seats))
    main = items if k is None else items * k // seats
    return study(
        items,
        2,
        strata=draw(st.integers(1, 5)),
        practice=draw(st.integers(0, 2)),
        checks=draw(st.integers(0, 2)),
        seats=seats,
        raters_per_item=k,
        repeats=draw(st.integers(0, min(5, max(0, main - 19)))),
        looks=looks,
        seed=draw(st.integers(0, 2**40)),
    )


@given(looked_at())
@settings(deadline=None, max_examples=40)
def test_blocks_are_of_one_size_over_all_and_in_each_stratum(made: Study) -> None:
    looks = made.design.looks
    sizes = Counter(blocks(made).tolist())
    inside = Counter((item.stratum, block_of(made)[item.item_id]) for item in made.items)
    assert sorted(sizes) == list(range(looks))
    assert max(sizes.values()) - min(sizes.values()) <= 1
    for stratum in {item.stratum for item in made.items}:
        counts = [inside[stratum, number + 1] for number in range(looks)]
        assert max(counts) - min(counts) <= 1


@given(looked_at())
@settings(deadline=None, max_examples=40)
def test_every_seat_judges_block_by_block_and_keeps_the_contract(made: Study) -> None:
    lines = plan(made)
    keeps_the_contract(made, lines, range(made.design.seats))
    if made.design.raters_per_item is None:
        assert all(len(of(mine, "main")) == len(made.items) for mine in by_seat(lines).values())
    imbalance = unit_imbalance(lines)
    assert max(imbalance) <= 1


@given(looked_at(), st.integers(1, 3))
@settings(deadline=None, max_examples=15)
def test_seats_added_later_judge_the_same_blocks(made: Study, more: int) -> None:
    before = plan(made)
    keeps_the_contract(made, extend(made, before, more), range(made.design.seats, made.design.seats + more))


def keeps_the_contract(made: Study, lines: tuple[PlannedAssignment, ...], seats: range) -> None:
    block = block_of(made)
    for walk in walks(lines).values():
        assert abs(walk[-1]) <= 1
        assert max(map(abs, walk)) <= 2
    for walk in walks(lines, overall=True).values():
        assert abs(walk[-1]) <= 1
    for mine in by_seat(lines).values():
        main = of(mine, "main")
        order = [block[line.item_id] for line in main]
        assert order == sorted(order)
        assert len({line.item_id for line in main}) == len(main)
        assert all(abs(surplus) <= 1 for surplus in within_blocks(main, block))
        for line in of(mine, "repeat"):
            assert line.repeats is not None
            assert line.position - line.repeats >= 20
            assert (mine[line.repeats].item_id, mine[line.repeats].order) == (line.item_id, line.order[::-1])
    loads = [len(of(mine, "main")) for mine in by_seat(lines).values()]
    assert max(loads) - min(loads) <= 1
    counts = shared(lines, seats)
    assert max(counts, default=0) - min(counts, default=0) <= 2


def within_blocks(main: list[PlannedAssignment], block: dict[str, int]) -> Iterator[int]:
    """First minus second of a Seat's first system in each block of each stratum."""
    surplus: Counter[tuple[str, int]] = Counter()
    for line in main:
        surplus[line.stratum, block[line.item_id]] += 1 if line.order == tuple(sorted(line.order)) else -1
    yield from surplus.values()


def from_dialogue(dialogue: str) -> Source:
    return Source(dataset="made", dialogue_id=dialogue)


def test_a_dialogue_lies_in_one_block_with_all_its_items() -> None:
    made = study(36, 2, looks=3)
    items = tuple(item.model_copy(update={"source": from_dialogue(f"d{n // 2}")}) for n, item in enumerate(made.items))
    grouped = made.model_copy(update={"items": items})
    assert sorted(Counter(blocks(grouped).tolist()).values()) == [12, 12, 12]
    assert all(blocks(grouped)[n] == blocks(grouped)[n + 1] for n in range(0, 36, 2))


def test_items_come_in_random_order_within_a_block() -> None:
    made = study(18, 2, seats=40, looks=3)
    orders = {tuple(line.item_id for line in of(mine, "main")) for mine in by_seat(plan(made)).values()}
    assert len(orders) == 40
    assert {line.order for line in plan(made) if line.kind == "main"} == {("s0", "s1"), ("s1", "s0")}


def test_one_look_is_what_was_always_planned() -> None:
    """A study that says nothing of looks is stored, hashed and planned as one from before they were there."""
    plain = study(30, 2, strata=3, seats=4)
    assert "looks" not in plain.model_dump(mode="json")["design"]
    assert not blocks(plain).any()
    places = [[line.item_id for line in of(mine, "main")] for mine in by_seat(plan(plain)).values()]
    thirds = block_of(plain.model_copy(update={"design": plain.design.model_copy(update={"looks": 3})}))
    assert any(thirds[a] > thirds[b] for mine in places for a, b in pairwise(mine)), "no blocks in a plan without looks"


def refused(made: Study) -> list[str]:
    return [str(found.text) for found in problems(made) if found.place == ("design", "looks")]


def test_looks_that_cannot_be_held_are_refused_in_words() -> None:
    assert refused(study(18, 2, looks=3)) == []
    assert refused(study(17, 2, looks=3)) == [
        "found 3; allowed: 1 to 2 (every look needs 6 dialogues of its own, and there are 17)"
    ]
    assert "one pair of systems" in refused(study(18, 3, looks=3))[0]
    assert any("protocol is pairwise" in text for text in refused(one_by_one(18, 1, "rating", looks=3)))
    with pytest.raises(InputError, match=r"design\.looks: found 3"):
        plan(study(17, 2, looks=3))


def test_looks_speak_for_these_raters_alone_and_of_the_primary_comparison_alone() -> None:
    made = study(18, 2, looks=3)
    large = made.model_copy(update={"primary": Primary(estimand="raters_at_large")})
    rated = made.model_copy(update={"primary": Primary(criterion="empathy")})
    tested = made.model_copy(update={"hypotheses": (Hypothesis(systems=("s0", "s1")),)})
    assert "looks speak for these raters alone" in refused(large)[0]
    assert "unless the primary criterion is a preference" in refused(rated)[0]
    assert "looks test the primary comparison alone" in refused(tested)[0]

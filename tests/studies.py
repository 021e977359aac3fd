"""Small studies made in code, and strategies that draw them."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from hypothesis import strategies as st

from tasks.schema import Check, Design, Item, Practice, Primary, Response, Study, System, Turn, Words
from tasks.study.wording.templates import template

WORDS = Words(ja="見本", en="sample")
CLIENT = Turn(role="client", text="駅の階段で立ち止まってしまいます。")


def item(item_id: str, stratum: str = "") -> Item:
    return Item(item_id=item_id, turns=(CLIENT,), stratum=stratum)


def study(items: int, systems: int, strata: int = 1, practice: int = 0, checks: int = 0, **design: Any) -> Study:
    """A pairwise study whose items go round `strata` strata."""
    ids = [f"s{number}" for number in range(systems)]
    made = tuple(item(f"i{number}", f"h{number % strata}" if strata > 1 else "") for number in range(items))
    return Study(
        study_id="made",
        title=WORDS,
        criteria=template("quick"),
        systems=tuple(System(system_id=system_id) for system_id in ids),
        design=Design(**design),
        items=made,
        responses=tuple(Response(item_id=i.item_id, system_id=s, text=f"{s}の応答") for s in ids for i in made),
        practice=tuple(
            Practice(item=item(f"p{n}"), responses=_pair(f"p{n}", "practice"), feedback=WORDS) for n in range(practice)
        ),
        checks=tuple(
            Check(item=item(f"c{n}"), responses=_pair(f"c{n}", "check"), better="check-1") for n in range(checks)
        ),
    )


def one_by_one(items: int, systems: int, protocol: str, **design: Any) -> Study:
    """A `rating` or `label` study: one response an assignment, or none where there are no systems."""
    base = study(items, systems, **design)
    criteria = tuple(c for c in template("quick") if c.of == "response")
    if not systems:
        criteria = tuple(c.model_copy(update={"of": "item"}) for c in criteria)
    update = {"protocol": protocol, "criteria": criteria, "primary": Primary(criterion="empathy")}
    return base.model_copy(update=update)


def _pair(item_id: str, kind: str) -> tuple[Response, Response]:
    first, second = (Response(item_id=item_id, system_id=f"{kind}-{n}", text=f"応答{n}") for n in (1, 2))
    return first, second


@st.composite
def designed(draw: st.DrawFn) -> Study:
    """Pairwise studies of 2-6 systems, all pairs or some, any strata, k or not; all of them can be planned."""
    systems = draw(st.integers(2, 6))
    every = list(combinations([f"s{n}" for n in range(systems)], 2))
    pairs = tuple(draw(st.lists(st.sampled_from(every), unique=True, max_size=len(every))))
    seats = draw(st.integers(1, 9))
    most = seats // len(pairs or every)
    k = draw(st.none() | st.integers(1, most)) if most else None
    least = -(-seats // (k * len(pairs or every))) if k else 1
    planned = study(
        draw(st.integers(least, 30)),
        systems,
        strata=draw(st.integers(1, 5)),
        practice=draw(st.integers(0, 3)),
        checks=draw(st.integers(0, 3)),
        seats=seats,
        raters_per_item=k,
        pairs=pairs,
        blinding=draw(st.integers(0, 6)),
        seed=draw(st.integers(0, 2**40)),
    )
    marked = tuple(s.model_copy(update={"tuned": draw(st.booleans())}) for s in planned.systems)
    return planned.model_copy(update={"systems": marked})

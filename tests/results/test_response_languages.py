"""A response in another script than its dialogue is a leak where another system's is not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from results.responses.languages import foreign
from results.responses.leaks import leaks
from tasks.schema import Item, Response, Turn

ARABIC, ENGLISH, JAPANESE = (
    "هذا يثقل عليك أسبوعاً بعد أسبوع",
    "That weighs on you week after week",
    "毎週それがのしかかるのですね。",
)


def item(name: str, text: str) -> Item:
    return Item(item_id=name, turns=(Turn(role="client", text=text),))


def answers(**texts: str) -> list[Response]:
    return [Response(item_id="i", system_id=system, text=text) for system, text in texts.items()]


def test_the_one_that_answers_in_another_script_is_named_with_its_item() -> None:
    found = leaks([item("i", ARABIC)], answers(a=ARABIC, b=ENGLISH))
    told = [leak for leak in found if leak.kind == "language"]
    assert [(leak.system_id, leak.item_ids, leak.found, leak.count, leak.clear) for leak in told] == [
        ("b", ("i",), ("Latn",), 1, True)
    ]


def test_answers_that_are_all_in_another_script_tell_nobody_apart() -> None:
    assert foreign([item("i", ARABIC)], answers(a=ENGLISH, b=ENGLISH)) == {}


def test_names_and_short_answers_say_nothing_of_a_language() -> None:
    assert foreign([item("i", JAPANESE)], answers(a=JAPANESE, b="Hello.")) == {}
    assert foreign([item("i", JAPANESE)], answers(a=JAPANESE, b=f"{JAPANESE}{JAPANESE} San Francisco")) == {}


@given(st.permutations(["a", "b", "c"]), st.lists(st.sampled_from([ARABIC, ENGLISH, JAPANESE]), min_size=3, max_size=3))
def test_the_order_of_responses_changes_nothing(order: list[str], texts: list[str]) -> None:
    given_ = answers(**dict(zip("abc", texts, strict=True)))
    again = sorted(given_, key=lambda response: order.index(response.system_id))
    assert foreign([item("i", ENGLISH)], again) == foreign([item("i", ENGLISH)], given_)
    assert set(foreign([item("i", ENGLISH)], given_)) == (
        {s for s, text in zip("abc", texts, strict=True) if text != ENGLISH} if ENGLISH in texts else set()
    )

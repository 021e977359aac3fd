"""Whatever a device sends, the service answers in words: no exception, nothing stored that was not acknowledged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.service import Service
from studio.store.events import read
from tests import studio_world as w

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
pytestmark = pytest.mark.slow
DOS = ("state", "submit", "answers", "open", "consent", "profile", "finish", "guidelines", "drop")
KEYS = ("submission_id", "assignment_id", "answers", "left", "left_reasons", "comment", "client", "extra")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, list[str]]]:
    here, tokens = w.world(tmp_path_factory.mktemp("fuzz"), items=3, seats=2)
    yield here, tokens
    here.store.close()


def check(here: Service, token: str | None, request: dict[str, Any]) -> None:
    """The answer is JSON that can be sent, and events appear only with an acknowledgement."""
    with here.store.read() as connection:
        before = [event.seq for event in read(connection)]
    answer = here.dispatch(token, request)
    json.dumps(answer, ensure_ascii=False, allow_nan=False).encode("utf-8")
    with here.store.read() as connection:
        after = [event.seq for event in read(connection)]
    if "error" in answer:
        assert answer["error"]["ja"]
        assert answer["error"]["en"]
        assert before == after
    assert w.SECRET not in json.dumps(answer)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    do=st.sampled_from(DOS) | JSON,
    more=st.dictionaries(st.text(max_size=12), JSON, max_size=4),
    which=st.integers(0, 2),
)
def test_any_request(world: tuple[Service, list[str]], do: Any, more: dict[str, Any], which: int) -> None:
    here, tokens = world
    check(here, [*tokens, None][which], {**more, "do": do})


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    key=st.sampled_from(KEYS),
    value=JSON,
    place=st.integers(0, 4),
    field=st.sampled_from(["criterion", "side", "value", "reasons"]),
)
def test_any_form(world: tuple[Service, list[str]], key: str, value: Any, place: int, field: str) -> None:
    """A complete form with one thing in it replaced, at the top or inside one answer."""
    here, tokens = world
    pairs = here.dispatch(tokens[0], {"do": "state"})["pairs"]
    form = w.form(pairs[0]["assignment_id"] if pairs else "A" * 22)
    for changed in ({**form, key: value}, {**form, "answers": replaced(form["answers"], place, field, value)}):
        check(here, tokens[0], {"do": "submit", "submission": changed, "held": value})
    check(here, tokens[0], {"do": "profile", "answers": value})
    check(here, tokens[0], {"do": "finish", "feedback": value})


def replaced(answers: list[dict[str, Any]], place: int, field: str, value: Any) -> list[dict[str, Any]]:
    return [one | {field: value} if number == place else one for number, one in enumerate(answers)]

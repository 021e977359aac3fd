"""What one Rater may store: known facts of a device, so many revisions, so many links, at a pace."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.service import Refusal, Service, allowance
from studio.service.allowance import BURST, CLIENT_FACTS, MOST_CLIENT_BYTES, MOST_REVISIONS, Pace, client_facts
from studio.store import acts, identity_table
from studio.store.database import Connection
from studio.store.rows import Person
from tests import studio_world as w
from tests.studio.test_fuzz import JSON

pytestmark = pytest.mark.slow

FACTS = {
    "active_seconds": 30.5, "viewport": [390, 844], "layout": "stacked", "language": "ja", "seen": {"first": True},
    "history": False, "order": ["pair/preference"], "changes": 2,
}  # fmt: skip


@given(st.dictionaries(st.sampled_from(CLIENT_FACTS) | st.text(max_size=8), JSON | st.text(max_size=9000), max_size=12))
def test_facts_are_known_ones_and_short(given_facts: dict[str, Any]) -> None:
    facts = client_facts(given_facts)
    assert set(facts) <= set(CLIENT_FACTS)
    assert len(json.dumps(facts, ensure_ascii=False).encode("utf-8", "surrogatepass")) <= MOST_CLIENT_BYTES
    assert all(facts[name] == given_facts[name] or facts[name] != facts[name] for name in facts)


def test_what_the_page_sends_is_kept_whole() -> None:
    assert client_facts(FACTS) == FACTS
    assert set(FACTS) == set(CLIENT_FACTS)


def notes_of(here: Service, kind: str) -> list[dict[str, Any]]:
    with here.store.read() as connection:
        return identity_table.notes_of(connection, "sleep", kind, "R001")


def test_large_facts_cost_neither_the_judgment_nor_the_disk(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, seats=1)
    pair = here.dispatch(token, {"do": "state"})["pairs"][0]["assignment_id"]
    large = FACTS | {"seen": {str(n): True for n in range(1000)}, "unknown": "x" * 20_000}
    assert w.submit(here, token, w.form(pair, client=large))["saved"]
    (note,) = notes_of(here, "client")
    assert note["facts"] == {name: value for name, value in FACTS.items() if name != "seen"}


class Seconds:
    """Seconds that are moved by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_revisions_have_a_pace_and_an_end(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, seats=1)
    seconds = Seconds()
    object.__setattr__(here.desk, "pace", Pace(seconds))
    pairs = [pair["assignment_id"] for pair in here.dispatch(token, {"do": "state"})["pairs"]]
    for pair in pairs[:2]:
        assert w.submit(here, token, w.form(pair))["saved"]
    for _ in range(MOST_REVISIONS):
        assert w.submit(here, token, w.form(pairs[0]))["saved"]
    before = len(notes_of(here, "client"))
    assert w.submit(here, token, w.form(pairs[0]))["error"]["code"] == "too_many"
    assert len(notes_of(here, "client")) == before, "nothing of it is stored"
    codes = [w.submit(here, token, w.form(pairs[1])).get("error", {}).get("code") for _ in range(BURST)]
    assert codes == [None] * (BURST - MOST_REVISIONS) + ["busy"] * MOST_REVISIONS
    seconds.now += 1.0
    assert w.submit(here, token, w.form(pairs[1]))["saved"]
    assert w.submit(here, token, w.form(pairs[2]))["saved"], "a new answer never waits"
    assert here.verify()[1] == []


def test_links_to_other_devices_profiles_and_remarks_have_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, (token,) = w.world(tmp_path, seats=1, items=1, paperwork=True)
    version = here.dispatch(token, {"do": "state"})["study"]["consent"]["version"]
    here.dispatch(token, {"do": "consent", "version": version, "agreed": True})
    state = here.dispatch(token, {"do": "profile", "answers": {}})["state"]
    w.submit(here, token, w.form(state["pairs"][0]["assignment_id"]))
    asked = [
        ({"do": "device", "origin": "http://127.0.0.1:7860"}, "invited"),
        ({"do": "profile", "answers": {"remark": "x"}}, "profiled"),
        ({"do": "consent", "version": version, "agreed": True}, "consented"),
        ({"do": "finish", "feedback": "x" * 4000}, "feedback"),
    ]
    monkeypatch.setattr(allowance, "MOST_ACTS", dict.fromkeys(allowance.MOST_ACTS, 5))
    monkeypatch.setattr(allowance, "MOST_NOTES", {"feedback": 5})
    for request, kind in asked:
        codes = [here.dispatch(token, request).get("error", {}).get("code") for _ in range(7)]
        assert codes[-1] == "too_many", kind
        assert codes.count(None) <= 5
        with here.store.read() as connection:
            assert stored(connection, kind) == 5


def stored(connection: Connection, kind: str) -> int:
    return acts.acts_of(connection, "sleep", "R001", kind, kind == "feedback")


def test_a_pace_is_each_raters_own() -> None:
    seconds = Seconds()
    pace = Pace(seconds)
    one, other = (
        Person("x", "sleep", "rater", code, 0, 0, 0, 0.0, None, None, None, None, None, "", None) for code in "AB"
    )
    for _ in range(BURST):
        pace.take(one)
    with pytest.raises(Refusal):
        pace.take(one)
    pace.take(other)
    seconds.now += 0.1
    pace.take(one)
    pace.take(one)
    with pytest.raises(Refusal):
        pace.take(one)

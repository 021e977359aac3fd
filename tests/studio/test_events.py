"""The event log: whatever raters do, replaying it into an empty database gives the same tables."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text, update

from studio.service import Service
from studio.store import identity_table, queries
from studio.store.database import Store
from studio.store.events import read
from studio.store.tables import REPLAYED, draft_files, drafts, events, identities, metadata, notes, raters
from studio.store.upkeep.verify import differences, replay_into, rows
from tests import studio_world as w

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["submit", "revise", "replay", "leave", "off", "forge", "withdraw", "close", "finish"]),
        st.integers(0, 2),
        st.integers(-2, 2),
    ),
    max_size=25,
)


def act(here: Service, tokens: list[str], made: dict[str, dict[str, Any]], one: tuple[str, int, int]) -> None:
    """Do one thing as one rater; acknowledged submissions are remembered by id."""
    what, who, value = one
    token = tokens[who]
    if what == "withdraw":
        here.dispatch(token, {"do": "withdraw"}) if value == 2 else None
    elif what == "close":
        here.close_study("sleep") if value == 2 and who == 2 else None
    elif what == "finish":
        here.dispatch(token, {"do": "finish", "feedback": "ok"})
    elif what == "replay":
        for form in list(made.values())[-2:]:
            w.submit(here, token, form)
    else:
        submit(here, token, made, what, value)


def submit(here: Service, token: str, made: dict[str, dict[str, Any]], what: str, value: int) -> None:
    now = here.dispatch(token, {"do": "state"})
    if now["blinding"] and what != "revise":
        now = here.dispatch(token, {"do": "blinding"})["state"]
    pairs = [pair["assignment_id"] for pair in now["pairs"]]
    if what == "revise":
        pairs = [one["assignment_id"] for one in here.dispatch(token, {"do": "answers"})["answers"]]
    if what == "forge":
        pairs = ["A" * 22]
    if not pairs:
        return
    form = w.form(pairs[abs(value) % len(pairs)], value + 5 * (what == "off"), comment="ひとこと" if value else "")
    if now["step"] == "blinding":
        form["answers"] = [{"criterion": "blinding", "side": "pair", "value": "first"}]
    if what == "leave":
        form |= {"left": "skipped", "answers": []}
    if w.submit(here, token, form)["saved"]:
        made[form["submission_id"]] = form


@pytest.mark.slow
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ACTS)
def test_replay_gives_the_same_tables_and_nothing_is_doubled(acts: list[tuple[str, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        here, tokens = w.world(Path(name), items=3, seats=3, blinding=1, practice=1)
        made: dict[str, dict[str, Any]] = {}
        for one in acts:
            act(here, tokens, made, one)
        other = Store(f"sqlite:///{Path(name) / 'replayed.sqlite'}")
        with here.store.read() as stored:
            count = replay_into(stored, other)
            submitted = [e.payload["submission_id"] for e in read(stored) if e.kind == "submitted"]
            assert sorted(submitted) == sorted(made)
            with other.read() as replayed:
                for table in (events, *REPLAYED):
                    assert rows(stored, table) == rows(replayed, table), table.name
        assert here.verify() == (count, [])
        other.close()
        here.store.close()


def test_verify_names_the_row_that_was_changed_behind_the_logs_back(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=2, seats=1)
    assignment = here.dispatch(token, {"do": "state"})["pairs"][0]["assignment_id"]
    w.submit(here, token, w.form(assignment))
    assert differences(here.store)[1] == []
    with here.store.write() as connection:
        connection.execute(update(raters).values(done=2))
        connection.execute(text("DELETE FROM judgments WHERE criterion = 'preference'"))
    found = "\n".join(differences(here.store)[1])
    assert "raters ('sleep', 'R001'): done: table 2, log 1" in found
    assert "preference" in found
    assert "is in the log but not in the table" in found
    assert "assignments answered 1" in found


def test_every_table_is_either_replayed_or_erasable() -> None:
    assert set(metadata.tables.values()) == {*REPLAYED, events, notes, identities, drafts, draft_files}


def test_comments_and_device_facts_never_stand_in_the_log(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=1, seats=1)
    assignment = here.dispatch(token, {"do": "state"})["pairs"][0]["assignment_id"]
    one = w.form(assignment, comment="秘密のひとこと", client={"viewport": "390x844", "active_seconds": 3})
    one["answers"].append({"criterion": "comment", "side": "pair", "value": "もうひとこと"})
    w.submit(here, token, one)
    with here.store.read() as connection:
        log = str([event.payload for event in read(connection)])
        kept = str([event.payload for event in read(connection, notes)])
        comments = identity_table.notes_of(connection, "sleep", "comment")
    for words in ("秘密のひとこと", "もうひとこと", "390x844"):
        assert words not in log
        assert words in kept
    assert comments[0]["texts"] == [{"criterion": "comment", "target": "pair", "value": "もうひとこと"}]


def test_order_is_the_sequence_and_never_the_clock(tmp_path: Path) -> None:
    """The clock steps back a year between two submissions; the later sequence still counts."""
    here, (token,) = w.world(tmp_path, items=1, seats=1)
    assignment = here.dispatch(token, {"do": "state"})["pairs"][0]["assignment_id"]
    w.submit(here, token, w.form(assignment, -2))
    past = Service(here.store, w.clock(datetime(2025, 1, 1, tzinfo=UTC)))
    last = w.submit(past, token, w.form(assignment, 2))
    with here.store.read() as connection:
        counted = queries.judgments_that_count(connection, "sleep")
    assert last["saved"] is True
    (preference,) = (one for _, one in counted if one.criterion == "preference")
    with here.store.read() as connection:
        shown = queries.assignment(connection, "sleep", assignment)
    assert shown is not None
    assert preference.chosen_system == shown.second_system
    assert here.verify()[1] == []

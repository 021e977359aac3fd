"""One small database of every schema is kept in tests/databases and must still open, replay, go on and export.

`python -m tests.studio.test_migrations` writes the newest, when its schema or the kinds of events have changed.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from results.export.folder import read
from studio.service import Service
from studio.service.room.place import write
from studio.store import events
from studio.store.migrate import SCRIPTS
from studio.store.projections import PROJECTIONS
from studio.store.room import asked as rooms
from tasks.design.planning import plan
from tests import rooms_world as r
from tests import studio_world as w

KEPT = Path(__file__).parents[1] / "databases"
SINCE = {"purge_due", "plan_changed", "named", "due", "archived", "deleted", "erased", "judge_asked", "machine_judged"}
SINCE |= {"looked_by_rule", "launched_despite", "colleague_added", "colleague_removed"}
"""Kinds of events that came after the newest kept database, which an earlier version wrote; test_erasing,
test_keeping, test_amending, test_looking, test_checkup_page and test_colleagues replay
them."""
SCHEMAS = sorted(path.name.split("_")[0] for path in (SCRIPTS / "versions").glob("[0-9]*.py"))


def opened(schema: str, folder: Path) -> Service:
    """The kept database, opened by this program."""
    path = folder / "studio.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((KEPT / f"{schema}.sql").read_text(encoding="utf-8"))
    return w.service(folder)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_event_of_a_kept_database_replays_to_what_it_holds(schema: str, tmp_path: Path) -> None:
    here = opened(schema, tmp_path)
    with here.store.read() as connection:
        kinds = {event.kind for event in events.read(connection)}
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == SCHEMAS[-1]
    assert kinds <= set(PROJECTIONS)
    assert schema != SCHEMAS[-1] or kinds == set(PROJECTIONS) - SINCE, "the newest holds every kind of event"
    assert here.verify()[1] == []


@pytest.mark.parametrize("schema", SCHEMAS)
def test_its_raters_go_on_and_its_judgments_are_exported(schema: str, tmp_path: Path) -> None:
    here = opened(schema, tmp_path)
    assert [(row.rater, row.done) for row in here.progress("sleep")][:3] == [
        ("R001", 3),
        ("R002", 1),
        ("R003", 1),
    ]
    token = here.join(here.reissue("sleep", "R003"))[0]
    now = here.dispatch(token, {"do": "state"})
    assert [pair["number"] for pair in now["pairs"]] == [2, 3]
    assert w.submit(here, token, w.form(now["pairs"][0]["assignment_id"]))["saved"]
    assert here.verify()[1] == []
    export = read(here.export("sleep", tmp_path / "export"))
    chosen = {
        (row.rater, row.item_id) for row in export.judgments if row.criterion == "preference" and row.kind == "main"
    }
    assert chosen == {("R001", "i00"), ("R001", "i01"), ("R001", "i02"), ("R003", "i00"), ("R003", "i01")}


# --- making one ---------------------------------------------------------------------------------------------------


def arrive(here: Service, token: str) -> None:
    """Agree to take part, and leave the profile empty."""
    version = here.dispatch(token, {"do": "state"})["study"]["consent"]["version"]
    here.dispatch(token, {"do": "consent", "version": version, "agreed": True})
    here.dispatch(token, {"do": "profile", "answers": {"years": 1}})


def judge(here: Service, token: str, most: int) -> None:
    """Answer up to `most` pairs, practice pairs and the last question among them."""
    for number in range(most):
        now = here.dispatch(token, {"do": "state"})
        if now["blinding"]:
            now = here.dispatch(token, {"do": "blinding"})["state"]
        if not now["pairs"]:
            return
        form = w.form(now["pairs"][0]["assignment_id"], (number % 5) - 2, comment="ひとこと" if number == 1 else "")
        if now["step"] == "blinding":
            form["answers"] = [{"criterion": "blinding", "side": "pair", "value": "second"}]
        assert w.submit(here, token, form)["saved"]


def make(folder: Path) -> Service:
    """A studio in which everything has happened that an event can tell."""
    here, (one, two, three) = w.world(folder, items=3, seats=3, blinding=1, practice=1, paperwork=True)
    for token in (one, two, three):
        arrive(here, token)
    judge(here, one, 3)
    revised = here.dispatch(one, {"do": "answers"})["answers"][1]
    w.submit(here, one, w.form(revised["assignment_id"], 2))
    judge(here, one, 9)
    here.dispatch(one, {"do": "finish", "feedback": "お疲れさまでした"})
    judge(here, two, 2)
    here.dispatch(two, {"do": "withdraw"})
    judge(here, three, 2)
    here.reclaim("sleep", 0.0001)
    here.join(here.invite("sleep")[0])  # dealt what was given up
    here.dispatch(three, {"do": "state"})
    here.revoke("sleep", "R003")
    here.organiser_leave(here.organiser_join(here.organiser_link()))
    here.looked("sleep", "organiser", "preference")
    here.export("sleep", folder / "export")
    here.close_study("sleep")
    here.reopen_study("sleep")
    over = w.study(items=1, study_id="over")
    here.create_study(over, w.plan(over, 1))
    here.join(here.invite("over")[0])
    here.close_study("over")
    here.purge("over")
    talk(Service(here.store, r.HandClock()))  # whose seconds do not pass with every event
    return here


def talk(here: Service) -> None:
    """Sessions in which everything has happened that a room's event can tell."""
    study = r.study()
    here.create_study(study, plan(study))
    tokens = [here.join(link)[0] for link in here.invite("talks", 3)]
    here.book("talks", "session-001", here.desk.clock() + timedelta(days=365))
    client, counselor = r.sides(here, tokens)
    client.ask("ready", ready=True)
    client.ask("ready", ready=False)
    client.ask("ready", ready=True)
    counselor.ask("ready", ready=True)
    client.say(f"なんだか{r.RING}です")
    number = counselor.say("そうですか")["id"]
    counselor.say("少し待ってください", do="aside")
    client.ask("flag", number=number, flag=True)
    for pause in (True, False):
        client.ask("pause", pause=pause)
    for do in ("stop", "unstop", "end", "goon"):
        client.ask(do)
    with here.store.write() as connection:
        session = rooms.session(connection, "talks", client.session)
        assert session is not None
        write(here.desk, connection, session, "stepped_in", "supervisor")
    for side in (client, counselor):
        side.ask("end")
    client.ask("agree", agree=True)
    client.ask("strike", number=number, strike=True)
    here.replace("talks", "R001")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        make(Path(name)).store.close()
        with closing(sqlite3.connect(Path(name) / "studio.sqlite")) as database:
            lines = "\n".join(database.iterdump())
    (KEPT / f"{SCHEMAS[-1]}.sql").write_text(lines + "\n", encoding="utf-8")

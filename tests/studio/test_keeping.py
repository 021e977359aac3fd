"""A study as a whole: named, given a last day, put away, deleted so that nothing of it is left."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from studio.service import Service, StudioError
from tests import studio_world as w


@pytest.fixture
def here(tmp_path: Path) -> Service:
    made = w.service(tmp_path)
    for study in (w.study(items=4), w.study(study_id="other", items=4)):
        made.create_study(study, w.plan(study))
    return made


def test_a_name_and_a_last_day_are_the_desks_alone(here: Service) -> None:
    before = here.study("sleep")
    here.rename_study("sleep", "第一回")
    here.set_due("sleep", "2027-01-31")
    here.archive_study("sleep", True)
    row = here.summary("sleep")
    assert (row.kept.name, row.kept.due, row.kept.archived) == ("第一回", "2027-01-31", True)
    assert row.days_left(date(2027, 1, 30)) == 1
    assert row.days_left(date(2027, 2, 1)) == -1
    assert here.study("sleep") == before
    here.archive_study("sleep", False)
    here.set_due("sleep", "")
    assert here.summary("sleep").kept == type(row.kept)(name="第一回")
    assert here.summary("other").kept == type(row.kept)()
    assert here.verify()[1] == []


@pytest.mark.parametrize("day", ["31.1.2027", "2027-02-30", "soon"])
def test_what_is_no_day_is_refused(here: Service, day: str) -> None:
    with pytest.raises(StudioError, match="allowed: a day such as 2027-01-31"):
        here.set_due("sleep", day)
    assert here.summary("sleep").kept.due == ""


def test_a_study_is_deleted_only_by_its_own_id(here: Service) -> None:
    for typed in ("", "other", "Sleep"):
        with pytest.raises(StudioError, match="to delete it for good"):
            here.delete_study("sleep", typed)
    assert len(here.studies()) == 2


def test_nothing_of_a_deleted_study_is_left_and_the_other_goes_on(here: Service, tmp_path: Path) -> None:
    token = here.join(here.invite_people("sleep", [("KEEP-ME-NOT", "hana@example.org")])[0])[0]
    pair = here.dispatch(token, {"do": "state"})["pairs"][0]
    assert w.submit(here, token, w.form(pair["assignment_id"], comment="KEEP-ME-NOT"))["saved"]
    other = here.join(here.invite("other")[0])[0]
    done = here.delete_study("sleep", "sleep", "organiser:me")
    assert (done.people, done.remarks > 0, done.events > 3) == (1, True, True)
    assert [row.study_id for row in here.studies()] == ["other"]
    with pytest.raises(StudioError, match="found 'sleep'"):
        here.study("sleep")
    assert here.dispatch(token, {"do": "state"})["error"]["code"] == "signed_out"
    again = here.dispatch(other, {"do": "state"})["pairs"][0]["assignment_id"]
    assert w.submit(here, other, w.form(again))["saved"]
    assert here.verify()[1] == []
    deleted = [act for act in here.audit("other") if act.kind == "deleted"]
    assert [(act.actor, act.payload["study_id"]) for act in deleted] == [("organiser:me", "sleep")]
    here.store.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("studio.sqlite*"))
    for secret in ("KEEP-ME-NOT", "hana@example.org"):
        assert secret.encode() not in stored
    reopened = w.service(tmp_path)
    study = w.study(items=4)
    reopened.create_study(study, w.plan(study))  # its id is free again
    assert reopened.verify()[1] == []


def test_a_reason_for_looking_is_kept_whole(here: Service) -> None:
    why = "理由" * 200
    here.looked("sleep", "organiser:me", f"preference: {why}")
    assert here.deviations("sleep")[-1].payload["what"] == f"preference: {why}"

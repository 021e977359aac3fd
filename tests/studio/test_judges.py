"""A judge asked beside the raters: what its server is told, what is stored, and what becomes of a bad one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from results.export.folder import read
from studio.__main__ import main
from studio.judges.asking import Asking, Progress, ask, questions
from studio.service import Service, StudioError
from studio.settings import sqlite_url
from studio.store.database import Store
from tasks.engine.client import Engine, EngineError
from tasks.judges import prompt
from tasks.schema import Judge, Study, Verdict, VerdictAnswer
from tests import studio_world as w
from tests.engine_server import Answer, Server, serving

pytestmark = pytest.mark.slow

GIVEN = {
    "preference": -1,
    "question_amount": {"first": 0, "second": 1},
    "empathy": {"first": 2, "second": 3},
}
STUDY = "sleep"
PAIRS = 3
MODEL = "small"


@pytest.fixture
def server() -> Any:
    with serving() as running:
        running.otherwise = lambda body: Answer(f"Here it is: {json.dumps(GIVEN)}", usage=(900, 30))
        yield running


def declared(server: Server, **changes: Any) -> Study:
    judge = Judge(judge_id="judge-1", host=server.host, model=MODEL)
    return w.study(PAIRS).model_copy(update={"judges": (judge,), **changes})


def launched(folder: Path, study: Study) -> Service:
    here = Service(Store(sqlite_url(folder / "studio.sqlite")))
    here.create_study(study, w.plan(study))
    return here


def asked(here: Service, server: Server, **more: Any) -> Progress:
    engine = Engine(server.url, MODEL, patience=more.pop("patience", 5.0), pause=lambda _: None)
    try:
        return ask(here, STUDY, engine, Asking("judge-1", workers=more.pop("workers", 2), **more), lambda _: None)
    finally:
        engine.close()


def test_every_pair_is_asked_in_both_orders_and_kept_in_sides(tmp_path: Path, server: Server) -> None:
    here = launched(tmp_path, declared(server))
    progress = asked(here, server)
    verdicts = here.verdicts(STUDY)
    assert (progress.done, progress.failed, progress.prompt_tokens) == (2 * PAIRS, 0, 2 * PAIRS * 900)
    assert {(one.item_id, one.order) for one in verdicts} == {
        (f"i{n:02d}", order) for n in range(PAIRS) for order in (w.NAMES, w.NAMES[::-1])
    }
    for one in verdicts:  # whoever is first is liked, so that the two orders of a pair contradict each other
        assert one.strength("preference", one.first_system) == 1
        assert one.value("empathy", one.second_system) == 3


def test_the_prompt_names_no_system_no_reference_and_no_source_and_holds_the_form(
    tmp_path: Path, server: Server
) -> None:
    study = declared(server)
    asked(launched(tmp_path, study), server)
    assert len(server.asked) == 2 * PAIRS
    for _, headers, body in server.asked:
        sent = json.dumps([headers, body], ensure_ascii=False)
        assert w.SECRET not in sent
        assert w.REFERENCE not in sent
        assert STUDY not in json.dumps(body)
        told = body["messages"][0]["content"]
        assert all(one.label.text("ja") in told for one in study.criteria if one.criterion_id in GIVEN)
        assert "眠れない日" in body["messages"][1]["content"]
        assert "つらいですね" in body["messages"][1]["content"]


def test_no_seat_no_progress_no_payment_and_no_table_holds_a_judge(tmp_path: Path, server: Server) -> None:
    here = launched(tmp_path, declared(server))
    before = (here.progress(STUDY), here.coverage(STUDY), here.payment(STUDY), here.summary(STUDY))
    asked(here, server)
    assert (here.progress(STUDY), here.coverage(STUDY), here.payment(STUDY), here.summary(STUDY)) == before
    export = read(here.export(STUDY, tmp_path / "export"))
    assert export.judgments == ()
    assert export.raters == ()
    assert export.verdicts == here.verdicts(STUDY)
    assert here.verify()[1] == []


def test_what_is_stored_is_not_asked_again(tmp_path: Path, server: Server) -> None:
    here = launched(tmp_path, declared(server))
    assert asked(here, server, most=2).done == 2
    assert asked(here, server).done == 2 * PAIRS - 2
    assert asked(here, server).done == 0
    assert len(server.asked) == 2 * PAIRS
    noted = [act for act in here.audit(STUDY) if act.kind == "judge_asked"]
    assert [act.payload["verdicts"] for act in noted] == [2, 2 * PAIRS - 2]
    assert noted[0].payload["host"] == server.host


@pytest.mark.parametrize(
    "said", ["I prefer X.", "{}", '{"preference": 7}', json.dumps(GIVEN | {"empathy": {"first": 1}}), "{{{", ""]
)
def test_an_answer_that_is_none_is_asked_for_once_more_then_kept_as_none(
    tmp_path: Path, server: Server, said: str
) -> None:
    here = launched(tmp_path, declared(server))
    server.then(Answer(said), Answer(said))
    assert asked(here, server, workers=1, most=1).failed == 1
    (verdict,) = here.verdicts(STUDY)
    assert (verdict.failed, verdict.answers) == ("nonsense", ())
    assert [body["seed"] for _, _, body in server.asked] == [0, 1]
    asked(here, server)
    assert len(here.verdicts(STUDY)) == 2 * PAIRS
    assert len(server.asked) == 2 + 2 * PAIRS - 1


def test_a_model_that_declines_is_kept_as_such(tmp_path: Path, server: Server) -> None:
    here = launched(tmp_path, declared(server))
    server.then(Answer(None, refusal="I cannot judge this."))
    asked(here, server, workers=1, most=1)
    assert here.verdicts(STUDY)[0].failed == "refused"
    assert len(server.asked) == 1


def test_a_server_that_dies_loses_nothing_and_the_next_run_goes_on(tmp_path: Path, server: Server) -> None:
    here = launched(tmp_path, declared(server))
    good = server.otherwise
    server.otherwise = lambda body: Answer(status=400, said="out of memory") if len(server.asked) > 3 else good(body)  # type: ignore[misc]
    with pytest.raises(EngineError, match="the server answered 400: out of memory"):
        asked(here, server, workers=1)
    assert len(here.verdicts(STUDY)) == 3
    server.otherwise = good
    assert asked(here, server).done == 2 * PAIRS - 3
    assert len(here.verdicts(STUDY)) == 2 * PAIRS


def test_what_comes_after_a_failure_is_stored_too(tmp_path: Path, server: Server) -> None:
    here = launched(tmp_path, declared(server))
    good = Answer(json.dumps(GIVEN), delay=0.4)
    server.then(Answer(status=400, said="no"), good, good)
    with pytest.raises(EngineError):
        asked(here, server, workers=3)
    assert len(here.verdicts(STUDY)) == 2


def test_a_server_that_names_its_model_longer_is_the_same_after_a_timeout(tmp_path: Path, server: Server) -> None:
    here = launched(tmp_path, declared(server))
    server.then(*[Answer("late", delay=0.6)] * 4)
    server.otherwise = lambda body: Answer(json.dumps(GIVEN), model="small-2026")
    asked(here, server, workers=1, most=1, patience=0.1)
    asked(here, server, most=2)
    assert len(read(here.export(STUDY, tmp_path / "early")).verdicts) == 2
    server.then(*[Answer("late", delay=0.6)] * 4)
    asked(here, server, workers=1, most=1, patience=0.1)
    export = read(here.export(STUDY, tmp_path / "export"))
    assert {one.failed for one in export.verdicts} == {None, "timed_out"}


def test_what_did_not_come_in_time_is_asked_again_the_next_time(tmp_path: Path, server: Server) -> None:
    here = launched(tmp_path, declared(server))
    server.then(*[Answer("late", delay=0.6)] * 4)
    assert asked(here, server, workers=1, most=1, patience=0.1).failed == 1
    assert here.verdicts(STUDY)[0].failed == "timed_out"
    assert asked(here, server).done == 2 * PAIRS
    assert not any(one.failed for one in here.verdicts(STUDY))


def test_a_model_that_changes_under_way_ends_the_run(tmp_path: Path, server: Server) -> None:
    here = launched(tmp_path, declared(server))
    good = Answer(json.dumps(GIVEN))
    server.then(good, good, Answer(json.dumps(GIVEN), model="small-2026"))
    with pytest.raises(StudioError, match="answers as small-2026 now and answered as small before"):
        asked(here, server, workers=1)
    assert {one.model for one in here.verdicts(STUDY)} == {"small"}
    assert len(here.verdicts(STUDY)) == 2


def test_texts_go_nowhere_that_the_study_does_not_name(tmp_path: Path, server: Server) -> None:
    here = launched(tmp_path, w.study(PAIRS))
    with pytest.raises(StudioError, match="declares no judge judge-1"):
        asked(here, server)
    other = launched(tmp_path / "b", declared(server, judges=(Judge(judge_id="judge-1", host="a.org", model="m"),)))
    with pytest.raises(StudioError, match=r"the study names m @ a\.org"):
        asked(other, server)
    assert server.asked == []
    assert not [act for act in other.audit(STUDY) if act.kind == "judge_asked"]


def test_raters_are_told_of_a_judge_on_another_machine_before_they_agree(tmp_path: Path, server: Server) -> None:
    abroad = Judge(judge_id="judge-2", host="models.example.org", model="big")
    study = w.study(PAIRS, paperwork=True)
    here = launched(tmp_path, study.model_copy(update={"judges": (abroad,)}))
    token, _ = here.join(here.invite(STUDY)[0])
    consent = here.dispatch(token, {"do": "state"})["study"]["consent"]
    assert "models.example.org" in json.dumps(consent)
    silent = launched(tmp_path / "b", declared(server, judges=(abroad,), consent=None))
    with pytest.raises(StudioError, match="no consent text that says so"):
        ask(silent, STUDY, Engine("http://models.example.org/v1", "big"), Asking("judge-2"), lambda _: None)
    late = launched(tmp_path / "c", study)
    with pytest.raises(StudioError, match="raters who have agreed were not told"):
        late.amend_study(study.model_copy(update={"judges": (abroad,)}))
    near = study.model_copy(update={"judges": (Judge(judge_id="judge-1", host=server.host, model=MODEL),)})
    late.amend_study(near)
    assert late.study(STUDY).judges == near.judges


def test_the_command(tmp_path: Path, server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    launched(tmp_path, declared(server)).store.close()
    command = ["judge", STUDY, "--db", str(tmp_path / "studio.sqlite"), "--engine", server.url, "--model", MODEL]
    assert main([*command, "--price", "2", "10"]) == 0
    told = capsys.readouterr()
    assert "judge-1: 6 verdicts stored, 0 of them without an answer; 5,400 tokens in, 180 out, 0.01" in told.out
    assert not [secret for secret in (w.SECRET, "prefer") if secret in told.out + told.err]
    assert main([*command, "--workers", "0"]) == 2
    assert "--workers: found 0; allowed: 1 or more" in capsys.readouterr().err


def test_a_judge_that_never_answers_ends_with_its_own_exit_code(tmp_path: Path, server: Server) -> None:
    launched(tmp_path, declared(server)).store.close()
    server.otherwise = lambda body: Answer("no")
    command = ["judge", STUDY, "--db", str(tmp_path / "studio.sqlite"), "--engine", server.url, "--model", MODEL]
    assert main(command) == 3


def test_questions_keep_to_the_pairs_that_are_compared_and_to_responses_that_are_there(server: Server) -> None:
    study = declared(server)
    short = study.model_copy(update={"responses": study.responses[1:]})
    assert {one.item.item_id for one in questions(short)} == {"i01", "i02"}
    assert len({one.sha256 for one in questions(study)}) == 2 * PAIRS


@pytest.mark.parametrize("text", ['{"preference": "-1"}', 'x {"preference": -1.0} y', '{"a": 1} {"preference": -1}'])
def test_answers_are_found_among_words(text: str) -> None:
    one = w.study(1)
    only = one.model_copy(update={"criteria": one.criteria[:1]})
    assert prompt.answers(only, text) == (VerdictAnswer(criterion="preference", target="pair", value=-1),)


@pytest.mark.parametrize("value", ["true", "1.5", "null", '"left"', "[1]", "3"])
def test_values_off_the_scale_are_no_answers(value: str) -> None:
    one = w.study(1)
    only = one.model_copy(update={"criteria": one.criteria[:1]})
    assert prompt.answers(only, f'{{"preference": {value}}}') is None


def test_a_verdict_is_stored_as_it_is(tmp_path: Path, server: Server) -> None:
    here = launched(tmp_path, declared(server))
    answer = VerdictAnswer(criterion="preference", target="pair", value=0)
    one = Verdict(judge="judge-1", item_id="i00", first_system=w.NAMES[0], second_system=w.NAMES[1], answers=(answer,))
    here.keep_verdict(STUDY, one)
    assert here.verdicts(STUDY) == (one,)

"""What a page sends and gets: records with no place for what would unblind, the same in Python, docs and JavaScript."""

from __future__ import annotations

import json
import re
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from studio.__main__ import main
from studio.service import refusals
from studio.service.records import REPLIES, Refused, Sent, State
from studio.service.requests import REQUESTS, Form, parse
from tasks.languages.catalogue import languages, words
from tasks.schema import Words
from tests import studio_world as w

JAVASCRIPT = Path("studio/pages/rating/static")
UNBLINDING = re.compile(
    r"system|item_id|source|reference|better|stratum|kind$|order|seat|model|adapter|correct|gold", re.I
)
ALLOWED = {"kind"}
"""`ShownCriterion.kind` is how a criterion is drawn; an assignment's kind has no place."""


def reached(kind: Any) -> Iterator[type[BaseModel]]:
    """Every record that a type leads to, itself first."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
        for field in kind.model_fields.values():
            yield from reached(field.annotation)
    for part in typing.get_args(kind):
        yield from reached(part)


def records() -> set[type[BaseModel]]:
    return {record for reply in (*REPLIES.values(), Refused) for record in reached(reply)}


def test_no_record_that_is_sent_has_a_place_for_what_would_unblind() -> None:
    assert len(records()) > 20
    names = {(record.__name__, name) for record in records() for name in record.model_fields}
    wrong = {(record, name) for record, name in names if UNBLINDING.search(name)}
    assert wrong == {("ShownCriterion", "kind")}


def test_every_record_that_is_sent_is_frozen_and_takes_nothing_more() -> None:
    for record in records():
        assert record.model_config["frozen"] is True
        assert record is Words or issubclass(record, Sent), record
        assert record is Words or record.model_config["extra"] == "forbid"


def test_no_refusal_says_what_would_unblind() -> None:
    for code in (key for key in words("refusals", "en") if "." not in key):
        reply = refusals.Refusal(code, "x").as_json()
        assert set(reply) == {"saved", "error"}
        assert set(reply["error"]) == {"code", "text", "ja", "en"}, "ja and en are what pages before 0.2.0 read"
        text = reply["error"]["text"]
        assert (reply["error"]["ja"], reply["error"]["en"]) == (text["ja"], text["en"])
        assert set(text) == set(languages("refusals"))
        assert not re.search(r"system|システム|モデル|model|better", " ".join(text.values()), re.I), code


def keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        for part in value.values():
            yield from keys(part)
    elif isinstance(value, list):
        for part in value:
            yield from keys(part)


def test_every_reply_of_a_whole_session_is_its_record(tmp_path: Path) -> None:
    """Each request is answered by what REPLIES says of it, and by nothing more."""
    here, (token,) = w.world(tmp_path, items=2, seats=1, practice=1, blinding=1, paperwork=True)
    seen: dict[str, list[dict[str, Any]]] = {}

    def ask(do: str, **request: Any) -> dict[str, Any]:
        reply = here.dispatch(token, {"do": do, **request})
        assert "error" not in reply, reply
        seen.setdefault(do, []).append(reply)
        return reply

    now = ask("state")
    ask("language", language="en")
    ask("consent", version=now["study"]["consent"]["version"], agreed=True)
    now = ask("profile", answers={"years": 1})["state"]
    while now["step"] != "end":
        if now["blinding"]:
            now = ask("blinding")["state"]
        form = w.form(now["pairs"][0]["assignment_id"])
        if now["step"] == "blinding":
            form["answers"] = [{"criterion": "blinding", "side": "pair", "value": "second"}]
        before = now
        now = ask("submit", submission=form, held=[pair["assignment_id"] for pair in now["pairs"]])["state"]
        if before["step"] == "pairs":
            ask("answers")
            ask("open", assignment_id=form["assignment_id"])
        now = ask("state")
    ask("device", origin="http://localhost:7860")
    ask("guidelines")
    ask("finish", feedback="x")
    ask("withdraw")
    assert set(seen) == set(REPLIES) == set(REQUESTS)
    for do, replies in seen.items():
        for reply in replies:
            assert REPLIES[do].model_validate(reply).as_json() == reply
            assert not {key for key in keys(reply) if UNBLINDING.search(key)} - ALLOWED
            assert w.SECRET not in json.dumps(reply, ensure_ascii=False) or reply.get("provenance")


def test_receipts_count_a_raters_own_forms(tmp_path: Path) -> None:
    here, tokens = w.world(tmp_path, items=3, seats=2)
    ids = [[pair["assignment_id"] for pair in here.dispatch(t, {"do": "state"})["pairs"]] for t in tokens]
    numbers = [w.submit(here, tokens[k], w.form(ids[k][n]))["seq"] for n in range(3) for k in (0, 1)]
    assert numbers == [1, 1, 2, 2, 3, 3], "nobody can tell how many others there are"
    again = w.form(ids[0][1])
    assert [w.submit(here, tokens[0], again)["seq"] for _ in range(2)] == [4, 4], "the same form, the same receipt"
    assert w.submit(here, tokens[1], w.form(ids[1][0]))["seq"] == 4


# --- what arrives -------------------------------------------------------------------------------------------------


def test_an_unknown_field_never_costs_a_judgment(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=1, seats=1)
    pair = here.dispatch(token, {"do": "state"})["pairs"][0]["assignment_id"]
    form = w.form(pair, later={"x": 1}, client=["no", "object"])
    form["answers"] = [answer | {"confidence": 3} for answer in form["answers"]]
    reply = here.dispatch(token, {"do": "submit", "submission": form, "build": "9", "held": 3, "waited_seconds": "x"})
    assert reply["saved"] is True
    with here.store.read() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM judgments").scalar_one()
    assert count >= 5


def test_a_form_of_another_page_has_the_same_digest() -> None:
    from studio.service.forms import digest
    from tasks.schema import Submission

    form = w.form("A" * 22, comment="x", left=None)
    assert digest(Form.model_validate(form | {"later": 1})) == digest(Submission.model_validate(form))


@pytest.mark.parametrize("do", ["consent", "profile", "device", "submit", "language"])
def test_a_request_without_what_it_needs_names_the_field(do: str) -> None:
    with pytest.raises(refusals.Refusal, match="invalid") as caught:
        parse(REQUESTS[do], {"do": do})
    needed = {name for name, field in REQUESTS[do].model_fields.items() if field.is_required()}
    assert any(name in str(caught.value) for name in needed)


OLD_SUBMIT = json.loads(
    """{"do": "submit", "submission": {"submission_id": "3f0e6a52-7c1b-4f3e-9a55-0d3c1f2b7a10", "assignment_id": "ID",
    "answers": [{"criterion": "preference", "side": "pair", "value": -1, "reasons": []},
    {"criterion": "question_amount", "side": "first", "value": 0, "reasons": []},
    {"criterion": "question_amount", "side": "second", "value": 1, "reasons": []},
    {"criterion": "empathy", "side": "first", "value": 2, "reasons": []},
    {"criterion": "empathy", "side": "second", "value": 1, "reasons": []}],
    "comment": "ひとこと", "left": null, "left_reasons": [],
    "client": {"active_seconds": 34.2, "viewport": [390, 844], "layout": "stacked", "language": "ja",
    "seen": {"first": true, "second": true}, "history": false, "order": ["preference"], "changes": 0}},
    "held": ["ID"]}"""
)
"""As the page of version 0.1.0 sent it, and as it waits on phones: without names, without how long it waited."""


def test_a_form_that_a_page_of_0_1_0_left_on_a_phone_is_saved(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=4, seats=1)
    pair = here.dispatch(token, {"do": "state"})["pairs"][0]["assignment_id"]
    request = json.loads(json.dumps(OLD_SUBMIT).replace('"ID"', json.dumps(pair)))
    for _ in range(2):
        reply = here.dispatch(token, request)
        assert reply["saved"] is True
        assert set(reply) == {"saved", "submission_id", "seq", "state"}, "what that page reads"
        assert {"rater", "step", "pairs", "ended", "closed", "withdrawn", "finished", "claim"} <= set(reply["state"])
    assert here.progress("sleep")[0].done == 1


@pytest.mark.parametrize(
    "request_",
    [
        {"do": "state"},
        {"do": "answers"},
        {"do": "guidelines"},
        {"do": "device", "origin": "https://study.example.org"},
        {"do": "finish", "feedback": ""},
        {"do": "withdraw"},
    ],
)
def test_other_requests_of_0_1_0_are_answered(tmp_path: Path, request_: dict[str, Any]) -> None:
    here, (token,) = w.world(tmp_path, items=1, seats=1)
    pair = here.dispatch(token, {"do": "state"})["pairs"][0]["assignment_id"]
    assert here.dispatch(token, {"do": "submit", "submission": w.form(pair)})["saved"]
    assert "error" not in here.dispatch(token, request_)


def test_ids_that_no_database_can_look_for_are_nobodys(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=1, seats=1)
    for name in ("\x00", "a\x00b" * 4, 7, None, "x" * 10_000, ["A" * 22]):
        reply = here.dispatch(token, {"do": "open", "assignment_id": name})
        assert reply["error"]["code"] == "not_yours"


# --- docs and JavaScript ------------------------------------------------------------------------------------------


def test_the_reference_page_and_the_schema_are_current(tmp_path: Path) -> None:
    assert main(["schema", "--out", str(tmp_path)]) == 0
    for name in ("page-state.md", "schemas/page-state.schema.json"):
        written = (tmp_path / name).read_text(encoding="utf-8")
        assert (Path("docs") / name).read_text(encoding="utf-8") == written, "python -m studio schema --out docs"


def test_a_state_cannot_be_changed(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=1, seats=1)
    state = State.model_validate(here.dispatch(token, {"do": "state"}))
    with pytest.raises(ValidationError, match="frozen"):
        state.step = "end"  # type: ignore[misc]


STARTS = {"work.state": "state", "state": "state", "told": "state", "reply.state": "state", "reply.pair": "pair"}
"""Names by which the modules speak of records, each the beginning of a path."""
RECORDS = {
    "state": "State",
    "pair": "Pair",
    "rater": "Progress",
    "reply": "Receipt Refused State Saved Reopened OwnAnswers DeviceLink",
    "answer": "OwnAnswer GivenAnswer",
    "turn": "ShownTurn",
    "response": "ShownText",
    "error": "Fault",
    "submission": "Form",
}
DEMO = {"visit", "reveal"}
OF_THE_LANGUAGE = {
    *("map", "filter", "find", "some", "length", "includes", "forEach", "every", "slice", "at", "replace", "sort"),
    *("ok", "text", "status", "client", "then", "dataset", "hidden", "before", "append", "remove"),
}
"""Names that JavaScript, fetch and the document give to what is called as the records are."""
PATH = re.compile(
    r"(?<![\w.$\"'/])((?:work\.)?(?:state|told|reply|pair|rater|answer|turn|response|error|submission))((?:\??\.[a-z_]+)+)\b(?!\.js)"
)


def test_the_modules_read_nothing_that_no_record_has() -> None:
    """Every `state.x.y` of the modules is a path in the records; a name that the server renamed fails here."""
    every: tuple[type[BaseModel], ...] = (*records(), Form)
    known = {record.__name__: record for record in every}
    wrong, read = [], 0
    for module in sorted(JAVASCRIPT.glob("*.js")):
        for line, text in enumerate(module.read_text(encoding="utf-8").splitlines(), 1):
            for start, rest in PATH.findall(text.split("//")[0]):
                path = rest.replace("?", "").strip(".").split(".")
                read += 1
                kinds = [known[name] for name in RECORDS[start.removeprefix("work.").replace("told", "state")].split()]
                if not any(_is_path(kind, path) for kind in kinds):
                    wrong.append(f"{module.name}:{line} {start}{rest}")
    assert read > 60
    assert not wrong, "\n".join(wrong)


def _is_path(kind: Any, path: list[str]) -> bool:
    """True where following `path` from a record stays inside records, until it reaches JavaScript's own names."""
    if not path or path[0] in OF_THE_LANGUAGE or path[0] in DEMO:
        return True
    fields = [record.model_fields for record in _records_in(kind)]
    return any(path[0] in own and _is_path(own[path[0]].annotation, path[1:]) for own in fields)


def _records_in(kind: Any) -> list[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [kind]
    return [record for part in typing.get_args(kind) for record in _records_in(part)]

"""What is wrong is said on the desk in the language of whoever reads it: files, folders, fields, requests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from studio.__main__ import main
from studio.service import Service
from tasks.languages import catalogue
from tests import studio_world as w
from tests.sixty_files import Case, as_zip, refused
from tests.studio.desk_client import DeskClient
from tests.studio.whole_studio import desk_of
from tests.worded import SPOKEN, in_english

pytestmark = pytest.mark.slow

BROKEN = (
    ("seats: 5", "seats: many"),
    ("portion: 10", "portion: -1"),
    ("protocol: pairwise", "protocol: pair"),
    ('study_id: "mine"', "study_id: 'a b'"),
    ("criteria: quick-2", "criteria: quik"),
    ("languages: [ja, en]", "languages: [ja, en, xx-none]"),
    ("simulated: false", "simulated: {"),
    ("design:", "desing:"),
)
"""What stands in the demo's study.yaml, and mistakes in its place."""


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Service:
    return w.service(tmp_path_factory.mktemp("faults"))


@pytest.fixture(scope="module", params=SPOKEN)
def desk(here: Service, request: pytest.FixtureRequest) -> Iterator[DeskClient]:
    with desk_of(here, request.param) as desk:
        yield desk


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("new") / "mine"
    assert main(["new", str(out)]) == 0
    return {path.relative_to(out.parent).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def told(answer: dict[str, str]) -> str:
    assert answer["told"], answer
    return answer["told"]


@pytest.mark.parametrize(("right", "wrong"), BROKEN)
def test_a_broken_folder_is_told_in_the_readers_language(
    desk: DeskClient, folder: dict[str, bytes], right: str, wrong: str
) -> None:
    text = folder["mine/study.yaml"].decode()
    assert right in text
    said = told(desk.send(("mine.zip", as_zip(folder | {"mine/study.yaml": text.replace(right, wrong).encode()}))))
    assert "study.yaml" in said
    assert in_english(said) == []


def test_a_folder_without_half_its_files_is_told_in_the_readers_language(
    desk: DeskClient, folder: dict[str, bytes]
) -> None:
    lines = folder["mine/items.jsonl"].splitlines()
    half = {name: data for name, data in folder.items() if not name.startswith(("mine/consent", "mine/responses/"))}
    changed = {"mine/items.jsonl": b"\n".join([lines[0], lines[0], b'{"item_id": 3}', b"{", *lines[1:]])}
    said = told(desk.send(("mine.zip", as_zip(half | changed))))
    assert len(said.splitlines()) > 2
    assert in_english(said) == []


@pytest.mark.parametrize("case", [case for case in refused() if case.outcome == "refused"], ids=lambda case: case.name)
def test_a_file_that_cannot_be_read_is_told_in_the_readers_language(desk: DeskClient, case: Case) -> None:
    answer = desk.send((case.name, case.content))
    said = answer.get("told") or ""
    if not said:
        step = str(answer["go"])
        answers = {f"answer.{key}": value for key, value in case.answers.items()}
        said = str(desk.next(step, **{**answers, "answer.provenance": "model"})["told"])
    assert said
    assert in_english(said) == []


def test_an_unknown_ending_and_a_broken_archive_are_told_in_the_readers_language(desk: DeskClient) -> None:
    for name, data in (("notes.docx", b"x"), ("a.zip", b"PK\x03\x04x"), ("a.xlsx", b"PK\x03\x04x"), ("a.json", b"[1,")):
        said = told(desk.send((name, data)))
        assert name in said
        assert in_english(said) == []


def test_fields_of_a_step_and_a_draft_that_is_gone_are_told_in_the_readers_language(desk: DeskClient) -> None:
    step = str(desk.ask("/admin/new", "demo")["go"]).rsplit("/", 1)[0]
    for fields in (
        {"seats": "many", "study_id": "x", "contact": "a"},
        {"seats": "3", "study_id": "a b", "contact": "a"},
    ):
        said = told(desk.ask(f"{step}/plan", "next", {**fields, "to": "launch"}))
        assert in_english(said) == []
    desk.ask(f"{step}/plan", "throw")
    gone = told(desk.ask(f"{step}/plan", "next", {"to": "launch"}))
    assert gone == catalogue.word("organiser", desk.language, "draft_gone")

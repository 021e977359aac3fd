"""A new study from files, as its organiser sends and answers: every mistake named, nothing stored before launch."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from starlette.testclient import TestClient

from studio.__main__ import main
from studio.hub.client import Repo, connect, publish
from studio.intake.staging import unpack
from studio.service import Service
from studio.settings import Settings
from studio.web.app import build
from tasks.errors import InputError
from tasks.study.build import read_items
from tests import studio_world as w
from tests.hub_fixture import hub
from tests.hub_state import WRITER, Hub
from tests.sixty_files import Case, as_xlsx, cases, marked, wide
from tests.studio.desk_client import DeskClient, asked_in
from tests.studio.whole_studio import desk_of

pytestmark = pytest.mark.slow

__all__ = ["hub"]
PLAN = {"study_id": "fromthepage", "contact": "a@example.org", "seats": "4"}
MODEL = {"answer.provenance": "model"}
WIDE = """番号,相談内容,GPT-4,ベースモデル,備考
1,"相談者：眠れません。
カウンセラー：いつからですか。
相談者：先週からです。",それはつらいですね。,いつも何時に寝ますか。,x
2,相談者：朝が起きられません。,起きようとしているのですね。,何時に起きますか。,y
3,相談者：友だちと話せません。,話したいのですね。,誰とですか。,
"""


@pytest.fixture
def here(tmp_path: Path) -> Service:
    return w.service(tmp_path)


@pytest.fixture
def desk(here: Service) -> Iterator[DeskClient]:
    with desk_of(here) as desk:
        yield desk


@pytest.fixture(scope="module")
def onlooker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskClient]:
    """An organiser who launches nothing, so that one studio does for several tests."""
    here = w.service(tmp_path_factory.mktemp("onlooker"))
    with desk_of(here) as desk:
        yield desk
    assert here.studies() == []


@pytest.fixture(autouse=True)
def _empty_desk(request: pytest.FixtureRequest) -> None:
    """The desk that several tests share keeps no drafts from one to the next."""
    if "onlooker" in request.fixturenames:
        onlooker: DeskClient = request.getfixturevalue("onlooker")
        home = onlooker.page("/admin/")
        for draft_id in re.findall(r'name="draft_id" value="([^"]+)"', home):
            onlooker.ask("/admin/", "throw", {"draft_id": draft_id})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert main(["new", str(tmp_path / "mine")]) == 0
    return tmp_path / "mine"


def packed(folder: Path, change: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in folder.rglob("*"):
            if path.is_file():
                name = path.relative_to(folder.parent).as_posix()
                archive.writestr(name, (change or {}).get(name, path.read_bytes()))
    return out.getvalue()


def with_table(desk: DeskClient, folder: Path, name: str, content: bytes) -> str:
    """The address of a draft of the demo's items and a table."""
    return desk.draft(("items.jsonl", (folder / "items.jsonl").read_bytes()), (name, content))


def read(desk: DeskClient, draft: str, **given: Any) -> str:
    """What is said once the first step is left: '' where it leads on to the second, the faults else."""
    answer = desk.next(draft, **given)
    assert answer["go"] in ("", draft.replace("/file", "/questions"))
    return "" if answer["go"] else str(answer["told"])


def counted(desk: DeskClient, draft: str) -> int:
    """Items of a draft's study, as the last step says them."""
    page = re.sub(r"<[^>]*>", " ", desk.ask(draft.replace("/file", "/launch"))["html"])
    found = re.search(r"Dialogues \(the unit of the test\)\s+(\d+)", page)
    assert found is not None, page
    return int(found[1])


def launched(desk: DeskClient, draft: str, **plan: str) -> dict[str, Any]:
    """What the desk says after the plan was typed and the draft launched."""
    base = draft.rsplit("/", 1)[0]
    assert desk.next(f"{base}/texts", contact="a@example.org")["go"]
    told = desk.next(f"{base}/plan", **(PLAN | plan))
    assert told["go"] == f"{base}/launch", told
    return desk.next(f"{base}/launch")


# --- packed study folders -------------------------------------------------------------------------------------------


def test_a_packed_folder_comes_in_by_the_same_field_and_is_launched_once(
    here: Service, desk: DeskClient, folder: Path
) -> None:
    draft = desk.draft(("mine.zip", packed(folder)))
    assert draft.endswith("/launch")
    assert "sha256" in desk.page(draft)
    assert here.studies() == []
    assert desk.next(draft)["go"] == "/admin/s/mine/people"
    assert "no longer there" in desk.next(draft)["told"], "a second press does nothing"
    assert [row.study_id for row in here.studies()] == ["mine"]
    assert here.audit("mine")[-1].actor.startswith("organiser:")
    assert here.study("mine").items[0].turns
    assert here.drafts() == []


def test_every_mistake_of_a_packed_folder_is_told_at_once(onlooker: DeskClient, folder: Path) -> None:
    text = (folder / "study.yaml").read_text(encoding="utf-8").replace("seats: 5", "seats: many")
    broken = packed(folder, {"mine/study.yaml": text.replace("portion: 10", "portion: -1").encode()})
    told = onlooker.send(("mine.zip", broken))["told"]
    assert "seats" in told
    assert "portion" in told


def test_a_packed_folder_comes_alone(onlooker: DeskClient, folder: Path) -> None:
    told = onlooker.send(("t.csv", WIDE.encode()), ("mine.zip", packed(folder)))["told"]
    assert told == "a packed study folder is a whole study: send it alone"


def test_a_folder_packed_by_windows_in_japan(onlooker: DeskClient, folder: Path) -> None:
    raw = packed(folder).replace(b"mine/", "予備\\".encode("cp932"))
    assert counted(onlooker, onlooker.draft(("予備.zip", raw)).replace("/launch", "/file")) == 14


@pytest.mark.parametrize("name", ["../study.yaml", "/study.yaml", "a/../../study.yaml"])
def test_a_zip_cannot_write_outside_its_folder(tmp_path: Path, name: str) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, "x")
    (tmp_path / "in").mkdir()
    with pytest.raises(InputError, match=r"^upload: paths that lead outside the folder"):
        unpack(out.getvalue(), tmp_path / "in")
    assert list(tmp_path.iterdir()) == [tmp_path / "in"]


def test_what_is_no_zip_or_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="is no zip file"):
        unpack(b"no", tmp_path)
    monkeypatch.setattr("studio.intake.staging.MOST_BYTES", 10)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("study.yaml", "x" * 11)
    with pytest.raises(InputError, match="unpacked"):
        unpack(out.getvalue(), tmp_path)


# --- what only a person knows ---------------------------------------------------------------------------------------


def test_items_and_a_table_of_which_the_columns_are_named_on_the_page(
    here: Service, desk: DeskClient, folder: Path
) -> None:
    ids = [item.item_id for item in read_items(folder / "items.jsonl")]
    rows = [
        {"nr": name, "who": f"m{k}", "said": f"<b>{k}</b>つらいですね{n}"} for k in (1, 2) for n, name in enumerate(ids)
    ]
    draft = with_table(desk, folder, "answers.CSV", pd.DataFrame(rows).to_csv(index=False).encode())
    assert read(desk, draft, **{"answer.header:answers.CSV": "names"})
    assert "&lt;b&gt;1&lt;/b&gt;" in desk.page(draft)  # the preview shows text as text
    chosen = {"answer.answers:answers.CSV": "said", **MODEL}
    assert "found 'other'; allowed: nr, who, said" in read(
        desk, draft, **{**chosen, "answer.answers:answers.CSV": "other"}
    )
    assert read(desk, draft, **chosen) == "Please answer the questions that are left."
    assert (
        read(desk, draft, **{"answer.system_column:answers.CSV": "who"}) == "Please answer the questions that are left."
    )
    assert 'item\tnr" selected' in desk.page(draft)  # the likely answer is marked, and not taken unasked
    assert not read(desk, draft, **{"answer.item:answers.CSV": "nr"}), "what was said before is kept"
    assert launched(desk, draft)["go"] == "/admin/s/fromthepage/people"
    study = here.study("fromthepage")
    assert {one.system_id for one in study.systems} == {"m1", "m2"}
    assert len(study.items) == 14
    assert study.information is not None
    assert study.information.dialogues is not None
    assert study.information.dialogues.text("en") == "The dialogues were written by a language model."


def test_responses_may_lie_in_a_data_set_on_the_hub(
    here: Service, hub: Hub, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", WRITER)
    items = ("items.jsonl", (folder / "items.jsonl").read_bytes())
    rows = [json.loads(line) for line in lines_of(folder).splitlines()]
    made = Repo(connect(hub.url), "tester/answers")
    publish(made, {"made/answers.csv": pd.DataFrame(rows).to_csv(index=False).encode()}, True, "answers")
    with TestClient(build(here, Settings(hub_endpoint=hub.url)), follow_redirects=False) as client:
        client.get(f"/o/{here.organiser_link()}")
        desk = DeskClient(client)
        draft = desk.draft(items, hub="tester/answers/made/answers.csv")
        assert not read(desk, draft, **MODEL)
        whole = desk.draft(items, hub="hub:tester/answers")
        assert "answers/made/answers.csv" in desk.page(whole)
        assert not read(desk, whole, **MODEL)
        assert launched(desk, whole)["go"]
        assert desk.send(items, hub="tester/none/x.csv")["kind"] == "warn"
    assert {one.system_id for one in here.study("fromthepage").systems} == {"m1", "m2"}


def test_a_table_in_excels_japanese_way_becomes_a_study(here: Service, desk: DeskClient) -> None:
    japanese = DeskClient(desk.client, "ja")
    draft = japanese.draft(("表.csv", WIDE.encode("cp932")))
    page = japanese.page(f"{draft}?lang=ja")
    assert "システムの応答はどの列ですか" in page
    answers = ["GPT-4", "ベースモデル"]
    assert not read(japanese, draft, **{"answer.answers": answers, "answer.provenance": "roleplay"})
    launched(japanese, draft)
    study = here.study("fromthepage")
    assert [(one.system_id, one.name) for one in study.systems] == [("GPT-4", "GPT-4"), ("s1", "ベースモデル")]
    assert [turn.role for turn in study.items[0].turns] == ["client", "counselor", "client"]
    assert study.systems[0].manifest["mapping"]["provenance"] == "roleplay"


def test_a_file_that_excel_saved_is_asked_for_its_sheet_and_its_hidden_rows(here: Service, desk: DeskClient) -> None:
    book = as_xlsx({"対話": wide(marked()), "メモ": [["説明"], ["x"]]}, hidden=[2])
    assert "表 (2).xlsx" in desk.page(desk.draft(("表.xlsx", book), ("表.xlsx", book)))
    draft = desk.draft(("表.xlsx", book))
    assert read(desk, draft, **{"answer.sheet:表.xlsx": "対話"})
    assert read(desk, draft, **{"answer.hidden:表.xlsx [対話]": "leave"})
    assert not read(desk, draft, **{"answer.answers": ["GPT-4", "基本"], "answer.provenance": "other"})
    launched(desk, draft)
    study = here.study("fromthepage")
    assert len(study.items) == 2
    assert study.systems[0].manifest["mapping"]["opened"] == {"sheet:表.xlsx": "対話", "hidden:表.xlsx [対話]": "leave"}


@pytest.mark.parametrize("case", [case for case in cases() if case.outcome == "right"], ids=lambda case: case.name)
def test_every_file_that_people_have_becomes_a_study_on_the_page(onlooker: DeskClient, case: Case) -> None:
    draft, told = onlooker.draft((case.name, case.content)), "asked"
    for _ in range(5):
        given = {"answer.provenance": "published"}
        given |= {
            key: case.answers[key.removeprefix("answer.")]
            for key in asked_in(onlooker.page(draft)) - {"answer.provenance"}
            if key.removeprefix("answer.") in case.answers
        }
        if not (told := read(onlooker, draft, **given)):
            break
    assert not told
    assert counted(onlooker, draft) == len(case.items)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_filled_template_asks_for_the_columns_and_the_source_alone(
    onlooker: DeskClient, kind: str, language: str
) -> None:
    template = onlooker.client.get(f"/admin/template.{kind}?lang={language}")
    assert template.status_code == 200
    draft = onlooker.draft((f"filled.{kind}", template.content))
    assert asked_in(onlooker.page(draft)) == {"answer.answers", "answer.provenance"}
    names = {"ja": ["モデルA", "モデルB"], "en": ["model A", "model B"]}[language]
    assert not read(onlooker, draft, **{"answer.answers": names, "answer.provenance": "unknown"})
    assert counted(onlooker, draft) == 2


def test_no_path_of_this_machine_and_no_option_is_on_the_page(onlooker: DeskClient) -> None:
    first = onlooker.draft(("t.csv", WIDE.encode()))
    texts = [onlooker.ask(first)["html"], onlooker.ask("/admin/new")["html"]]
    for content in (b"a,b\n1\n", b"", b"\xff\xfe\x00"):
        said = onlooker.send(("t.csv", content))
        texts.append(said.get("told", "") or onlooker.ask(said["go"])["html"])
    texts.append(read(onlooker, first, **{"answer.answers": "x", **MODEL}))
    for told in texts:
        assert "/tmp/" not in told
        assert "studio-arrival" not in told
        assert "studio-draft" not in told
        assert "--" not in told


# --- what is read, and what is not ----------------------------------------------------------------------------------


def lines_of(folder: Path, **more: object) -> str:
    """Responses of two systems to every item as JSON Lines; `more` stands in the first line alone."""
    rows: list[dict[str, object]] = [
        {"item_id": item.item_id, "system": f"m{k}", "text": f"つらいですね{k}{item.item_id}"}
        for k in (1, 2)
        for item in read_items(folder / "items.jsonl")
    ]
    rows[0] |= more
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def test_columns_that_nobody_chose_are_not_read(onlooker: DeskClient, folder: Path) -> None:
    """An optional key of the first row, nested at that; and the index that pandas adds to a Parquet file."""
    draft = with_table(onlooker, folder, "r.jsonl", lines_of(folder, usage={"tokens": 5}).encode())
    assert "usage.tokens" in onlooker.page(draft)
    assert not read(onlooker, draft, **MODEL)
    assert counted(onlooker, draft) == 14
    frame = pd.read_json(io.StringIO(lines_of(folder)), lines=True)
    frame["nested"] = [[n] for n in range(len(frame))]
    out = io.BytesIO()
    frame.iloc[::-1].to_parquet(out)  # its index goes into a column of its own
    draft = with_table(onlooker, folder, "r.parquet", out.getvalue())
    assert "text is a response of the system named in system" in onlooker.page(draft), "how it is read is said at once"
    assert not read(onlooker, draft, **MODEL)
    assert counted(onlooker, draft) == 14


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            '"text": "つらいですね1',
            '"text": {"role": "assistant"}, "was": "',
            "found an object with the keys role; allowed: a text",
        ),
        ('"text": "つらいですね1', '"text": 5, "was": "', "found a number (5); allowed: a text"),
        ('"text": "つらいですね1', '"text": ["x"], "was": "', "found a list; allowed: a text"),
    ],
)
def test_what_is_no_response_is_refused_once_with_its_rows(
    onlooker: DeskClient, folder: Path, old: str, new: str, words: str
) -> None:
    draft = with_table(onlooker, folder, "r.jsonl", lines_of(folder).replace(old, new).encode())
    assert read(onlooker, draft, **MODEL) == "Please answer the questions that are left."
    page = onlooker.page(draft)
    faults = [unescape(line) for line in re.findall(r'class="problem"><p>.*?<span>(.*?)</span>', page)]
    assert len(faults) == 1, faults
    assert 'name="answer.leave:a_text"' in page
    assert faults[0].startswith("r.jsonl, rows 1, 2, 3, 4, 5 and 9 more, column text: ")
    assert words in faults[0]


def test_responses_in_which_nothing_can_be_seen_are_none(onlooker: DeskClient, folder: Path) -> None:
    rows = [json.loads(line) for line in lines_of(folder).splitlines()]
    for row in rows[:3]:
        row["text"] = "\u200b"
    draft = with_table(onlooker, folder, "r.jsonl", "".join(json.dumps(row) + "\n" for row in rows).encode())
    assert not read(onlooker, draft, **MODEL)
    assert counted(onlooker, draft) == 11
    assert "3 responses of m1 are empty; their items are left out" in onlooker.page(draft)


def test_names_that_are_no_ids_are_kept_beside_ids_that_are(here: Service, desk: DeskClient, folder: Path) -> None:
    lines = lines_of(folder).replace('"system": "m1"', '"system": "gpt-3.5-turbo:20230327"')
    draft = with_table(desk, folder, "r.jsonl", lines.encode())
    assert not read(desk, draft, **MODEL)
    launched(desk, draft)
    systems = [(one.system_id, one.name) for one in here.study("fromthepage").systems]
    assert systems == [("gpt-3.5-turbo-20230327", "gpt-3.5-turbo:20230327"), ("m2", "m2")]


def test_a_table_cut_by_commas_is_refused_by_row(onlooker: DeskClient, folder: Path) -> None:
    items = read_items(folder / "items.jsonl")
    rows = "".join(f"{item.item_id},{name},Thank you, I hear you.\n" for name in ("a", "b") for item in items)
    files = ("items.jsonl", (folder / "items.jsonl").read_bytes()), ("r.csv", f"item_id,system,text\n{rows}".encode())
    assert "r.csv, rows 2, 3, 4, 5, 6 and 23 more: found 4 cells; the header has 3" in onlooker.send(*files)["told"]


def test_refused_uploads_leave_nothing_behind(
    onlooker: DeskClient, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "staged").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "staged"))
    items = ("items.jsonl", (folder / "items.jsonl").read_bytes())
    for files in ([items, ("r.xlsx", b"PK")], [("mine.zip", b"PK no study.yaml")], [("a.csv", b"")]):
        assert onlooker.send(*files)["kind"] == "warn", files
    assert list((tmp_path / "staged").iterdir()) == []
    assert "draft_id" not in onlooker.ask("/admin/")["html"]


def test_nothing_sent_is_told(onlooker: DeskClient) -> None:
    assert onlooker.send()["told"] == "choose a file first"


def test_a_launched_upload_is_not_read_again(desk: DeskClient, folder: Path) -> None:
    draft = with_table(desk, folder, "r.jsonl", lines_of(folder).encode())
    assert not read(desk, draft, **MODEL)
    launched(desk, draft)
    assert "no longer there" in desk.next(draft, **MODEL)["told"]
    assert "no longer there" in desk.page(draft)


def test_nobody_else_finds_it(here: Service, desk: DeskClient) -> None:
    draft = desk.draft(("t.csv", WIDE.encode()))
    here.create_study(study := w.study(items=2), w.plan(study))
    application = desk.client.app
    rater = TestClient(application, follow_redirects=False)
    rater.get(f"/e/{here.invite('sleep')[0]}")
    viewer = TestClient(application, follow_redirects=False)
    viewer.get(f"/o/{here.organiser_link('viewer')}")
    files = {"files": ("t.csv", WIDE.encode())}
    for somebody in (rater, viewer):
        assert somebody.post("/admin/new", data={"lang": "en"}, files=files).status_code == 404
        assert somebody.get("/admin/template.csv").status_code == 404
    for path in ("/admin/new", draft):
        assert rater.get(path).status_code == 404
        assert "眠れません" not in viewer.get(path).text
        assert "data-do" not in viewer.get(path).text
    assert DeskClient(viewer).next(draft, **MODEL)["kind"] == "warn"
    assert DeskClient(viewer).ask(draft, "throw")["kind"] == "warn"
    assert draft.split("/")[3] not in DeskClient(viewer).page("/admin/")
    assert len(here.drafts()) == 1
    forged = desk.client.post("/admin/new", files=files, headers={"origin": "https://evil.example"})
    assert forged.status_code == 403
    assert desk.client.post("/admin/new", content=b"x", headers={"content-length": str(2**26)}).status_code == 413

"""Setting a study up on the page: three ways in, every mistake named, nothing stored before launch."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

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
from tasks.schema import Words as Title
from tasks.study.build import read_items
from tests import studio_world as w
from tests.hub_fixture import hub
from tests.hub_state import WRITER, Hub
from tests.sixty_files import Case, as_xlsx, cases, marked, wide

__all__ = ["hub"]
FACTS = {"study_id": "fromthepage", "contact": "a@example.org", "seats": "4", "template": "quick", "lang": "en"}


CHOSEN = {**FACTS, "answer.provenance": "model"}
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
def organiser(here: Service) -> Iterator[TestClient]:
    with TestClient(build(here, Settings()), follow_redirects=False) as client:
        client.get(f"/o/{here.organiser_link()}")
        yield client


@pytest.fixture(scope="module")
def onlooker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """An organiser who launches nothing, so that one studio does for several tests."""
    here = w.service(tmp_path_factory.mktemp("onlooker"))
    with TestClient(build(here, Settings()), follow_redirects=False) as client:
        client.get(f"/o/{here.organiser_link()}")
        yield client
    assert here.studies() == []


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


def token_of(page: str) -> str:
    found = re.search(r'name="token" value="([\w-]+)"', page)
    assert found is not None, page
    return found[1]


def send(organiser: TestClient, *files: tuple[str, bytes], lang: str = "en", hub: str = "") -> str:
    """The page after files were sent through the door."""
    data = {"lang": lang, "way": "files", "hub": hub}
    return str(organiser.post("/admin/new", data=data, files=[("files", one) for one in files]).text)


def reply(organiser: TestClient, page: str, given: dict[str, str]) -> str:
    """The page after a page's form was sent."""
    return str(organiser.post("/admin/new", data={**given, "token": token_of(page)}, files={"none": b""}).text)


def sent_table(organiser: TestClient, folder: Path, name: str, content: bytes) -> str:
    """The page after the demo's items and a table were sent."""
    return send(organiser, ("items.jsonl", (folder / "items.jsonl").read_bytes()), (name, content))


def launch(organiser: TestClient, page: str) -> None:
    answer = organiser.post("/admin/launch", data={"token": token_of(page), "lang": "en"}, files={"none": b""})
    assert answer.status_code == 303


def test_a_template_is_reviewed_and_launched_once(here: Service, organiser: TestClient) -> None:
    page = organiser.post("/admin/new", data=FACTS, files={"none": b""}).text
    assert "Items: 14;" in page
    assert "sha256" in page
    assert here.studies() == []
    launch(organiser, page)
    launch(organiser, page)  # a second press does nothing
    assert [row.study_id for row in here.studies()] == ["fromthepage"]
    assert here.audit("fromthepage")[-1].actor.startswith("organiser:")


def test_what_raters_are_told_is_shown_and_changed_before_launch(here: Service, organiser: TestClient) -> None:
    first = organiser.post("/admin/new", data=FACTS, files={"none": b""}).text
    assert first.count("Not stated by the organiser.") == 5
    assert "role-play" not in first
    typed = {
        "statement.payment.en": "Nothing is paid.",
        "statement.payment.ja": "謝金はありません。",
        "consent.en": "Read this.\r\n\r\n- and <b>that</b>",
        "retention_days": "30",
    }
    page = organiser.post(
        "/admin/new", data={"token": token_of(first), "lang": "en", **typed}, files={"none": b""}
    ).text
    assert "Payment.** Nothing is paid." in page
    assert "&lt;b&gt;that&lt;/b&gt;" in page
    assert "erased 30 days after" in page
    launch(organiser, first)  # the page before the change no longer launches anything
    assert here.studies() == []
    launch(organiser, page)
    study = here.study("fromthepage")
    assert study.information is not None
    assert study.information.payment == Title(ja="謝金はありません。", en="Nothing is paid.")
    assert study.consent is not None
    assert study.consent.text("en") == "Read this.\n\n- and <b>that</b>"
    assert "この評価について" in study.consent.text("ja")  # what the form did not hold stays
    assert study.retention_days == 30


def test_drafts_are_named_and_accepted_one_by_one_before_launch(here: Service, organiser: TestClient) -> None:
    first = organiser.post("/admin/new", data=FACTS | {"languages": "de, ar"}, files={"none": b""}).text
    assert "Draft words" in first
    names = [f"{tag}.{part}" for tag in ("de", "ar") for part in ("scales", "guidelines", "consent", "ethics")]
    assert re.findall(r'type="checkbox" name="accept\.([\w.]+)"', first) == names
    refused = organiser.post("/admin/launch", data={"token": token_of(first), "lang": "en"}, files={"none": b""})
    assert refused.status_code == 200
    assert refused.text.count("is a draft that no counsellor has read") == len(names)
    ticked = {f"accept.{name}": "on" for name in names[:-1]}
    typed = {"token": token_of(refused.text), "lang": "en", "drafts": "shown"}
    page = organiser.post("/admin/new", data=typed | ticked, files={"none": b""}).text
    assert page.count(" checked>") == len(names) - 1
    still = organiser.post("/admin/launch", data={"token": token_of(page), "lang": "en"}, files={"none": b""})
    assert still.text.count("is a draft that no counsellor has read") == 1
    assert here.studies() == []
    typed |= {"token": token_of(still.text), f"accept.{names[-1]}": "on"}
    launch(organiser, organiser.post("/admin/new", data=typed | ticked, files={"none": b""}).text)
    assert here.study("fromthepage").accepted == tuple(names)


@pytest.mark.parametrize(
    ("languages", "told"),
    [
        ("DE", "allowed here: &#x27;de&#x27;"),
        ("pt", "allowed for a new study"),
        ("de, nonsense", "a language tag (BCP 47)"),
    ],
)
def test_a_language_that_no_study_begins_in_is_refused_on_the_page(
    organiser: TestClient, languages: str, told: str
) -> None:
    answer = organiser.post("/admin/new", data=FACTS | {"languages": languages}, files={"none": b""})
    assert (answer.status_code, told in answer.text) == (200, True)


def test_a_wrong_number_of_days_changes_nothing(here: Service, organiser: TestClient) -> None:
    first = organiser.post("/admin/new", data=FACTS, files={"none": b""}).text
    typed = {"token": token_of(first), "lang": "en", "retention_days": "-3"}
    page = organiser.post("/admin/new", data=typed, files={"none": b""}).text
    assert "retention_days: found &#x27;-3&#x27;" in page
    launch(organiser, page)
    assert here.study("fromthepage").retention_days == 365


def test_a_consent_text_in_one_language_alone_is_refused(organiser: TestClient) -> None:
    first = organiser.post("/admin/new", data=FACTS, files={"none": b""}).text
    typed = {"token": token_of(first), "lang": "en", "consent.en": " "}
    page = organiser.post("/admin/new", data=typed, files={"none": b""}).text
    assert "consent" in page[page.index('role="alert"') :][:300]
    assert token_of(page) == token_of(first)  # nothing was changed


@pytest.mark.parametrize(
    ("language", "told"), [("en", "No two raters judge the same pair"), ("ja", "一致度を推定できません")]
)
def test_a_plan_without_overlap_is_warned_of(onlooker: TestClient, language: str, told: str) -> None:
    sent = {**FACTS, "seats": "1", "lang": language}
    assert told in onlooker.post("/admin/new", data=sent, files={"none": b""}).text
    assert told not in onlooker.post("/admin/new", data={**sent, "seats": "2"}, files={"none": b""}).text


def test_the_review_speaks_japanese(onlooker: TestClient) -> None:
    page = onlooker.post("/admin/new", data=FACTS | {"lang": "ja"}, files={"none": b""}).text
    assert "検出力（符号検定" in page
    assert "60%: 0.04" in page
    assert "本番 56" in page
    assert "確実な手がかりはありません" in page
    assert "characters" not in page


def test_a_packed_folder(here: Service, organiser: TestClient, folder: Path) -> None:
    page = organiser.post("/admin/new", data={"lang": "ja"}, files={"packed": ("mine.zip", packed(folder))}).text
    assert "開始すると" in page
    launch(organiser, page)
    assert here.study("mine").items[0].turns


def test_every_mistake_of_a_packed_folder_is_shown_at_once(onlooker: TestClient, folder: Path) -> None:
    text = (folder / "study.yaml").read_text(encoding="utf-8").replace("seats: 5", "seats: many")
    broken = packed(folder, {"mine/study.yaml": text.replace("portion: 10", "portion: -1").encode()})
    page = onlooker.post("/admin/new", data={"lang": "en"}, files={"packed": ("mine.zip", broken)}).text
    assert 'role="alert"' in page
    assert "seats" in page
    assert "portion" in page


def test_items_and_a_table_of_which_the_columns_are_named_on_the_page(
    here: Service, organiser: TestClient, folder: Path
) -> None:
    items = (folder / "items.jsonl").read_bytes()
    ids = [item.item_id for item in read_items(folder / "items.jsonl")]
    rows = [
        {"nr": name, "who": f"m{k}", "said": f"<b>{k}</b>つらいですね{n}"} for k in (1, 2) for n, name in enumerate(ids)
    ]
    table = pd.DataFrame(rows).to_csv(index=False).encode()
    page = send(organiser, ("items.jsonl", items), ("answers.CSV", table))
    assert "&lt;b&gt;1&lt;/b&gt;" in page  # the preview shows text as text
    chosen = {"answer.answers:answers.CSV": "said", "answer.provenance": "model", **FACTS}
    wrong = reply(organiser, page, {**chosen, "answer.answers:answers.CSV": "other"})
    assert "found &#x27;other&#x27;; allowed: nr, who, said" in wrong
    assert 'name="contact" value="a@example.org"' in wrong  # what was typed stays
    page = reply(organiser, wrong, chosen)
    page = reply(organiser, page, {**chosen, "answer.system_column:answers.CSV": "who"})
    assert 'value="nr" checked' in page  # the likely answer is marked, and not taken unasked
    known = {**chosen, "answer.system_column:answers.CSV": "who", "answer.item:answers.CSV": "nr"}
    launch(organiser, reply(organiser, page, known))
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
    items = (folder / "items.jsonl").read_bytes()
    rows = [
        {"item_id": item.item_id, "system": f"m{k}", "text": f"つらいですね{k}{item.item_id}"}
        for k in (1, 2)
        for item in read_items(folder / "items.jsonl")
    ]
    made = Repo(connect(hub.url), "tester/answers")
    publish(made, {"made/answers.csv": pd.DataFrame(rows).to_csv(index=False).encode()}, True, "answers")
    with TestClient(build(here, Settings(hub_endpoint=hub.url)), follow_redirects=False) as client:
        client.get(f"/o/{here.organiser_link()}")
        page = send(client, ("items.jsonl", items), hub="tester/answers/made/answers.csv")
        launch(client, reply(client, page, CHOSEN))
        whole = send(client, ("items.jsonl", items), hub="hub:tester/answers")
        assert "answers/made/answers.csv" in whole
        assert "Items: 14; systems: 2" in reply(client, whole, CHOSEN)
        lost = send(client, ("items.jsonl", items), hub="tester/none/x.csv")
    assert {one.system_id for one in here.study("fromthepage").systems} == {"m1", "m2"}
    assert 'role="alert"' in lost


def test_a_table_in_excels_japanese_way_becomes_a_study(here: Service, organiser: TestClient) -> None:
    page = send(organiser, ("表.csv", WIDE.encode()), lang="ja")
    assert "話し手の印がある対話" in page or "システムの応答はどの列ですか" in page
    assert 'value="GPT-4" checked' in page
    assert 'value="備考" checked' not in page
    given = {**FACTS, "lang": "ja", "answer.answers": "GPT-4\nベースモデル", "answer.provenance": "roleplay"}
    launch(organiser, reply(organiser, page, given))
    study = here.study("fromthepage")
    assert [(one.system_id, one.name) for one in study.systems] == [("GPT-4", "GPT-4"), ("s1", "ベースモデル")]
    assert [turn.role for turn in study.items[0].turns] == ["client", "counselor", "client"]
    assert study.systems[0].manifest["mapping"]["provenance"] == "roleplay"


def test_a_file_that_excel_saved_is_asked_for_its_sheet_and_its_hidden_rows(
    here: Service, organiser: TestClient
) -> None:
    plain = wide(marked())
    book = as_xlsx({"対話": plain, "メモ": [["説明"], ["x"]]}, hidden=[2])
    page = send(organiser, ("表.xlsx", book), ("表.xlsx", book), lang="ja")
    assert "表 (2).xlsx" in page
    page = send(organiser, ("表.xlsx", book), lang="ja")
    known = {**FACTS, "lang": "ja", "answer.sheet:表.xlsx": "対話"}
    page = reply(organiser, page, known)
    known["answer.hidden:表.xlsx [対話]"] = "leave"
    page = reply(organiser, page, known)
    launch(organiser, reply(organiser, page, {**known, "answer.answers": "GPT-4\n基本", "answer.provenance": "other"}))
    study = here.study("fromthepage")
    assert len(study.items) == 2
    assert study.systems[0].manifest["mapping"]["opened"] == {"sheet:表.xlsx": "対話", "hidden:表.xlsx [対話]": "leave"}


@pytest.mark.slow
@pytest.mark.parametrize("case", [case for case in cases() if case.outcome == "right"], ids=lambda case: case.name)
def test_every_file_that_people_have_becomes_a_study_on_the_page(onlooker: TestClient, case: Case) -> None:
    page, given = send(onlooker, (case.name, case.content)), {**FACTS, "answer.provenance": "published"}
    for _ in range(4):
        if "<legend>" not in page:
            break
        asked = {unescape(key) for key in re.findall(r'name="(answer\.[^"]+)"', page)} - {"answer.provenance"}
        given |= {key: case.answers[key.removeprefix("answer.")] for key in asked if key not in given}
        page = reply(onlooker, page, given)
    assert f"Items: {len(case.items)}; systems: 2" in page, re.findall("<li>(.*?)</li>", page)


def test_several_choices_of_one_question_go_together(organiser: TestClient) -> None:
    page = send(organiser, ("t.csv", WIDE.encode()))
    sent = [*FACTS.items(), ("token", token_of(page)), ("answer.provenance", "model")]
    sent += [("answer.answers", "GPT-4"), ("answer.answers", "ベースモデル")]
    body = b"".join(
        f'--x\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in sent
    )
    answer = organiser.post(
        "/admin/new", content=body + b"--x--\r\n", headers={"content-type": "multipart/form-data; boundary=x"}
    )
    assert "Items: 3; systems: 2" in answer.text


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_filled_template_asks_for_the_columns_and_the_source_alone(
    onlooker: TestClient, kind: str, language: str
) -> None:
    template = onlooker.get(f"/admin/template.{kind}?lang={language}")
    assert template.status_code == 200
    page = send(onlooker, (f"filled.{kind}", template.content))
    assert page.count("<fieldset>") == 2
    names = {"ja": "モデルA\nモデルB", "en": "model A\nmodel B"}[language]
    page = reply(onlooker, page, {**FACTS, "answer.answers": names, "answer.provenance": "unknown"})
    assert "Items: 2; systems: 2" in page


def test_no_path_of_this_machine_and_no_option_is_on_the_page(onlooker: TestClient) -> None:
    pages = [send(onlooker, ("t.csv", content)) for content in (WIDE.encode(), b"a,b\n1\n", b"", b"\xff\xfe\x00")]
    pages.append(reply(onlooker, pages[0], {**FACTS, "answer.answers": "x", "answer.provenance": "model"}))
    for page in pages:
        assert "/tmp/" not in page
        assert "studio-arrival" not in page
        assert "--" not in re.sub(r"<style>.*?</style>", "", page, flags=re.S)


@pytest.mark.parametrize(("change", "told"), [
    ({"contact": " "}, "contact: is empty"),
    ({"seats": "0"}, "seats: found"),
    ({"template": "other"}, "template: found"),
    ({"study_id": "a b"}, "study_id"),
])  # fmt: skip
def test_bad_fields_are_told(onlooker: TestClient, change: dict[str, str], told: str) -> None:
    assert told in onlooker.post("/admin/new", data={**FACTS, **change}, files={"none": b""}).text


def test_nobody_else_finds_it(here: Service, organiser: TestClient) -> None:
    here.create_study(study := w.study(items=2), w.plan(study))
    rater = TestClient(build(here, Settings()), follow_redirects=False)
    rater.get(f"/e/{here.invite('sleep')[0]}")
    viewer = TestClient(build(here, Settings()), follow_redirects=False)
    viewer.get(f"/o/{here.organiser_link('viewer')}")
    for somebody in (rater, viewer):
        assert somebody.get("/admin/new").status_code == 404
        assert somebody.post("/admin/new", data=FACTS, files={"none": b""}).status_code == 404
        assert somebody.post("/admin/launch", data={"token": "x"}).status_code == 404
    assert organiser.post("/admin/new", data=FACTS, headers={"origin": "https://evil.example"}).status_code == 403
    assert organiser.post("/admin/new", content=b"x", headers={"content-length": str(2**26)}).status_code == 413


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


def test_columns_that_nobody_chose_are_not_read(onlooker: TestClient, folder: Path) -> None:
    """An optional key of the first row, nested at that; and the index that pandas adds to a Parquet file."""
    page = sent_table(onlooker, folder, "r.jsonl", lines_of(folder, usage={"tokens": 5}).encode())
    assert "usage.tokens" in page
    assert "Items: 14; systems: 2" in reply(onlooker, page, CHOSEN)
    frame = pd.read_json(io.StringIO(lines_of(folder)), lines=True)
    frame["nested"] = [[n] for n in range(len(frame))]
    out = io.BytesIO()
    frame.iloc[::-1].to_parquet(out)  # its index goes into a column of its own
    page = sent_table(onlooker, folder, "r.parquet", out.getvalue())
    page = reply(onlooker, page, CHOSEN)
    assert "Items: 14; systems: 2" in page
    assert "text is a response of the system named in system" in page, "how it was read is said before the launch"


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
    onlooker: TestClient, folder: Path, old: str, new: str, words: str
) -> None:
    page = sent_table(onlooker, folder, "r.jsonl", lines_of(folder).replace(old, new).encode())
    faults = re.findall(r"<li>(r\.jsonl, row.*?)</li>", reply(onlooker, page, CHOSEN))
    assert len(faults) == 1, faults
    assert faults[0].startswith("r.jsonl, rows 1, 2, 3, 4, 5 and 9 more, column text: ")
    assert words in faults[0]


def test_responses_in_which_nothing_can_be_seen_are_none(onlooker: TestClient, folder: Path) -> None:
    rows = [json.loads(line) for line in lines_of(folder).splitlines()]
    for row in rows[:3]:
        row["text"] = "\u200b"
    page = sent_table(onlooker, folder, "r.jsonl", "".join(json.dumps(row) + "\n" for row in rows).encode())
    page = reply(onlooker, page, CHOSEN)
    assert "Items: 11; systems: 2" in page
    assert "3 responses of m1 are empty; their items are left out" in page


def test_names_that_are_no_ids_are_kept_beside_ids_that_are(here: Service, organiser: TestClient, folder: Path) -> None:
    lines = lines_of(folder).replace('"system": "m1"', '"system": "gpt-3.5-turbo:20230327"')
    launch(organiser, reply(organiser, sent_table(organiser, folder, "r.jsonl", lines.encode()), CHOSEN))
    systems = [(one.system_id, one.name) for one in here.study("fromthepage").systems]
    assert systems == [("gpt-3.5-turbo-20230327", "gpt-3.5-turbo:20230327"), ("m2", "m2")]


def test_a_table_cut_by_commas_is_refused_by_row(onlooker: TestClient, folder: Path) -> None:
    items = read_items(folder / "items.jsonl")
    rows = "".join(f"{item.item_id},{name},Thank you, I hear you.\n" for name in ("a", "b") for item in items)
    page = sent_table(onlooker, folder, "r.csv", f"item_id,system,text\n{rows}".encode())
    assert "r.csv, rows 2, 3, 4, 5, 6 and 23 more: found 4 cells; the header has 3" in page


def test_refused_uploads_leave_nothing_behind(
    onlooker: TestClient, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "staged").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "staged"))
    sent_table(onlooker, folder, "r.csv", b"item_id;text\n")
    sent_table(onlooker, folder, "r.xlsx", b"PK")
    onlooker.post("/admin/new", data={"lang": "en"}, files={"packed": ("mine.zip", b"no")})
    assert list((tmp_path / "staged").iterdir()) == []


def test_a_folder_packed_by_windows_in_japan(onlooker: TestClient, folder: Path) -> None:
    raw = packed(folder, {"mine/study.yaml": (folder / "study.yaml").read_bytes()})
    raw = raw.replace(b"mine/", "予備\\".encode("cp932"))
    page = onlooker.post("/admin/new", data={"lang": "en"}, files={"packed": ("mine.zip", raw)}).text
    assert "Items: 14; systems: 2" in page


def test_a_launched_upload_is_not_read_again(organiser: TestClient, folder: Path) -> None:
    first = sent_table(organiser, folder, "r.jsonl", lines_of(folder).encode())
    launch(organiser, reply(organiser, first, CHOSEN))
    again = reply(organiser, first, CHOSEN)
    assert "the files are no longer here; send them again" in again


def test_a_study_is_set_up_in_the_languages_it_names(organiser: TestClient, here: Service) -> None:
    page = organiser.post("/admin/new", data={**FACTS, "languages": "de, ar"}, files={"none": b""}).text
    assert 'name="consent.de"' in page
    assert 'name="consent.ar" lang="ar" dir="rtl"' in page
    assert 'name="consent.ja"' not in page
    refused = organiser.post("/admin/new", data={**FACTS, "languages": "de, tlh"}, files={"none": b""}).text
    assert "languages: found tlh; allowed for a new study: ja, en" in refused
    blank = organiser.post("/admin/new", data={**FACTS, "languages": " , "}, files={"none": b""}).text
    assert 'name="consent.ja"' in blank

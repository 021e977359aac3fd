"""Setting a study up on the page: three ways in, every mistake named, nothing stored before launch."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
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

__all__ = ["hub"]
FACTS = {"study_id": "fromthepage", "contact": "a@example.org", "seats": "4", "template": "quick", "lang": "en"}


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
    assert [row["study_id"] for row in here.studies()] == ["fromthepage"]
    assert here.audit("fromthepage")[-1]["actor"].startswith("organiser:")


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


def test_items_and_a_table_with_columns_chosen_on_the_page(here: Service, organiser: TestClient, folder: Path) -> None:
    items = (folder / "items.jsonl").read_bytes()
    ids = [item.item_id for item in read_items(folder / "items.jsonl")]
    rows = [
        {"nr": name, "who": f"m{k}", "said": f"<b>{k}</b>つらいですね{n}"} for k in (1, 2) for n, name in enumerate(ids)
    ]
    table = pd.DataFrame(rows).to_csv(index=False).encode()
    files = {"items": ("items.jsonl", items), "responses": ("answers.CSV", table)}
    page = organiser.post("/admin/new", data={"lang": "en"}, files=files).text
    assert "<option>nr</option>" in page
    assert "&lt;b&gt;1&lt;/b&gt;" in page  # the preview shows text as text
    chosen = {**FACTS, "token": token_of(page), "item": "nr", "text": "nr", "system_column": "who", "system": ""}
    wrong = organiser.post("/admin/new", data=chosen, files={"none": b""}).text
    assert "is named for two purposes" in wrong
    page = organiser.post("/admin/new", data={**chosen, "text": "said"}, files={"none": b""}).text
    assert "28" in page or "Items: 14;" in page
    launch(organiser, page)
    assert {one.system_id for one in here.study("fromthepage").systems} == {"m1", "m2"}


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
        files = {"items": ("items.jsonl", items)}
        page = client.post(
            "/admin/new", data={"lang": "en", "hub": "tester/answers/made/answers.csv"}, files=files
        ).text
        chosen = {**FACTS, "token": token_of(page), "item": "item_id", "text": "text", "system_column": "system"}
        launch(client, client.post("/admin/new", data=chosen, files={"none": b""}).text)
        lost = client.post("/admin/new", data={"lang": "en", "hub": "tester/none/x.csv"}, files=files).text
    assert {one.system_id for one in here.study("fromthepage").systems} == {"m1", "m2"}
    assert 'role="alert"' in lost


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


def sent_table(organiser: TestClient, folder: Path, name: str, content: bytes) -> str:
    files = {"items": ("items.jsonl", (folder / "items.jsonl").read_bytes()), "responses": (name, content)}
    return str(organiser.post("/admin/new", data={"lang": "en"}, files=files).text)


def lines_of(folder: Path, **more: object) -> str:
    """Responses of two systems to every item as JSON Lines; `more` stands in the first line alone."""
    rows: list[dict[str, object]] = [
        {"item_id": item.item_id, "system": f"m{k}", "text": f"つらいですね{k}{item.item_id}"}
        for k in (1, 2)
        for item in read_items(folder / "items.jsonl")
    ]
    rows[0] |= more
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


CHOSEN = {**FACTS, "item": "item_id", "text": "text", "system_column": "system"}


def test_columns_that_nobody_chose_are_not_read(onlooker: TestClient, folder: Path) -> None:
    """An optional key of the first row, nested at that; and the index that pandas adds to a Parquet file."""
    page = sent_table(onlooker, folder, "r.jsonl", lines_of(folder, usage={"tokens": 5}).encode())
    assert "[an object with the keys tokens]" in page
    page = onlooker.post("/admin/new", data={**CHOSEN, "token": token_of(page)}, files={"none": b""}).text
    assert "Items: 14; systems: 2" in page
    frame = pd.read_json(io.StringIO(lines_of(folder)), lines=True)
    frame["nested"] = [[n] for n in range(len(frame))]
    out = io.BytesIO()
    frame.iloc[::-1].to_parquet(out)  # its index goes into a column of its own
    page = sent_table(onlooker, folder, "r.parquet", out.getvalue())
    assert "[values of type list" in page
    page = onlooker.post("/admin/new", data={**CHOSEN, "token": token_of(page)}, files={"none": b""}).text
    assert "Items: 14; systems: 2" in page
    assert re.search("column system: .*m2.* 14, .*m1.* 14", page), "how it was read is said before the launch"


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
        ('"text": "つらいですね1', '"text": "\u200b", "was": "', "in which nothing can be seen; a text is needed"),
        ('"system": "m1"', '"system": "gpt-3.5-turbo:20230327"', "allowed: 1 to 80 letters, digits"),
    ],
)
def test_what_is_no_response_is_refused_once_with_its_rows(
    onlooker: TestClient, folder: Path, old: str, new: str, words: str
) -> None:
    page = sent_table(onlooker, folder, "r.jsonl", lines_of(folder).replace(old, new).encode())
    page = onlooker.post("/admin/new", data={**CHOSEN, "token": token_of(page)}, files={"none": b""}).text
    faults = re.findall(r"<li>(responses\.jsonl.*?)</li>", page)
    assert len(faults) == 1, faults
    assert faults[0].startswith("responses.jsonl, rows 1, 2, 3, 4, 5 and 9 more, column ")
    assert words in faults[0]


def test_a_table_cut_by_commas_is_refused_by_row(onlooker: TestClient, folder: Path) -> None:
    items = read_items(folder / "items.jsonl")
    rows = "".join(f"{item.item_id},{name},Thank you, I hear you.\n" for name in ("a", "b") for item in items)
    page = sent_table(onlooker, folder, "r.csv", f"item_id,system,text\n{rows}".encode())
    assert "responses.csv, rows 2, 3, 4, 5, 6 and 23 more: found 4 cells; the header has 3" in page


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
    review = organiser.post("/admin/new", data={**CHOSEN, "token": token_of(first)}, files={"none": b""}).text
    launch(organiser, review)
    again = organiser.post("/admin/new", data={**CHOSEN, "token": token_of(first)}, files={"none": b""})
    assert again.status_code == 200
    assert "upload: is no longer here; send it again" in again.text


def test_a_study_is_set_up_in_the_languages_it_names(organiser: TestClient, here: Service) -> None:
    page = organiser.post("/admin/new", data={**FACTS, "languages": "de, ar"}, files={"none": b""}).text
    assert 'name="consent.de"' in page
    assert 'name="consent.ar" lang="ar" dir="rtl"' in page
    assert 'name="consent.ja"' not in page
    refused = organiser.post("/admin/new", data={**FACTS, "languages": "de, tlh"}, files={"none": b""}).text
    assert "languages: found tlh; allowed for a new study: ja, en" in refused
    blank = organiser.post("/admin/new", data={**FACTS, "languages": " , "}, files={"none": b""}).text
    assert 'name="consent.ja"' in blank

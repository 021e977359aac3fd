"""The organiser's whole way by the guide: once by commands alone, once on the pages alone; raters are simulated."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from studio.__main__ import main
from studio.demo.simulated_raters import answers, work
from studio.service import Service
from studio.settings import Settings, sqlite_url
from studio.store.database import Store
from tests.browser.combinations import long
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.serving import running
from tests.browser.test_admin import press
from tests.browser.test_looks import axe
from tests.hub_fixture import hub
from tests.hub_state import WRITER, Hub
from tests.sixty_files import as_csv

__all__ = ["hub"]
pytestmark = pytest.mark.browser
DATA = ("datasets", "tester/judgments")
ROWS = [
    ["番号", "相談内容", "GPT-4", "ベースモデル"],
    *(
        [
            str(n),
            f"相談者：もう{n}日、眠れません。\nカウンセラー：つらいですね。\n相談者：はい。",
            f"{n}日もですか。",
            f"{n}日ですね。",
        ]
        for n in range(1, 9)
    ),
]


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", WRITER)
    monkeypatch.delenv("HF_ENDPOINT", raising=False)


def judged(service: Service, study_id: str, links: list[str]) -> None:
    """Simulated raters open these links and work to the end."""
    study = service.study(study_id)
    given = answers(study)
    for link in links:
        work(service, service.join(link.rsplit("/e/", 1)[1])[0], study, given)


def test_by_commands_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hub: Hub, capsys: pytest.CaptureFixture[str]
) -> None:
    """docs/organiser-guide.en.md, section by section; results' commands run as its reader runs them."""
    from results.__main__ import main as results

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STUDIO_DATABASE_URL", sqlite_url(tmp_path / "studio.sqlite"))

    def run(command: str) -> str:
        room, *words = command.split()
        assert (main if room == "studio" else results)(words) == 0, command
        return capsys.readouterr().out

    run("studio new mystudy --template quick --seats 3 --contact you@example.org")
    assert "No certain leak" in run("studio check mystudy")
    assert "3 raters" in run("studio plan mystudy")
    run("studio pilot mystudy --items 4 --out trial")
    run("studio ethics mystudy --out papers")
    registration = run("studio preregister mystudy --out registration.md")
    service = Service(Store(sqlite_url(tmp_path / "studio.sqlite")))
    bring(service, tmp_path / "mystudy", tmp_path / "trial")
    judged(service, "mystudy-pilot", run("studio invite mystudy-pilot --n 2").split())
    assert "as timed in the pilot" in run("studio plan mystudy --timed mystudy-pilot")
    (tmp_path / "people.csv").write_text("name,mail\nHana,hana@example.org\nKen,ken@example.org\nMei,\n", "utf-8")
    run("studio letters mystudy people.csv --out letters")
    links = sorted(set(re.findall(r"http\S+/e/[\w-]+", " ".join(p.read_text("utf-8") for p in letters(tmp_path)))))
    assert len(links) == 3
    judged(service, "mystudy", links)
    assert len(run("studio progress mystudy").splitlines()) == 4
    assert "R001" in run("studio payment mystudy")
    sha = re.search(r"[0-9a-f]{64}", registration)
    assert sha is not None
    assert sha[0] in run("studio registration mystudy")
    run("studio close mystudy")
    run("studio export mystudy --out export")
    run("results report export --out report --lang en --resamples 500")
    report = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "written-questioning" in report or "responses that ask" in report
    run("results pairs export mystudy --out pairs.jsonl --raters-agreed")
    assert json.loads((tmp_path / "pairs.jsonl").read_text(encoding="utf-8").splitlines()[0])["chosen"]
    run(f"studio publish export --to {DATA[1]} --license cc-by-4.0 --dry-run")
    assert DATA not in hub.repos
    run(f"studio publish export --to {DATA[1]} --license cc-by-4.0 --yes --hub-endpoint {hub.url}")
    assert hub.repos[DATA].private is True
    assert "judgments.csv" in hub.files(*DATA)
    run("studio verify")


def bring(service: Service, *folders: Path) -> None:
    """What `serve` does with the folders it is given."""
    from studio.web.serving import bring_in
    from tasks.study.load import load_study

    for folder in folders:
        bring_in(service, load_study(folder))


def letters(folder: Path) -> list[Path]:
    """The mail texts."""
    return [path for path in (folder / "letters").rglob("*") if path.suffix in (".txt", ".csv", ".md")]


@pytest.mark.parametrize(("language", "screen"), [("ja", DESKTOP), long("en", PHONE)])
def test_on_the_pages_alone(browser: Any, tmp_path: Path, hub: Hub, language: str, screen: dict[str, Any]) -> None:
    ja = language == "ja"
    service = Service(Store(sqlite_url(tmp_path / "studio.sqlite")))
    with running(service, Settings(hub_endpoint=hub.url)) as studio:
        context = browser.new_context(locale="ja-JP" if ja else "en-US", **screen)
        page = context.new_page()
        page.goto(f"{studio.url}/o/{service.organiser_link()}")  # what `serve --new` prints
        if not ja:  # a phone keeps the way to other pages behind a button
            page.locator("[data-side]").click()
        page.locator("#side").get_by_role("link", name="新しい調査" if ja else "A new study").click()
        new = page
        new.wait_for_selector("[data-page=new]")
        sheet: Any = {"name": "相談.csv", "mimeType": "text/csv", "buffer": as_csv(ROWS, "cp932")}
        new.locator("input[type=file]").set_input_files(sheet)
        new.locator("[name='answer.provenance'][value=roleplay]").check()
        forward(new, "file")
        forward(new, "questions")
        new.wait_for_selector("[data-page=texts]")
        new.locator("[name=contact]").fill("you@example.org")
        new.locator("label:has([name=use][value=training])").click()  # else no preferences are given at the end
        forward(new, "texts")
        new.wait_for_selector("[data-page=plan]")
        for name, value in {"study_id": "tour", "seats": "3"}.items():
            new.locator(f"[name={name}]").fill(value)
        forward(new, "plan")
        new.get_by_text("検出力（符号検定" if ja else "Power (exact").first.wait_for()
        assert axe(new, "review", ".desk") == []
        forward(new, "launch")
        new.wait_for_selector("[data-page=people]")
        invite(new, ja)
        links = re.findall(r"http\S+/e/[\w-]+", new.inner_text("body"))
        assert len(set(links)) == 3
        judged(service, "tour", sorted(set(links)))
        press(new, "結果" if ja else "Results")
        for act in ("close", "unseal"):
            new.locator(f"#page [data-open=sure-{act}]").click()
            new.locator(f"dialog[open] form[data-do={act}] button.primary").click()
        new.get_by_role("link", name="データセットとして公開する" if ja else "Publish as a data set").wait_for()
        made = (
            "report/tour.zip",
            "export/tour.zip",
            "pairs/tour.jsonl",
            "votes/tour.xlsx",
            f"report/tour.{language}.html",
        )
        for kind in made:
            assert new.request.get(f"{studio.url}/admin/{kind}").status == 200, kind
        with new.expect_popup() as published:
            new.get_by_role("link", name="データセットとして公開する" if ja else "Publish as a data set").click()
        publish(published.value, hub)
        page.goto(f"{studio.url}/admin/")
        page.wait_for_selector("#desk-root[data-ready]")
        page.locator("#studies tbody summary").click()
        page.locator("details.menu[open] [data-open^=sure-duplicate]").click()
        page.locator("dialog[open] form[data-do=duplicate] .primary").click()
        page.wait_for_selector("[data-page=texts]")
        assert [line.study_id for line in service.drafts()] == ["study-1"]
        context.close()


def forward(page: Any, step: str) -> None:
    """Leave a step of the set-up by its button."""
    page.wait_for_selector(f"[data-page={step}]")
    if step == "launch":
        page.locator("[name=despite]").check()
    page.locator(".step-foot .primary").click()


def invite(page: Any, ja: bool) -> None:
    """Three links, made on the page of people, to which a launch leads."""
    page.get_by_role("spinbutton", name="人数" if ja else "How many raters").fill("3")
    page.get_by_role("button", name="リンクを作る" if ja else "Make links").click()
    page.locator(".made code").nth(2).wait_for()


def publish(page: Any, hub: Hub) -> None:
    """The data set, shown first, then sent."""
    page.locator("[name=to]").fill(DATA[1])
    assert axe(page, "publish", ".desk") == []
    page.locator("form button").click()
    page.locator("pre.checked").wait_for()
    assert DATA not in hub.repos
    assert axe(page, "what is published", ".desk") == []
    page.locator("form button").click()
    page.get_by_role("link", name=DATA[1]).wait_for()
    assert hub.repos[DATA].private is True

"""Pictures of the real pages for docs/images/: every step, both languages, desktop and phone, light and dark.

python -m tests.browser.screenshots [--out docs/images]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.browser.find import FLAGS, path

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.serving import Studio

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
DESKTOP = {"viewport": {"width": 1440, "height": 900}}
AGENT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140 Mobile Safari/537.36"

Shoot = Callable[[str], None]


@contextmanager
def rater(browser: Browser, studio: Studio, study_id: str, language: str, phone: bool, theme: str) -> Iterator[Any]:
    """A new rater's page in one language, size and theme."""
    options: dict[str, Any] = {**PHONE, "user_agent": AGENT} if phone else DESKTOP
    context = browser.new_context(locale="ja-JP", color_scheme=theme, **options)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(studio.link(study_id))
    page.wait_for_selector("#rating #studio", state="attached")
    page.wait_for_load_state("networkidle")
    if language == "en":
        page.click("#other-language")
    yield page
    context.close()


def shown(page: Any, name: str) -> None:
    """Wait for one part of the page."""
    page.wait_for_function("name => document.getElementById('studio').dataset.view === name", arg=name)


def judge(page: Any, keys: str) -> None:
    """Answer with keys and save."""
    shown(page, "pair")
    for key in keys:
        page.keyboard.press(key)
    page.click("#save")
    page.wait_for_function("/saved\\.(done|revised)/.test(document.getElementById('studio').dataset.saving)")


def until_long(page: Any) -> None:
    """Go on to the long dialogue."""
    while page.evaluate("document.getElementById('text-first').textContent.length") < 120:
        judge(page, "12233")


def walk(page: Any, shoot: Shoot) -> None:
    """Every step of a study, from consent to thanks."""
    shoot("consent")
    page.check("#agree")
    page.click("#consent-form .primary")
    shown(page, "profile")
    shoot("profile")
    page.click("#profile-form .primary")
    judge(page, "22233")
    shown(page, "feedback")
    shoot("practice")
    page.click("[data-shown=feedback] .primary")
    for number in range(4):
        judge(page, "12233")
        if number == 1:
            shown(page, "pause")
            shoot("pause")
            page.click("[data-shown=pause] .primary")
    shown(page, "blinding")
    shoot("last-question")
    page.click("[data-shown=blinding] .primary")
    shown(page, "pair")
    page.keyboard.press("1")
    shoot("blinding")
    judge(page, "1")
    judge(page, "1")
    shown(page, "end")
    shoot("end")


def panels(page: Any, shoot: Shoot) -> None:
    """The panels over a pair with answers."""
    judge(page, "42312")
    until_long(page)
    for name in ("guide", "answers", "menu", "leaving", "keys", "device", "withdrawing"):
        page.evaluate("name => document.querySelector(`[data-do=${name}]`).click()", name)
        page.wait_for_selector(f"#{name}[open]")
        page.wait_for_load_state("networkidle")
        shoot(name)
        page.keyboard.press("Escape")
        page.wait_for_selector(f"#{name}", state="hidden")


def save(page: Any, file: Path) -> None:
    """A picture in 128 colours: enough for these pages, and a third of the bytes."""
    from PIL import Image

    shot = Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    shot.quantize(128, dither=Image.Dither.NONE).save(file, optimize=True)


def take(browser: Browser, studio: Studio, out: Path) -> int:
    """Write every picture; returns how many."""
    written: list[Path] = []
    for language in ("ja", "en"):
        for size in ("desktop", "phone"):
            _take(browser, studio, language, size, out, written)
    return len(written)


def _take(browser: Browser, studio: Studio, language: str, size: str, out: Path, written: list[Path]) -> None:
    phone = size == "phone"

    def into(prefix: str, page: Any) -> Shoot:
        def shoot(name: str) -> None:
            file = out / f"{prefix}{name}-{language}-{size}.png"
            save(page, file)
            written.append(file)

        return shoot

    for theme in ("light", "dark"):
        with rater(browser, studio, "plain", language, phone, theme) as page:
            until_long(page)
            for key in "42":
                page.keyboard.press(key)
            tone = "" if theme == "light" else "-dark"
            file = out / f"rating-{language}-{size}{tone}.png"
            page.evaluate("scrollTo(0, 0)")
            save(page, file)
            written.append(file)
    with rater(browser, studio, "full", language, phone, "light") as page:
        into("", page)("full")
    with rater(browser, studio, "whole", language, phone, "light") as page:
        walk(page, into("step-", page))
    with rater(browser, studio, "plain", language, phone, "light") as page:
        panels(page, into("panel-", page))


def desk(browser: Browser, studio: Studio, out: Path) -> int:
    """The organiser's tabs while two raters are at work (simulated); how many pictures."""
    from tests.browser.test_admin import TABS, judge, pictures

    for rater in range(2):
        judge(studio.service, rater)
    pictures(browser, studio, out)
    return sum(len(names) for names in TABS.values()) * 2


def sheet() -> bytes:
    """The demo's dialogues and responses as somebody would have them in Excel."""
    from tasks.study.load import load_study
    from tests.sixty_files import as_xlsx

    study = load_study(Path(__file__).parents[2] / "tasks" / "demo")
    marks = {"client": "相談者：", "counselor": "カウンセラー："}
    texts = {(one.item_id, one.system_id): one.text for one in study.responses}
    systems = [system.system_id for system in study.systems]
    rows = [
        [
            str(n),
            "\n".join(marks[turn.role] + turn.text for turn in item.turns),
            *(texts[item.item_id, s] for s in systems),
        ]
        for n, item in enumerate(study.items, start=1)
    ]
    return as_xlsx({"相談": [["番号", "相談内容", "追加学習モデル", "ベースモデル"], *rows]})


def set_up(browser: Browser, studio: Studio, out: Path) -> int:
    """The list of studies and the five steps of a new one, from an Excel file; how many pictures."""
    file: Any = {"name": "相談.xlsx", "mimeType": "application/octet-stream", "buffer": sheet()}
    for language in ("ja", "en"):
        for size in ("desktop", "phone"):
            options: dict[str, Any] = {**PHONE, "user_agent": AGENT} if size == "phone" else DESKTOP
            context = browser.new_context(locale={"ja": "ja-JP", "en": "en-US"}[language], **options)
            page = context.new_page()
            page.goto(f"{studio.url}/o/{studio.service.organiser_link()}")
            page.wait_for_selector("#desk-root[data-ready]")
            save(page, out / f"desk-0-home-{language}-{size}.png")
            page.goto(f"{studio.url}/admin/new")
            page.locator("input[type=file]").first.set_input_files(file)
            for number, step in enumerate(("file", "questions", "texts", "plan", "launch"), start=1):
                page.wait_for_selector(f"[data-page={step}]")
                if step == "file":
                    page.locator("[name='answer.provenance'][value=roleplay]").check()
                if step == "texts":
                    page.locator("[name=contact]").fill("you@example.org")
                page.evaluate("scrollTo(0, 0)")
                page.wait_for_timeout(800)
                save(page, out / f"desk-{number}-{step}-{language}-{size}.png")
                if step != "launch":
                    page.locator(".step-foot .primary").click()
            context.close()
            for draft in studio.service.drafts():
                studio.service.drop_draft(draft.draft_id)
    return 24


def demo(browser: Browser, folder: Path, out: Path) -> int:
    """The public demo (raters simulated): landing screen, what is told in the end, results; how many pictures."""
    from studio.demo import visits
    from studio.service import Service
    from studio.settings import Settings, sqlite_url
    from studio.store.database import Store
    from tasks.study.load import load_study
    from tests.browser.serving import running

    service = Service(Store(sqlite_url(folder / "demo.sqlite")), demonstration=True)
    opened = visits.open_to_all(service, load_study(Path(__file__).parents[2] / "tasks" / "demo"))
    with running(service, Settings(), opened) as studio:
        for language in ("ja", "en"):
            for size in ("desktop", "phone"):
                options: dict[str, Any] = {**PHONE, "user_agent": AGENT} if size == "phone" else DESKTOP
                context = browser.new_context(locale="ja-JP", **options)
                page = context.new_page()
                page.goto(studio.url)
                page.wait_for_selector("main[role=presentation] #studio", state="attached")
                if language == "en":
                    page.click("#other-language")
                save(page, out / f"demo-first-{language}-{size}.png")
                for number in range(3):
                    for key in "12233":
                        page.keyboard.press(key)
                    page.keyboard.press("Enter")
                    page.wait_for_function(
                        "n => document.getElementById('count').textContent !== n", arg=f"{number} / 3"
                    )
                shown(page, "reveal")
                save(page, out / f"demo-told-{language}-{size}.png")
                page.goto(f"{studio.url}/admin/s/demo/results?lang={language}")
                page.wait_for_selector("#page .figure")
                save(page, out / f"results-{language}-{size}.png")
                context.close()
    return 12


def main() -> int:
    """Take the pictures; needs Chromium and a Japanese font (python -m tests.browser.find)."""
    parser = argparse.ArgumentParser(description="Pictures of the real pages, for the documentation.")
    parser.add_argument("--out", type=Path, default=IMAGES, help="folder (docs/images)")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    from playwright.sync_api import sync_playwright

    from tests.browser.serving import serving
    from tests.browser.studies import study

    studies = (
        study(40, study_id="plain", seats=12),
        study(4, whole=True, translated=True, portion=2, blinding=2, study_id="whole", seats=8),
        study(6, "full", study_id="full", seats=8),
    )
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=path(), args=list(FLAGS))
        with serving(Path(folder), *studies) as studio:
            count = take(browser, studio, out)
        with serving(Path(folder) / "desk", study(6, study_id="desk", seats=3)) as studio:
            count += desk(browser, studio, out) + set_up(browser, studio, out)
        count += demo(browser, Path(folder), out)
        browser.close()
    print(f"{count} pictures in {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

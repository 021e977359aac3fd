"""The rating page in a real browser, cold: bytes, requests, time until the first pair can be answered, taps per pair.

    python benchmarks/first_pair.py                                  needs Chromium (python -m tests.browser.find)
    python benchmarks/first_pair.py --potato /path/to/venv/bin/potato      (pip install potato-annotation==2.12.1 there)

The same made-up items (contexts of about 1,200 characters) in both, each load in a new browser context, the two systems
in turn, median of `--rounds`. Ready: for the studio, its own mark once a choice and Save are listened to; for Potato, a
choice is there, enabled, and the document's own scripts have run (the load event). Own code: the studio's scripts and
styles as sent, beside Gradio's.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import potato  # noqa: E402
from benchmarks.studio_load import made_plan, made_study  # noqa: E402
from studio.service import Service  # noqa: E402
from studio.settings import Settings, sqlite_url  # noqa: E402
from studio.store.database import Store  # noqa: E402
from tests.browser.conftest import DESKTOP, PHONE  # noqa: E402
from tests.browser.find import FLAGS, path  # noqa: E402
from tests.browser.serving import running  # noqa: E402

SIZES: dict[str, dict[str, Any]] = {"desktop": DESKTOP, "phone": PHONE}
WEIGHT = """() => {
  const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  const sum = (some) => some.reduce((total, one) => total + one.transferSize, 0);
  const own = all.filter((one) => one.name.includes('/static/rating/'));
  return { bytes: sum(all), requests: all.length, own: sum(own) } }"""
LOADED = "() => performance.getEntriesByType('navigation')[0].loadEventEnd / 1000"


def studio_load(browser: Any, link: str, screen: dict[str, Any]) -> dict[str, float]:
    """One cold load of the studio's page by a rater's session."""
    context = browser.new_context(locale="ja-JP", **screen)
    page = context.new_page()
    page.goto(link)  # the link itself: cookie and redirect are part of it
    page.wait_for_selector("#studio[data-ready]", state="attached")
    seconds = page.evaluate("performance.getEntriesByName('ready')[0].startTime / 1000")
    page.wait_for_load_state("networkidle")
    found: dict[str, float] = page.evaluate(WEIGHT) | {"seconds": seconds, "taps": taps(page)}
    context.close()
    return found


def taps(page: Any) -> int:
    """Presses from an untouched pair to the next one: one per row, and Save."""
    before = page.text_content("#count")
    rows = page.locator(".points:visible")
    count = rows.count()
    for number in range(count):
        rows.nth(number).locator(".point").first.click()
    page.click("#save")
    page.wait_for_function("before => document.getElementById('count').textContent !== before", arg=before)
    return int(count) + 1


def potato_load(browser: Any, person: potato.Annotator, screen: dict[str, Any]) -> dict[str, float]:
    """One cold load of Potato's page by a signed-in annotator."""
    context = browser.new_context(locale="ja-JP", **screen)
    name, value = person._cookie.split("=", 1)
    context.add_cookies([{"name": name, "value": value, "url": f"http://127.0.0.1:{person.port}"}])
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{person.port}/annotate")
    page.wait_for_selector("input[type=radio]", state="attached")
    page.wait_for_function("performance.getEntriesByType('navigation')[0].loadEventEnd > 0")
    seconds = page.evaluate(LOADED)
    with contextlib.suppress(Exception):  # its page asks again and again
        page.wait_for_load_state("networkidle", timeout=5000)
    found: dict[str, float] = page.evaluate(WEIGHT) | {"seconds": seconds}
    context.close()
    return found


def rounds(count: int, program: Path | None) -> dict[str, list[dict[str, float]]]:
    """Loads by system and size."""
    from playwright.sync_api import sync_playwright

    found: dict[str, list[dict[str, float]]] = {}
    with tempfile.TemporaryDirectory(prefix="studio-page-") as name, contextlib.ExitStack() as open_:
        folder = Path(name)
        service = Service(Store(sqlite_url(folder / "studio.sqlite")))
        study = made_study(30)
        service.create_study(study, made_plan(study, 2 * count))
        studio = open_.enter_context(running(service, Settings()))
        people = open_.enter_context(potato.serving(program, folder, 1)) if program else []
        browser = open_.enter_context(sync_playwright()).chromium.launch(executable_path=path(), args=list(FLAGS))
        for _ in range(count):
            for size, screen in SIZES.items():
                found.setdefault(f"studio {size}", []).append(studio_load(browser, studio.link(study.study_id), screen))
                for person in people:
                    found.setdefault(f"potato {size}", []).append(potato_load(browser, person, screen))
                time.sleep(0.2)
        browser.close()
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--potato", type=Path, metavar="PROGRAM")
    options = parser.parse_args()
    for name, loads in rounds(options.rounds, options.potato).items():
        print(name, json.dumps({key: round(statistics.median(one[key] for one in loads), 3) for key in loads[0]}))
    return 0


if __name__ == "__main__":
    sys.exit(main())

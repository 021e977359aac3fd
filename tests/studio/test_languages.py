"""In which language a page opens: the browser's, then the person's own choice, which the server keeps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from studio.service import Service
from studio.service.view import consent_version
from studio.settings import Settings
from studio.web.app import build
from tasks.languages.tags import best_match
from tasks.schema import Words
from tasks.study.load import load_study
from tests import studio_world as w
from tests.studio.test_app import state_of
from tests.studio.test_who_speaks import call, come_in


@pytest.mark.parametrize(
    ("folder", "version"), [("tasks/demo", "07ef00d3f28c1cd6"), ("tests/studies_data/tiny", "c1f7a3d6bc48e989")]
)
def test_what_raters_agreed_to_before_there_were_other_languages_still_holds(folder: str, version: str) -> None:
    """Versions taken with the program of before."""
    assert consent_version(load_study(Path(folder))) == version


@given(st.permutations(["de", "ar", "en"]))
def test_the_version_of_a_consent_is_of_every_language_in_whatever_order(order: list[str]) -> None:
    texts = {"de": "Ich nehme teil.", "ar": "أشارك.", "en": "I take part."}
    version = consent_version(w.study(consent=Words({tag: texts[tag] for tag in order})))
    assert version == consent_version(w.study(consent=Words(texts)))
    for tag in order:
        assert version != consent_version(w.study(consent=Words(texts | {tag: "…"})))


HEADERS = {
    "": "ja",
    "en": "en",
    "en-GB,en;q=0.9": "en",
    "ja,en;q=0.8": "ja",
    "en;q=0.3, ja;q=0.7": "ja",
    "de-DE, en;q=0.5": "en",
    "de-DE": "ja",
    "*": "ja",
    "en;q=0": "ja",
    "en;q=x": "ja",
    "en;level=1, ja;q=0.1": "ja",
    "EN-us": "en",
    ",,;q=,en": "en",
}


@pytest.mark.parametrize(("header", "language"), HEADERS.items())
def test_the_browsers_languages_in_its_own_order(header: str, language: str) -> None:
    assert best_match(header, ("ja", "en")) == language


def test_a_study_of_one_language_is_shown_in_it() -> None:
    assert best_match("en", ("ja",)) == "ja"


@given(st.text(max_size=300))
def test_any_header_gives_a_language_that_is_offered(header: str) -> None:
    assert best_match(header, ("ja", "en")) in ("ja", "en")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Service:
    service = w.service(tmp_path_factory.mktemp("languages"))
    one = w.study(items=2, study_id="main", paperwork=True)
    service.create_study(one, w.plan(one, 8))
    return service


@pytest.fixture
def browser(here: Service) -> Iterator[TestClient]:
    with TestClient(build(here, Settings()), follow_redirects=False) as client:
        yield client


def opened_in(browser: TestClient, address: str, header: str) -> str:
    text = browser.get(address, headers={"accept-language": header}).text
    return "en" if '<html\n\tlang="en"' in text else "ja"


def test_the_consent_page_opens_in_the_browsers_language_then_in_the_chosen_one(
    browser: TestClient, here: Service
) -> None:
    address = come_in(browser, here, "main")
    assert opened_in(browser, address, "en-GB") == "en"
    assert opened_in(browser, address, "ja") == "ja"
    assert call(browser, address, {"do": "language", "language": "en"})["state"]["rater"]["language"] == "en"
    assert opened_in(browser, address, "ja") == "en", "kept by the server, for every device"
    assert call(browser, address, {"do": "language", "language": "ja"})["saved"] is True
    assert opened_in(browser, address, "en") == "ja"
    assert state_of(browser.get(address).text)["rater"]["language"] == "ja"


@pytest.mark.parametrize("language", ["de", "", None, 3, ["en"]])
def test_a_language_that_is_not_offered_is_refused(tmp_path: Path, language: Any) -> None:
    here, (token,) = w.world(tmp_path, items=1, seats=1)
    assert here.dispatch(token, {"do": "language", "language": language})["error"]["code"] == "invalid"


def test_a_study_of_one_language_keeps_no_other_choice(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=1, seats=1, languages=("ja",))
    assert here.dispatch(token, {"do": "language", "language": "en"})["error"]["code"] == "invalid"


def test_the_choice_goes_with_the_person(tmp_path: Path) -> None:
    here, (token,) = w.world(tmp_path, items=1, seats=1)
    here.dispatch(token, {"do": "language", "language": "en"})
    assert here.dispatch(token, {"do": "state"})["rater"]["language"] == "en"
    assert here.dispatch(token, {"do": "withdraw"})["state"]["rater"]["language"] is None
    assert here.verify()[1] == []

"""In which language a page opens: the browser's, then the person's own choice, which the server keeps."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from studio.documents.invitations import Invitation, letter
from studio.service import Service
from studio.service.refusals import Refusal, detail
from studio.service.view import consent_version
from studio.store import datamap
from studio.web.apology import CODES, written
from tasks.languages import catalogue
from tasks.languages.catalogue import languages
from tasks.languages.tags import best_match, direction
from tasks.schema import Criterion, Point, Study, Words
from tasks.study.load import load_study
from tests import studio_world as w
from tests.studio.test_app import state_of
from tests.studio.test_who_speaks import call, come_in
from tests.studio.whole_studio import opened

pytestmark = pytest.mark.slow


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
    with opened(here) as client:
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


# --- any language -------------------------------------------------------------------------------------------------


def told(name: str, *languages: str) -> Words:
    return Words({tag: f"{name} ({tag})" for tag in languages})


def in_languages(*languages: str, **more: Any) -> Study:
    """The small study with its texts in some languages, and with a criterion of its own."""
    point = Criterion(
        criterion_id="fit", of="response", kind="scale", label=told("fit", *languages), level="ordinal",
        points=tuple(Point(value=n, words=told(f"point {n}", *languages)) for n in range(2)),
    )  # fmt: skip
    texts = {name: told(name, *languages) for name in ("title", "guidelines", "provenance", "consent")}
    return w.study(items=2, languages=languages, criteria=(point,), **{**texts, **more})


def served(tmp_path: Path, study: Study, header: str, address: str = "") -> str:
    """The rating page of a new rater."""
    here = w.service(tmp_path)
    here.create_study(study, w.plan(study, 2))
    with opened(here) as client:
        at = address or f"/e/{here.invite(study.study_id)[0]}"
        headers = {"accept-language": header, "accept": "text/html"}
        return client.get(at, headers=headers, follow_redirects=True).text


def test_a_study_of_one_language_is_sent_in_it_alone(tmp_path: Path) -> None:
    page = served(tmp_path, in_languages("de"), "ja,en;q=0.5")
    assert '<html\n\tlang="de" dir="ltr"' in page
    assert "Bevor Sie beginnen" in page
    assert 'data-do="language"' not in page
    state = state_of(page)
    assert state["study"]["title"] == {"de": "title (de)"}
    assert state["study"]["criteria"][0]["points"][0]["words"] == {"de": "point 0 (de)"}
    assert "はじめに" not in page, "no other language is sent"


@pytest.mark.parametrize(("header", "language"), [("ar-EG, en;q=0.5", "ar"), ("en", "en"), ("fr", "ar"), ("", "ar")])
def test_the_page_runs_from_the_side_of_its_language(tmp_path: Path, header: str, language: str) -> None:
    page = served(tmp_path, in_languages("ar", "en"), header)
    assert f'<html\n\tlang="{language}" dir="{direction(language)}"' in page
    assert f'<div id="studio" class="studio" lang="{language}" dir="{direction(language)}"' in page


def test_a_language_without_words_of_the_page_has_its_texts_and_buttons_in_english(tmp_path: Path) -> None:
    study = in_languages("pt")
    page = served(tmp_path, study, "pt-BR")
    assert '<html\n\tlang="pt" dir="ltr"' in page
    assert "title (pt)" in page
    assert "Save and continue" in page


@pytest.mark.parametrize("both", [True, False])
def test_a_response_is_translated_only_where_the_other_is_too(tmp_path: Path, both: bool) -> None:
    made, here = in_languages("ar", "en", "de", consent=None), w.service(tmp_path)
    given = [Words(en="e1", fr="f1", de="d1"), Words(en="e2", fr="f2") if both else None]
    translations = dict(zip(w.NAMES, given, strict=True))
    pair = [r.model_copy(update={"translation": translations[r.system_id]}) for r in made.responses]
    here.create_study(made.model_copy(update={"responses": tuple(pair)}), w.plan(made, 1))
    token = here.join(here.invite(made.study_id)[0])[0]
    for shown in here.dispatch(token, {"do": "state"})["pairs"]:
        found = {response.get("translation") for response in shown["responses"]}
        assert found == ({"e1", "e2"} if both else {None}), (
            "English alone is written as it was, and French is not offered"
        )
        assert shown["written"] == "ja", "the dialogue's, whatever language a response is in"


def test_a_page_outside_a_study_speaks_the_browsers_language_and_english(tmp_path: Path) -> None:
    lost = served(tmp_path, in_languages("de"), "ko", address="/e/unknown")
    assert '<html lang="ko" dir="ltr"' in lost
    assert "링크를 확인해 주십시오" in lost
    assert '<section lang="en" dir="ltr">' in lost
    assert "ja" not in set(re.findall('lang="([a-zA-Z-]+)"', lost))


@pytest.mark.parametrize("language", languages("apologies"))
def test_apologies_and_refusals_are_said_in_every_language(language: str) -> None:
    for status in (*CODES, 418, 599):
        kind, body = written(status, {"accept": "text/html", "accept-language": language}, for_script=False)
        assert kind.startswith("text/html")
        assert f'lang="{language}" dir="{direction(language)}"' in body.decode()
        kind, body = written(status, {"accept-language": language}, for_script=True)
        error = json.loads(body)["error"]
        assert error["text"][language]
        assert (error["ja"], error["en"]) == (error["text"]["ja"], error["text"]["en"])
    said = Refusal("incomplete", detail("last_question")).text(language)
    assert catalogue.word("refusals", language, "detail.last_question") in said
    assert "{" not in said


@pytest.mark.parametrize("language", languages("letters"))
def test_a_letter_speaks_each_language_of_the_study_in_turn(language: str) -> None:
    text = letter(
        in_languages(*dict.fromkeys((language, "en"))), Invitation("Noor", "", "https://studio.example.org/e/x")
    )
    parts = text.split("\n----\n")
    assert len(parts) == (1 if language == "en" else 2)
    assert f"title ({language})" in parts[0]
    assert all("https://studio.example.org/e/x" in part and "Noor" in part for part in parts)
    assert "{" not in text


@pytest.mark.parametrize("language", languages("data"))
@pytest.mark.parametrize("payment", [True, False])
@pytest.mark.parametrize("days", [None, 1, 2, 365])
def test_the_data_map_names_every_kind_in_every_language(language: str, payment: bool, days: int | None) -> None:
    text = datamap.for_raters(language, days, profile=True, payment=payment, sessions=True)
    assert text.count("- **") == len(datamap.PERSONAL)
    assert "{" not in text
    without = datamap.for_raters(language, days, profile=False, payment=payment)
    assert without.count("- **") == len(datamap.PERSONAL) - 1 - len(datamap.OF_SESSIONS)

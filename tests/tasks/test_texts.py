"""Texts in any languages: maps by tag, one way to write them, formats 1 and 2, and what was agreed to before."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from studio.service.view import consent_version
from tasks.errors import InputError
from tasks.intake.text import visible
from tasks.schema import Response, Study, Turn, Words
from tasks.study.load import load_study
from tasks.study.save import save_study
from tasks.study.wording.texts import format_version, languages_of, texts

TINY = Path(__file__).parents[1] / "studies_data" / "tiny"
DEMO = Path(__file__).parents[2] / "tasks" / "demo"
LANGUAGES = (("en",), ("de",), ("ar", "en"), ("ja", "en", "zh-Hans"), ("ja", "en"))
shown = st.text(min_size=1, max_size=12).filter(lambda text: "\0" not in text and visible(text))


# --- one text ---------------------------------------------------------------------------------------------------------


@given(st.dictionaries(st.sampled_from(["ja", "en", "de", "ar", "zh-Hans", "pt-BR"]), st.text(), min_size=1), st.data())
def test_equal_texts_are_written_and_hash_alike_in_whatever_order_they_were_given(
    root: dict[str, str], data: st.DataObject
) -> None:
    one, other = Words(root), Words(dict(data.draw(st.permutations(list(root.items())))))
    assert one == other
    assert hash(one) == hash(other)
    assert one.model_dump_json() == other.model_dump_json()
    assert Words.model_validate_json(one.model_dump_json()) == one
    assert all(one.text(tag) == root[tag] for tag in root)


def test_a_text_is_found_by_its_language_then_by_one_its_readers_read_then_by_the_next_named() -> None:
    words = Words({"de": "Titel", "zh-Hans": "标题", "en": "Title"})
    assert [words.text(*wished) for wished in (("de",), ("de-CH",), ("zh-CN",), ("fr", "de"))] == [
        "Titel", "Titel", "标题", "Titel",
    ]  # fmt: skip
    with pytest.raises(KeyError, match="no text in fr, ko; there is one in en, de, zh-Hans"):
        words.text("fr", "ko")


@pytest.mark.parametrize(
    ("root", "why"),
    [({}, "found no language"), ({"jp": "a"}, "found 'jp'; allowed"), ({"EN": "a"}, "found 'EN'; allowed here: 'en'")],
)
def test_a_text_in_no_language_is_none(root: dict[str, str], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        Words(root)


@pytest.mark.parametrize(
    ("given", "read", "written"),
    [
        ("Hello.", {"en": "Hello."}, "Hello."),
        ({"en": "Hello."}, {"en": "Hello."}, "Hello."),
        ({"de": "Hallo.", "en": "Hello."}, {"en": "Hello.", "de": "Hallo."}, {"en": "Hello.", "de": "Hallo."}),
        ({"de": "Hallo."}, {"de": "Hallo."}, {"de": "Hallo."}),
    ],
)
def test_a_translation_that_is_a_text_is_english_and_stays_one(given: Any, read: dict[str, str], written: Any) -> None:
    turn = Turn.model_validate({"role": "client", "text": "こんにちは", "translation": given})
    response = Response.model_validate({"item_id": "i", "system_id": "s", "text": "はい", "translation": given})
    for made in (turn, response):
        assert made.translation is not None
        assert made.translation.root == read
        assert made.model_dump(mode="json")["translation"] == written
        assert type(made).model_validate_json(made.model_dump_json()) == made


# --- old studies ------------------------------------------------------------------------------------------------------


def test_old_studies_are_the_same_bytes_as_before_there_were_other_languages() -> None:
    """Hashes taken with the program of before: `Study.model_dump_json()` of each folder."""
    hashes = {TINY: "27b1fa6a4aa3018a", DEMO: "7ecf5d4f61680367"}
    for folder, expected in hashes.items():
        study = load_study(folder)
        assert hashlib.sha256(study.model_dump_json().encode()).hexdigest()[:16] == expected
        assert study.format_version == 1


def test_an_old_study_in_japanese_alone_is_the_same_bytes_and_the_same_consent(tmp_path: Path) -> None:
    """Both hashes taken with the program of before; its missing consent.en.md was an empty text."""
    folder = tmp_path / "one"
    shutil.copytree(TINY, folder)
    for name in ("consent", "guidelines"):
        (folder / f"{name}.en.md").unlink()
    with (folder / "study.yaml").open("a", encoding="utf-8") as file:
        file.write("languages: [ja]\n")
    study = load_study(folder)
    assert hashlib.sha256(study.model_dump_json().encode()).hexdigest()[:16] == "0d4e7031caaf2c19"
    assert consent_version(study) == "b0dea79c37b4201a"


# --- any languages ----------------------------------------------------------------------------------------------------


def in_languages(value: Any, make: Callable[[], dict[str, str]]) -> Any:
    """JSON in which every text in ja and en is one that `make` makes."""
    if isinstance(value, dict):
        if set(value) == {"ja", "en"}:
            return make()
        return {key: in_languages(part, make) for key, part in value.items()}
    return [in_languages(part, make) for part in value] if isinstance(value, list) else value


@st.composite
def studies(draw: st.DrawFn) -> Study:
    """The tiny study with any texts in one of the sets of languages, translations among them."""
    languages = draw(st.sampled_from(LANGUAGES))
    made = in_languages(
        json.loads(load_study(TINY).model_dump_json()),
        lambda: {tag: draw(shown) for tag in draw(st.permutations(languages))},
    )
    made["languages"] = languages
    for item in made["items"][:2]:
        item["turns"][0]["translation"] = draw(
            st.none() | shown | st.dictionaries(st.sampled_from(["en", languages[0]]), shown, min_size=1)
        )
    study = Study.model_validate_json(json.dumps(made))
    for name in ("guidelines", "consent"):
        if languages == ("en",) and (words := getattr(study, name)):
            study = study.model_copy(update={name: Words(ja="", en=words.text("en"))})
    return study.model_copy(update={"format_version": format_version(study)})


@pytest.mark.slow
@given(made=studies())
@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_a_study_in_any_languages_is_saved_and_loaded_equal(tmp_path: Path, made: Study) -> None:
    shutil.rmtree(tmp_path / "saved", ignore_errors=True)
    save_study(made, tmp_path / "saved")
    assert load_study(tmp_path / "saved") == made
    assert Study.model_validate_json(made.model_dump_json()) == made
    written = yaml.safe_load((tmp_path / "saved" / "study.yaml").read_text(encoding="utf-8"))
    assert written["format_version"] == (1 if languages_of(made) <= {"ja", "en"} else 2)
    assert not (tmp_path / "saved" / "consent.ja.md").exists() or "ja" in made.languages


def in_german(tmp_path: Path) -> Path:
    """The tiny study in German alone, as a folder."""
    made = in_languages(json.loads(load_study(TINY).model_dump_json()), lambda: {"de": "Ein Wort"})
    study = Study.model_validate_json(json.dumps(made | {"languages": ["de"]}))
    save_study(study, tmp_path / "de")
    return tmp_path / "de"


def errors_of(folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        load_study(folder)
    return "\n".join(caught.value.errors)


def test_a_study_in_one_language_needs_no_other(tmp_path: Path) -> None:
    study = load_study(in_german(tmp_path))
    assert languages_of(study) == {"de"}
    assert {text.words.languages for text in texts(study)} == {("de",)}
    assert sorted(path.name for path in (tmp_path / "de").glob("*.md")) == ["consent.de.md", "guidelines.de.md"]


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ("- de\n", "- xx-none\n", "languages.0: found 'xx-none'; allowed: a language tag (BCP 47)"),
        ("- de\n", "- DE\n", "languages.0: found 'DE'; allowed here: 'de', as the registry spells it"),
        ("- de\n", "- de\n- ar\n", "title: is not there in ar; write it, or take the language out of `languages`"),
        ("- de\n", "- de\n- ar\n", "consent.ar.md: is missing or empty; write it in every language"),
        ("- de\n", "- de\n- ar\n", "practice.jsonl line 1, feedback: is not there in ar"),
        ("title:\n  de:", "title:\n  gr:", "title.gr: found 'gr'; allowed: a language tag (BCP 47)"),
        (
            "title:\n  de:",
            "title:\n  fr: Un mot\n  de:",
            "title.fr: is in a language that `languages` of study.yaml does",
        ),
        ("title:\n  de:", "title:\n  en: A word\n  de:", ""),
    ],
)
def test_a_wrong_or_a_missing_language_is_said_with_file_and_key(
    tmp_path: Path, old: str, new: str, wanted: str
) -> None:
    file = in_german(tmp_path) / "study.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")
    if not wanted:
        assert load_study(file.parent).title.languages == ("en", "de")
        return
    said = errors_of(file.parent)
    assert wanted in said, said
    assert said.count(wanted) == 1


def test_a_text_of_a_language_without_a_study_is_refused(tmp_path: Path) -> None:
    folder = in_german(tmp_path)
    (folder / "consent.fr.md").write_text("Oui\n", encoding="utf-8")
    (folder / "consent.german.md").write_text("Ja\n", encoding="utf-8")
    said = errors_of(folder)
    assert "consent.german.md: is no file of a study; allowed: " in said
    (folder / "consent.german.md").unlink()
    assert errors_of(folder).startswith("consent.fr.md: is in a language that `languages` of study.yaml does not name")

"""A study set up with other criteria or languages: as if begun so, but for what somebody edited."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from tasks.schema import Study, Words
from tasks.study.changing.remaking import OF_PAIRS, carried, in_languages, template_of, with_criteria, with_template
from tasks.study.consistency import problems
from tasks.study.starting import start
from tasks.study.study_form import Head
from tasks.study.wording.templates import title


def begun(folder: Path, template: str, *languages: str) -> Study:
    head = Head("one", title(template, languages), template, contact="a@example.org", languages=languages)
    return start(head, Path(tempfile.mkdtemp(dir=folder)) / "study")


def bare(study: Study) -> dict[str, object]:
    """What of a study raters read or answer; systems and dialogues of the demo are in Japanese or English."""
    return {
        **study.model_dump(include={"languages", "criteria", "title", "guidelines", "consent", "practice", "support"}),
        "version": study.format_version,
    }


@pytest.mark.parametrize("name", OF_PAIRS)
def test_another_template_is_as_if_the_study_had_begun_with_it(tmp_path: Path, name: str) -> None:
    changed = with_template(begun(tmp_path, "quick", "ja", "en"), name)
    assert bare(changed) == bare(begun(tmp_path, name, "ja", "en"))
    assert template_of(changed) == name
    assert list(problems(changed)) == []


def test_other_languages_are_as_if_the_study_had_begun_in_them(tmp_path: Path) -> None:
    study = begun(tmp_path, "quick", "ja", "en")
    assert bare(in_languages(study, ("de", "ar"))) == bare(begun(tmp_path, "quick", "de", "ar"))
    assert bare(in_languages(in_languages(study, ("de", "ar")), ("ja", "en"))) == bare(study)
    assert list(problems(in_languages(study, ("de", "ar")))) == []


def test_what_was_edited_stays_and_is_lacking_in_a_new_language(tmp_path: Path) -> None:
    study = begun(tmp_path, "quick", "ja", "en")
    assert study.consent is not None
    consent = Words(study.consent.root | {"en": "Our own words."})
    edited = study.model_copy(update={"consent": consent, "title": Words(ja="眠り", en="Sleep")})
    changed = in_languages(with_template(edited, "full"), ("en", "de"))
    assert changed.consent is not None
    assert changed.consent.text("en") == "Our own words."
    assert changed.consent.root["de"] != study.consent.root.get("de")
    assert changed.title.root["en"] == "Sleep"


def test_an_instrument_of_ones_own_is_no_template_and_its_guidelines_follow(tmp_path: Path) -> None:
    study = begun(tmp_path, "quick", "ja", "en")
    label = Words(study.criteria[1].label.root | {"ja": "聞く量", "en": "How much it asks"})
    own = with_criteria(study, (study.criteria[0], study.criteria[1].model_copy(update={"label": label})))
    assert template_of(own) == ""
    assert own.guidelines is not None
    assert "## How much it asks" in own.guidelines.text("en")
    assert "## Empathy" not in own.guidelines.text("en")
    german = in_languages(own, ("en", "de"))
    assert german.criteria[0].label.root["de"], "shipped words where there are no others"
    assert german.criteria[1].label.root["en"] == "How much it asks"


def test_other_files_carry_what_was_said_before(tmp_path: Path) -> None:
    study = with_template(begun(tmp_path, "quick", "ja", "en"), "full")
    said = study.model_copy(update={"retention_days": 7, "title": Words(ja="眠り", en="Sleep")})
    fresh = begun(tmp_path, "quick", "ja", "en")
    fewer = fresh.model_copy(update={"items": fresh.items[:5]})
    kept = carried(said, fewer)
    assert (len(kept.items), kept.criteria, kept.title, kept.retention_days) == (5, study.criteria, said.title, 7)
    assert kept.consent is not None

"""Templates and the words of a new study: whole in every language, and the same for ever once a study may hold them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from tasks.__main__ import main
from tasks.errors import InputError
from tasks.languages import catalogue
from tasks.schema import Criterion, Words
from tasks.study.load import load_study
from tasks.study.save import save_study
from tasks.study.starting import TEMPLATES, start
from tasks.study.study_form import Head
from tasks.study.wording.drafts import waiting
from tasks.study.wording.templates import newest, spoken_languages, template, template_names, title, words
from tasks.study.wording.texts import texts
from tests.tasks.test_consent import own_data

PINNED = {
    "floor": "47edd9452d9f",
    "full": "7719ea89f202",
    "full-2": "c08503a4ad46",
    "label": "2f928db54f06",
    "quick": "4e8e296ce39e",
    "quick-2": "703923960b7c",
    "rating": "dffa560ff5e9",
}
"""Of each template in ja and en; those without a number taken with the program before words were by language."""
UNBLINDING = {
    "de": r"\bKI\b|Modell|System",
    "ar": "نموذج|ذكاء|آلي",
    "zh-Hans": "模型|人工智能|系统",
    "ko": "모델|인공지능|시스템",
    "es": r"\bIA\b|modelo|sistema",
    "fr": r"\bIA\b|modèle|système",
}


def criteria_words(criteria: tuple[Criterion, ...]) -> list[Words]:
    made = [text for criterion in criteria for text in (criterion.label, criterion.hint, *criterion.anchors) if text]
    made += [point.words for criterion in criteria for point in criterion.points]
    return made + [reason.words for criterion in criteria for reason in criterion.reasons]


def test_every_template_is_pinned() -> None:
    assert set(PINNED) == set(template_names())


@pytest.mark.parametrize("name", PINNED)
def test_an_instrument_is_never_changed_a_new_version_stands_beside_it(name: str) -> None:
    made = "".join(criterion.model_dump_json() for criterion in template(name))
    assert hashlib.sha256(made.encode()).hexdigest()[:12] == PINNED[name]


def test_a_new_study_takes_the_newest_version() -> None:
    assert [newest(name) for name in ("quick", "full", "rating", "label", "quick-2")] == [
        "quick-2", "full-2", "rating", "label", "quick-2",
    ]  # fmt: skip


def test_the_second_versions_differ_from_the_first_in_the_hint_of_harm_alone() -> None:
    for name in ("quick", "full"):
        first, second = ({c.criterion_id: c for c in template(version)} for version in (name, f"{name}-2"))
        assert {key for key in first if first[key] != second[key]} == {"harm"}
        hint = second["harm"].hint
        assert hint is not None
        assert hint.root == {"ja": "あるときだけ押す", "en": "press only where you see it"}


@pytest.mark.parametrize("language", spoken_languages())
def test_every_new_template_speaks_every_language_in_full(language: str) -> None:
    for name in {newest(name) for name in template_names()}:
        made = criteria_words(template(name, (language,)))
        assert all(language in text.languages for text in made)
        assert not [text for text in made if re.search(r"[{}]", text.text(language))]
        assert not [text for text in made if re.search(UNBLINDING.get(language, r"\bAI\b|モデル"), text.text(language))]


@pytest.mark.parametrize("language", spoken_languages())
@pytest.mark.parametrize("name", TEMPLATES)
def test_a_study_begins_in_any_language_that_has_words(name: str, language: str, tmp_path: Path) -> None:
    study = start(Head("mine", title(name, (language,)), name, languages=(language,)), tmp_path / "mine")
    assert study.languages == (language,)
    assert study == load_study(tmp_path / "mine")
    assert study.format_version == (1 if language in ("ja", "en") else 2)
    assert study.consent is not None
    assert study.guidelines is not None
    read = [text.words for text in texts(study)] + [study.consent, study.guidelines]
    assert not [text for text in read if re.search(r"\{\w+\}", text.text(language))]
    save_study(study, tmp_path / "again")
    assert load_study(tmp_path / "again") == study
    drafts = {f"{language}.{part}" for part in ("scales", "guidelines", "consent", "ethics")}
    assert set(waiting(study)) == (drafts if catalogue.is_draft(language) else set())


def test_the_list_of_criteria_can_stand_in_place_of_the_templates_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    study = start(Head("mine", title("quick", ("de",)), languages=("de",)), tmp_path / "mine")
    assert main(["criteria", "quick", "--language", "de"]) == 0
    listed = capsys.readouterr().out
    assert "ja:" not in listed
    file = tmp_path / "mine" / "study.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("criteria: quick-2\n", listed), encoding="utf-8")
    again = load_study(tmp_path / "mine")
    assert [text.root for text in criteria_words(again.criteria)] == [
        {"de": text.text("de")} for text in criteria_words(study.criteria)
    ]
    assert waiting(again) == waiting(study), "the words are the shipped ones still"


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (("--language", "de", "--language", "en"), {"en": "Comparing responses", "de": "Antworten vergleichen"}),
        (("--languages", "de,ar", "--title", "de=Eigener"), {"ar": "مقارنة الردود", "de": "Eigener"}),
        (("--title-en", "Own", "--title", "ja=独自"), {"ja": "独自", "en": "Own"}),
    ],
)
def test_titles_and_languages_of_a_study_that_is_built(
    given: tuple[str, ...], wanted: dict[str, str], tmp_path: Path
) -> None:
    sources = own_data(tmp_path / "own")
    out = ["--out", str(tmp_path / "s"), "--study-id", "s"]
    assert main(["build", str(sources.items), str(sources.responses), *out, *given]) == 0
    assert load_study(tmp_path / "s").title.root == wanted


def test_a_title_in_a_language_the_study_is_not_in_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["--out", str(tmp_path / "s"), "--study-id", "s", "--title", "fr=Titre"]
    assert main(["build", "items.jsonl", "responses", *given]) == 2
    assert "--title: found 'fr=Titre'; allowed: TAG=TEXT, the tag one of ja, en" in capsys.readouterr().err


def test_the_dialogues_of_a_new_study_are_in_english_where_its_raters_read_no_japanese(tmp_path: Path) -> None:
    study = start(Head("mine", title("quick", ("de", "ar")), languages=("de", "ar")), tmp_path / "mine")
    read = [turn.text for item in study.items for turn in item.turns] + [one.text for one in study.responses]
    read += [response.text for pair in study.practice for response in pair.responses]
    assert not [text for text in read if re.search("[ぁ-ん]", text)]


def test_a_language_of_a_region_begins_in_the_words_of_its_readers(tmp_path: Path) -> None:
    study = start(Head("mine", title("quick", ("de-CH",)), languages=("de-CH",)), tmp_path / "mine")
    assert study.title.root == {"de-CH": words("templates", "title.pairs", ("de",)).text("de")}
    assert "de-CH.scales" in waiting(study)


def test_a_language_without_words_is_told_which_have_some() -> None:
    with pytest.raises(InputError, match=r"languages: found pt; allowed for a new study: ja, en, .*translating.md"):
        title("quick", ("ja", "pt"))
    with pytest.raises(InputError, match=r"'quick-2' has no words in pt; allowed: .*ja, en, .* of your own$"):
        template("quick-2", ("pt",))
    with pytest.raises(InputError, match=r"'quick' has no words in de; allowed: .*, or 'quick-2'"):
        template("quick", ("de",))
    with pytest.raises(InputError, match=r"'quick' has no words in en-GB; allowed: "):
        template("quick", ("en-GB",))
    assert "en-GB" in template("quick-2", ("en-GB",))[0].label.languages

"""What raters are told before they agree: what the studio does, what the organiser states, and nothing else."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.languages import catalogue
from tasks.schema import Information, Protocol, Statement, Study, Words
from tasks.study import consent
from tasks.study.build import Sources, build
from tasks.study.cautions import cautions
from tasks.study.load import load_study
from tasks.study.save import save_study
from tasks.study.starting import TEMPLATES, start
from tasks.study.study_form import Head
from tasks.study.wording.templates import template, words
from tests.tree import ROOT

TITLE = Words(ja="見本", en="Sample")
CLAIMS = ("ロールプレイ", "公開", "role-play", "published", "謝礼", "謝金", "paid", "payment", "不利益", "disadvantage",
          "消去", "deleted", "erased", "family", "家族")  # fmt: skip
"""Words of things that only an organiser knows."""


@cache
def tiny() -> Study:
    """A study folder as 0.1.0 wrote it."""
    return load_study(ROOT / "tests" / "studies_data" / "tiny")


def own_data(folder: Path, dataset: str | None = None) -> Sources:
    """Two items of somebody's own, or of a data set, with two systems' responses."""
    folder.mkdir(parents=True, exist_ok=True)
    source = {"source": {"dataset": dataset, "dialogue_id": "d"}} if dataset else {}
    items: list[dict[str, Any]] = [
        {"item_id": f"i{n}", "turns": [{"role": "client", "text": "相談です。"}], **source} for n in range(2)
    ]
    (folder / "items.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items), encoding="utf-8")
    (folder / "responses").mkdir()
    for name in ("a", "b"):
        lines = [json.dumps({"item_id": f"i{n}", "text": f"{name}{n}"}) + "\n" for n in range(2)]
        (folder / "responses" / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    return Sources(folder / "items.jsonl", folder / "responses")


@pytest.mark.parametrize("protocol", ["pairwise", "rating", "label"])
def test_the_consent_text_claims_nothing_that_only_the_organiser_knows(protocol: Protocol) -> None:
    text = consent.consent(protocol, template("quick" if protocol == "pairwise" else protocol), 12, ("ja", "en"))
    assert [word for word in CLAIMS if word in text.text("ja") or word in text.text("en")] == []
    assert ("二つの応答" in text.text("ja")) == ("two responses" in text.text("en")) == (protocol == "pairwise")
    assert "12" in text.text("ja")
    assert "12" in text.text("en")


def test_a_study_of_own_data_says_nothing_of_where_it_comes_from(tmp_path: Path) -> None:
    study = build(own_data(tmp_path / "own"), Head("own", TITLE), tmp_path / "study")
    assert study.provenance is not None
    assert study.provenance.text("ja").startswith("対話の出どころは示されていません。")
    assert study.provenance.text("en").startswith("Where the dialogues come from is not stated.")
    stated = consent.statements(study)
    assert stated is not None
    assert [stated.text(tag).count(catalogue.word("papers", tag, "statement.none")) for tag in ("ja", "en")] == [
        len(consent.STATEMENTS)
    ] * 2
    assert study.consent is not None
    texts = (study.provenance, study.consent)
    assert not any("ロールプレイ" in text.text("ja") or "role-play" in text.text("en") for text in texts)


def test_what_the_items_say_of_their_source_is_said(tmp_path: Path) -> None:
    study = build(own_data(tmp_path / "k", "KokoroChat"), Head("k", TITLE), tmp_path / "study")
    told = words("templates", "source.kokorochat", ("ja", "en"))
    assert consent.statement(study, "dialogues", "ja") == told.text("ja")
    assert study.provenance is not None
    assert study.provenance.text("en").startswith(told.text("en"))
    other = build(own_data(tmp_path / "o", "another"), Head("o", TITLE), tmp_path / "other")
    assert consent.statement(other, "dialogues", "en") == ""


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_new_study_fits_its_protocol_and_says_what_is_missing(name: str, tmp_path: Path) -> None:
    study = start(Head("mine", TITLE, name), tmp_path / "mine")
    assert study.consent is not None
    assert ("two responses" in study.consent.text("en")) == (study.protocol == "pairwise")
    assert "demonstration" not in study.consent.text("en")
    missing = {place for caution in cautions(study) if caution.kind == "not there" for place, _ in caution.found}
    assert {f"information.{statement}" for statement in consent.STATEMENTS} <= missing


def test_a_study_without_statements_keeps_its_own_text_alone() -> None:
    assert tiny().information is None
    assert consent.statements(tiny()) is None


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20)


@given(st.sampled_from(consent.STATEMENTS), WORDS, WORDS)
def test_every_statement_is_shown_or_said_to_be_missing(name: Statement, ja: str, en: str) -> None:
    """A statement in one language alone stands in both texts; a blank one is said to be not stated."""
    study = tiny().model_copy(update={"information": Information(**{name: Words(ja=ja, en=en)})})
    text = consent.statements(study)
    assert text is not None
    for language, own, other in (("ja", ja, en), ("en", en, ja)):
        told = own.strip() or other.strip()
        none = catalogue.word("papers", language, "statement.none")
        shown = text.text(language)
        assert shown.count(none) >= len(consent.STATEMENTS) - bool(told)
        assert told in shown


def test_statements_survive_saving(tmp_path: Path) -> None:
    said = Information(payment=Words(ja="1時間1,500円", en="1,500 yen an hour"))
    for information in (said, Information(), None):
        folder = tmp_path / str(hash(information))
        save_study(tiny().model_copy(update={"information": information}), folder)
        assert load_study(folder).information == information


def test_that_models_are_trained_is_said_beside_what_else_answers_are_used_for() -> None:
    sentence = catalogue.word("papers", "en", "told.use.training")
    own = Words(ja="報告します", en="We report them.")
    for information, lines in (
        (Information(training=True), [sentence]),
        (Information(training=True, use=own), ["We report them.", sentence]),
        (Information(training=True, use=Words(ja=sentence, en=sentence)), [sentence]),
        (Information(use=own), ["We report them."]),
    ):
        study = tiny().model_copy(update={"information": information})
        assert consent.statement(study, "use", "en").splitlines() == lines
        assert consent.may_train(study) is information.training

"""Score reports in every language: the same figures, every key used, sentences without gaps."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from results.commands.scores import EXPERIMENTS, write
from results.document.view import Section, Table
from results.record.scores import Run, RunSplit
from results.scores import experiments, facts, pairing, rated, rated_sections, sections
from results.scores.pairing import Scored
from results.scores.spoken import LANGUAGES, Spoken
from results.statistics.resample import Resampling
from tasks.data import kokorochat, splits
from tasks.languages import catalogue, tags
from tests import synthetic
from tests.results.test_scores import prediction
from tests.results.test_scores_rated import of, some
from tests.tree import ROOT

HOW = Resampling(100, 1)
FIGURE = re.compile(r"[\d\s.,%\[\]–+−\N{NO-BREAK SPACE}]+")


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Scored:
    everything = kokorochat.load(synthetic.folder(tmp_path_factory.mktemp("languages") / "data", 120))
    test, rng = splits.split(everything, "client")["test"], np.random.default_rng(3)
    found = [prediction(dialogue.dialogue_id, rng) for dialogue in test]
    return pairing.matched(found, Run(split=RunSplit(by="client", part="test")), everything, "here")


@pytest.fixture(scope="module")
def made(scored: Scored) -> dict[str, Any]:
    truth = some()
    return {
        "scores": facts.facts(scored, HOW),
        "correlation": facts.correlation(scored, HOW),
        "unseen": facts.unseen(scored, HOW),
        "rated": rated.facts(of({"R001": truth, "R002": truth, "R003": some()}, some(), truth), HOW),
    }


PARTS: dict[str, Any] = {
    "scores": (sections.summary, sections.sections),
    "correlation": (experiments.correlation_summary, experiments.correlation_sections),
    "unseen": (experiments.unseen_summary, experiments.unseen_sections),
    "rated": (rated_sections.summary, rated_sections.sections),
}


def figures(listed: tuple[Section, ...]) -> list[str]:
    tables = [block for section in listed for block in section.blocks if isinstance(block, Table)]
    cells = [cell for table in tables for row in table.rows for cell in row[1:]]
    return [cell for cell in cells if FIGURE.fullmatch(cell)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("what", PARTS)
def test_figures_are_the_same_and_no_sentence_has_a_gap(made: dict[str, Any], what: str, language: str) -> None:
    summary, parts = PARTS[what]
    said, listed = summary(made[what], Spoken(language)), parts(made[what], Spoken(language))
    english = parts(made[what], Spoken("en"))
    assert figures(listed) == figures(english) != []
    assert [section.key for section in listed] == [section.key for section in english]
    assert not [sentence for sentence in said if re.search(r"\{\w+\}", sentence)]
    assert language == "en" or said != summary(made[what], Spoken("en"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_names_its_language_and_says_that_it_is_a_draft(scored: Scored, tmp_path: Path, language: str) -> None:
    for what in EXPERIMENTS.values():
        write(what, scored, HOW, tmp_path / what, language)
        html = (tmp_path / what / f"{what}.html").read_text(encoding="utf-8")
        assert f'<html lang="{language}" dir="{tags.direction(language)}">' in html
        assert not re.search(r"\{[a-z_]+\}", re.sub(r"<style>.*?</style>", "", html, flags=re.S))
        own = {"language": tags.name_of(language, language)}
        draft = catalogue.word("report", language, "methods_draft", **own)[-30:]
        assert (draft in html) == catalogue.is_draft(language)


def test_all_words_are_used() -> None:
    paths = [*(ROOT / "results" / "scores").glob("*.py"), *(ROOT / "results" / "commands").glob("*.py")]
    code = "".join(path.read_text(encoding="utf-8") for path in paths)
    built = ("title.", "against.", "name.", "section.", "head.", "measure.", "role.", "place.", "pair.", "voice.",
             "unit.", "spans.", "rates.", "row.")  # fmt: skip
    unused = [key for key in catalogue.words("scores", "en") if f'"{key}"' not in code and not key.startswith(built)]
    assert unused == []
    ends = {key.partition(".")[2] for key in catalogue.words("scores", "en") if key.startswith("head.")}
    assert [end for end in ends if f'"{end}"' not in code] == []

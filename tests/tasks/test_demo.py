from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from tasks.asking.detectors import JAPANESE
from tasks.design.planning import plan
from tasks.schema import Study
from tasks.study.load import load_study
from tasks.study.wording.templates import template

DEMO = Path(__file__).parents[2] / "tasks" / "demo"
SYSTEMS = ("written-questioning", "written-reflective")


@pytest.fixture(scope="module")
def demo() -> Study:
    return load_study(DEMO)


def test_the_demo_study_loads_and_can_be_planned(demo: Study) -> None:
    assert demo.criteria == template("quick")
    kinds = [line.kind for line in plan(demo) if line.seat == 0]
    assert kinds == ["practice"] * 2 + ["main"] * 14


def test_there_are_at_least_twelve_dialogues_of_three_to_nine_turns_on_varied_topics(demo: Study) -> None:
    assert len(demo.items) >= 12
    assert all(3 <= len(item.turns) <= 9 for item in demo.items)
    assert len({item.topic for item in demo.items}) == len(demo.items)
    assert max(sum(len(turn.text) for turn in item.turns) for item in demo.items) > 1200


def test_roles_alternate_and_the_client_speaks_last(demo: Study) -> None:
    for item in (*demo.items, *(p.item for p in demo.practice)):
        roles = [turn.role for turn in item.turns]
        assert roles[-1] == "client"
        assert all(a != b for a, b in pairwise(roles))


def test_every_text_is_japanese_and_has_an_english_translation(demo: Study) -> None:
    texts = [turn for item in demo.items for turn in item.turns]
    shown = [(turn.text, turn.translation) for turn in texts]
    shown += [(response.text, response.translation) for response in demo.responses]
    shown += [(r.text, r.translation) for p in demo.practice for r in p.responses]
    for japanese, english in shown:
        assert re.search("[ぁ-ん]", japanese)
        assert english is not None
        assert not re.search("[ぁ-んァ-ン一-龥]", english.text("en"))


def test_nothing_a_rater_reads_before_the_end_says_where_responses_come_from(demo: Study) -> None:
    words = [demo.title, demo.guidelines, demo.consent, demo.support.help if demo.support else None]
    words += [p.feedback for p in demo.practice]
    told = " ".join(f"{w.text('ja')} {w.text('en')}" for w in words if w)
    told += json.dumps([i.model_dump() for i in demo.items] + [r.text for r in demo.responses], ensure_ascii=False)
    for system in demo.systems:
        assert system.system_id not in told
        assert system.name not in told
    for word in ("AI", "モデル", "ユーザー", "正解", "model", "reflective", "questioning"):
        assert not re.search(rf"(?<![A-Za-z]){word}(?![A-Za-z])", told), word


def test_provenance_support_and_a_content_note_are_there_in_both_languages(demo: Study) -> None:
    assert demo.provenance
    assert demo.support
    assert demo.consent
    assert "0120-279-338" in demo.support.help.text("ja")
    assert "0120-279-338" in demo.support.help.text("en")
    assert "つらく感じられる" in demo.consent.text("ja")
    assert "painful" in demo.consent.text("en")
    assert "このプロジェクトのために" in demo.provenance.text("ja")
    assert "written for this project" in demo.provenance.text("en")


def test_neither_system_gives_itself_away_by_length(demo: Study) -> None:
    """Within each dialogue the longer response is at most 1.4 times the shorter, on average at most 1.15."""
    texts = {(r.system_id, r.item_id): len(r.text) for r in demo.responses}
    ratios = [texts[SYSTEMS[1], item.item_id] / texts[SYSTEMS[0], item.item_id] for item in demo.items]
    assert max(max(r, 1 / r) for r in ratios) <= 1.4
    assert 1 / 1.15 <= sum(ratios) / len(ratios) <= 1.15


def test_one_system_asks_and_the_other_does_not(demo: Study) -> None:
    asked = {s: [JAPANESE.count(r.text) for r in demo.responses if r.system_id == s] for s in SYSTEMS}
    assert all(1 <= n <= 4 for n in asked[SYSTEMS[0]])
    assert sum(asked[SYSTEMS[1]]) <= 2


def test_guideline_examples_are_the_anchors_of_the_template(demo: Study) -> None:
    assert demo.guidelines
    for criterion in demo.criteria:
        for anchor in criterion.anchors:
            assert all(part in demo.guidelines.text("ja") for part in anchor.text("ja").split("／"))
            assert all(part in demo.guidelines.text("en") for part in anchor.text("en").split(" / "))

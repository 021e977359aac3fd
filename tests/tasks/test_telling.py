"""Statements to raters made of an organiser's answers: in every language, around what was written by hand."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.schema import Information, Study, Words
from tasks.study.changing import telling
from tasks.study.changing.telling import Told, clashes, made, retold
from tasks.study.consent import statements
from tasks.study.load import load_study
from tasks.study.wording.templates import spoken_languages

DEMO = Path(__file__).parents[2] / "tasks" / "demo"
WHOLE = Told(payment="all", amount="3,000", stopping="whole", place="Lab", years="5", names="office", use="both",
             until="date", day="2027-03-31", risks="grave", ethics="26-1")  # fmt: skip
answers = st.builds(
    Told,
    payment=st.sampled_from(get_args(telling.Payment)),
    amount=st.sampled_from(("", "1,000")),
    stopping=st.sampled_from(get_args(telling.Stopping)),
    years=st.sampled_from(get_args(telling.Years)),
    place=st.sampled_from(("", "Lab")),
    names=st.sampled_from(get_args(telling.Names)),
    use=st.sampled_from(get_args(telling.Use)),
    until=st.sampled_from(get_args(telling.Until)),
    risks=st.sampled_from(get_args(telling.Risks)),
)


@cache
def study() -> Study:
    return load_study(DEMO).model_copy(update={"information": Information(), "retention_days": 365})


@pytest.mark.parametrize("tag", spoken_languages())
def test_every_answer_is_a_sentence_in_every_language(tag: str) -> None:
    said = made(WHOLE, [tag])
    assert set(said) == {"payment", "stopping", "storage", "erasure", "risks", "use", "ethics"}
    whole = " ".join(words.text(tag) for words in said.values())
    for value in ("3,000", "Lab", "26-1", "2027"):
        assert value in whole, (tag, value)
    assert "{" not in whole


def test_the_sentences_of_one_study_word_for_word() -> None:
    told = Told(payment="hour", amount="1,200 yen", names="team", use="published", until="date", day="2027-03-31")
    said = {name: words.text("en") for name, words in made(told, ["en", "ja"]).items()}
    assert said == {
        "payment": "1,200 yen is paid for each hour of work.",
        "storage": "Only the people who run the study see names; answers carry a code alone.",
        "use": "Answers are published under a code, without names and remarks.",
        "erasure": "Answers withdrawn by March 31, 2027 are left out of everything that is published or trained on.",
    }
    assert made(told, ["ja"])["payment"].text("ja") == "作業1時間あたり1,200 yenをお支払いします。"


def test_what_goes_with_an_answer_is_waited_for() -> None:
    assert made(Told(payment="all", years="5", until="date"), ["en"]) == {}
    assert made(Told(), ["en"]) == {}


@given(answers, answers)
def test_new_answers_take_the_place_of_old_ones_and_leave_nothing_of_them(before: Told, after: Told) -> None:
    once = retold(study(), Told(), after)
    assert retold(retold(study(), Told(), before), before, after) == once
    assert retold(once, after, Told()).information == retold(study(), Told(), Told()).information
    assert once.information is not None
    assert once.information.training is (after.use in ("training", "both"))


@given(answers, answers)
def test_what_was_written_by_hand_stays_in_its_language(before: Told, after: Told) -> None:
    first = retold(study(), Told(), before)
    assert first.information is not None
    own = Words({"ja": "自分で書いた文。", "en": (first.information.payment or Words({"en": ""})).text("en")})
    edited = first.model_copy(update={"information": first.information.model_copy(update={"payment": own})})
    changed = retold(edited, before, after).information
    assert changed is not None
    assert changed.payment is not None
    assert changed.payment.text("ja") == "自分で書いた文。"
    sentence = made(after, ["en"]).get("payment")
    assert changed.payment.root["en"] == (sentence.text("en") if sentence else "")


def test_optional_statements_stand_on_the_consent_page_only_where_they_are_made() -> None:
    said = statements(retold(study(), Told(), Told(risks="mild")))
    without = statements(study())
    assert said is not None
    assert without is not None
    assert "What may be painful" in said.text("en")
    assert "What may be painful" not in without.text("en")
    assert "Ethics approval" not in said.text("en")


def test_a_study_without_statements_gets_none_unasked() -> None:
    plain = study().model_copy(update={"information": None})
    assert retold(plain, Told(), Told()) == plain
    assert retold(plain, Told(), Told(payment="none")).information is not None


@pytest.mark.parametrize(
    ("told", "field", "kind"),
    [
        (Told(payment="none", stopping="share"), "stopping", "unpaid"),
        (Told(payment="all", amount="1", names="none"), "names", "paid"),
        (Told(years="3", place="Lab"), "years", "longer"),
    ],
)
def test_what_cannot_be_true_together_is_named(told: Told, field: str, kind: str) -> None:
    long = study().model_copy(update={"retention_days": 3 * 365 + 1})
    assert [(one.field, one.kind) for one in clashes(long, told)] == [(field, kind)]
    assert list(clashes(study(), WHOLE)) == []


def test_words_of_distress_contradict_an_organiser_who_expects_none() -> None:
    turn: Any = study().items[0].turns[0].model_copy(update={"text": "もう消えたいです。"})
    item = study().items[0].model_copy(update={"turns": (turn, *study().items[0].turns[1:])})
    grave = study().model_copy(update={"items": (item, *study().items[1:])})
    (found,) = clashes(grave, Told(risks="mild"))
    assert (found.field, found.kind, found.values) == ("risks", "found", {"item": item.item_id, "words": "消えたい"})


def test_a_statement_rewritten_in_one_language_alone_is_named_in_the_other() -> None:
    told = Told(payment="none")
    before = retold(study(), Told(), told)
    assert before.information is not None
    own = Words({"ja": "謝金はお渡ししません。", "en": "Nothing is paid."})
    changed = before.model_copy(update={"information": before.information.model_copy(update={"payment": own})})
    assert [(one.field, one.kind) for one in clashes(changed, told)] == [("statement.payment.en", "one_sided")]

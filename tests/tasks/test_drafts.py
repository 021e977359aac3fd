"""Shipped words that no counsellor has read: named, shown, accepted one by one or written anew before a study opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio.__main__ import main
from tasks.errors import InputError
from tasks.schema import Study, Words
from tasks.study.cautions import cautions
from tasks.study.load import load_study
from tasks.study.starting import start
from tasks.study.study_form import Head
from tasks.study.wording.drafts import refuse, unread, waiting
from tasks.study.wording.templates import title

ALL = ("de.scales", "de.guidelines", "de.consent", "de.ethics")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    start(Head("mine", title("quick", ("de", "en")), contact="c", languages=("de", "en")), tmp_path / "mine")
    return tmp_path / "mine"


def test_what_no_counsellor_has_read_waits(folder: Path) -> None:
    study = load_study(folder)
    assert unread(study) == ("de",)
    assert waiting(study) == ALL
    with pytest.raises(InputError) as caught:
        refuse(study)
    assert [line.split(" is a draft")[0] for line in caught.value.errors] == [f"study.yaml, accepted: {n}" for n in ALL]
    found = {caution.kind: caution.found for caution in cautions(study)}["draft words"]
    assert found == (("de", "Deutsch"), *((name, "") for name in ALL))


def test_a_language_without_any_words_has_no_drafts_and_is_said_to_get_the_page_in_english(folder: Path) -> None:
    study = load_study(folder).model_copy(update={"languages": ("pt", "de-CH")})
    assert unread(study) == ("pt", "de-CH")
    assert not [name for name in waiting(study) if name.startswith("pt.")]
    found = {caution.kind: caution.found for caution in cautions(study)}["draft words"]
    assert found[:2] == (
        ("pt", "português; the page around the study's texts is in English"),
        ("de-CH", "Deutsch (Schweiz)"),
    )


def test_simulated_judgments_need_no_acceptance(folder: Path) -> None:
    simulated = load_study(folder).model_copy(update={"simulated": True})
    assert (waiting(simulated), unread(simulated)) == ((), ("de",))
    refuse(simulated)


def test_the_languages_of_the_instruments_are_no_drafts() -> None:
    assert waiting(load_study(Path("tasks/demo"))) == unread(load_study(Path("tasks/demo"))) == ()


def rewritten(study: Study, **texts: Words) -> Study:
    return study.model_copy(update=texts)


def test_what_is_written_anew_is_no_draft(folder: Path) -> None:
    study = load_study(folder)
    own = Words(de="Eigene Worte.", en="Own words.")
    assert study.support is not None
    assert waiting(rewritten(study, consent=own)) == ("de.scales", "de.guidelines", "de.ethics")
    helped = study.model_copy(update={"support": study.support.model_copy(update={"help": own})})
    assert "de.guidelines" in waiting(rewritten(helped, guidelines=own)), "what follows practice is still shipped"
    trained = tuple(pair.model_copy(update={"feedback": own}) for pair in study.practice)
    assert "de.guidelines" not in waiting(helped.model_copy(update={"guidelines": own, "practice": trained}))
    bare = tuple(
        criterion.model_copy(update={"label": own, "hint": own, "points": (), "reasons": (), "anchors": ()})
        for criterion in study.criteria
    )
    assert "de.scales" not in waiting(study.model_copy(update={"criteria": bare}))


def test_a_consent_text_stays_a_draft_when_only_its_numbers_change(folder: Path) -> None:
    study = load_study(folder)
    assert study.consent is not None
    fewer = Words({tag: text.replace("14", "9") for tag, text in study.consent.root.items()})
    assert fewer != study.consent
    assert "de.consent" in waiting(rewritten(study, consent=fewer))


def test_the_command_shows_and_accepts_one_by_one(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / "study.yaml").read_text(encoding="utf-8")
    assert main(["accept", str(folder)]) == 0
    assert "accepted: none; waiting: 4" in capsys.readouterr().out
    for count, name in enumerate(ALL, start=1):
        assert main(["accept", str(folder), name]) == 0
        shown = capsys.readouterr().out
        assert f"--- {name}" in shown
        assert len(shown) > 200, "its words are shown"
        assert load_study(folder).accepted == ALL[:count]
    after = (folder / "study.yaml").read_text(encoding="utf-8")
    assert after.startswith(before), "comments and order stay"
    refuse(load_study(folder))
    assert main(["accept", str(folder), ALL[0]]) == 0, "accepting twice changes nothing"
    assert (folder / "study.yaml").read_text(encoding="utf-8") == after


@pytest.mark.parametrize("name", ["en.scales", "de.words", "de", "fr.consent"])
def test_what_is_no_draft_cannot_be_accepted(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / "study.yaml").read_bytes()
    assert main(["accept", str(folder), name, "de.scales"]) == 2
    assert f"accept: found {name!r}; allowed: {', '.join(ALL)}" in capsys.readouterr().err
    assert (folder / "study.yaml").read_bytes() == before


def test_a_wrong_name_in_the_file_is_said(folder: Path) -> None:
    with (folder / "study.yaml").open("a", encoding="utf-8") as file:
        file.write("accepted: [de.scale]\n")
    with pytest.raises(InputError, match=r'accepted\.0: found "de.scale"; allowed: de.scales, de.guidelines'):
        load_study(folder)


def test_a_list_over_several_lines_is_left_to_its_writer(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (folder / "study.yaml").open("a", encoding="utf-8") as file:
        file.write("accepted:\n  - de.scales\n")
    assert main(["accept", str(folder), "de.ethics"]) == 2
    assert "accepted: write it on one line, such as 'accepted: [de.scales, de.ethics]'" in capsys.readouterr().err

"""Folders of studies of live sessions: read, refused with file, line and field, saved, begun from a template."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tasks.design.planning import plan
from tasks.errors import InputError
from tasks.schema import Study
from tasks.study.cautions import cautions, plan_cautions
from tasks.study.live.problems import lacking, refuse
from tasks.study.live.starting import NAME, scenarios, word_lists
from tasks.study.live.told import told
from tasks.study.load import load_study
from tasks.study.save import save_study
from tasks.study.starting import start
from tasks.study.study_form import Head
from tasks.study.wording.templates import title

CRISIS = {
    "help": {"ja": "学生相談室（平日 9 時から 17 時）", "en": "Ask for the student counselling room"},
    "message": {"ja": "ひとりで抱えないでください", "en": "Please do not stay alone with it"},
    "words": {"ja": ["消えたい"], "en": ["end it all"]},
    "checked_on": {"ja": "2026-04-01", "en": "2026-04-01"},
}


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("begun") / "talks"
    start(Head("talks", title(NAME, ("ja", "en")), NAME, seats=4, contact="c"), folder)
    return folder


def head(folder: Path) -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load((folder / "study.yaml").read_text(encoding="utf-8"))
    return made


def changed(begun: Path, folder: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    """The template with its study.yaml changed, in a new folder."""
    folder.mkdir()
    for file in begun.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    value = head(begun)
    change(value)
    (folder / "study.yaml").write_text(yaml.safe_dump(value, allow_unicode=True), encoding="utf-8")
    return folder


def ready(begun: Path, folder: Path) -> Study:
    return load_study(changed(begun, folder, lambda value: value["sessions"].update(crisis=CRISIS)))


def test_the_template_loads_plans_and_is_sound(begun: Path) -> None:
    study = load_study(begun)
    assert (study.protocol, study.items, len(study.scenarios), study.format_version) == ("session", (), 4, 1)
    assert {criterion.of for criterion in study.criteria} == {"item"}
    assert len(plan(study)) == 4
    assert plan_cautions(study, plan(study)) == ()
    unsaid = {place for caution in cautions(study) if caution.kind == "not there" for place, _ in caution.found}
    assert {"sessions.crisis.help.ja", "sessions.crisis.checked_on.en"} <= unsaid


def test_what_is_shipped_names_no_telephone_number_and_is_marked_as_a_start(begun: Path) -> None:
    shipped = "".join(file.read_text(encoding="utf-8") for file in begun.iterdir())
    assert not [run for run in re.findall(r"\d[\d-]{4,}", shipped) if run != "2026-01-31"]
    assert "A START" in (begun / "study.yaml").read_text(encoding="utf-8")
    assert all(word_lists()[language] for language in ("ja", "en"))
    assert len({card.scenario_id for card in scenarios()}) == 4


def test_a_new_study_does_not_open_until_the_crisis_block_is_filled_in(begun: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        refuse(load_study(begun))
    for line in ("help.ja: is empty; write whom to call", "message.en: is empty", "checked_on.ja: is missing or empty"):
        assert f"sessions.crisis.{line}" in str(refused.value)
    refuse(ready(begun, tmp_path / "ready"))


def test_no_crisis_block_lacks_everything(begun: Path, tmp_path: Path) -> None:
    study = load_study(changed(begun, tmp_path / "none", lambda value: value["sessions"].pop("crisis")))
    assert len(list(lacking(study))) == 8


def test_a_saved_study_reads_back_equal(begun: Path, tmp_path: Path) -> None:
    study = ready(begun, tmp_path / "ready")
    save_study(study, tmp_path / "saved")
    assert load_study(tmp_path / "saved") == study
    assert not (tmp_path / "saved" / "items.jsonl").exists()


def test_one_language_is_enough_and_others_have_no_scenarios_yet(tmp_path: Path) -> None:
    study = start(Head("talks", title(NAME, ("en",)), NAME, contact="c", languages=("en",)), tmp_path / "en")
    assert {card.card.languages for card in study.scenarios} == {("en",)}
    with pytest.raises(InputError, match=r"languages: found de; allowed for a new study: ja, en"):
        start(Head("talks", title(NAME, ("de",)), NAME, contact="c", languages=("de",)), tmp_path / "de")
    assert not (tmp_path / "de").exists()


WRONG: tuple[tuple[Callable[[dict[str, Any]], object], str], ...] = (
    (lambda v: v["sessions"].update(most_minutes=30), r"most_minutes: found 30; allowed: more than 30"),
    (lambda v: v["sessions"].update(counselors=1), r"counselors: found 1; allowed where both_roles is false"),
    (lambda v: v["sessions"].update(both_roles=False), r"line \d+, sessions.counselors: found None; allowed: 1 to 3"),
    (lambda v: v["sessions"].update(per_person=2), r"sessions.per_person: found 2; allowed: 1 to 1"),
    (lambda v: v["sessions"]["crisis"]["checked_on"].update(ja="soon"), r"ja: found \"soon\"; allowed: a date"),
    (lambda v: v["sessions"]["crisis"]["checked_on"].update(ja="2026-02-30"), r"checked_on.ja: found \"2026-02-30\""),
    (lambda v: v["sessions"]["crisis"]["help"].pop("ja"), r"sessions.crisis.help: is not there in ja"),
    (lambda v: v["sessions"].update(supervision="maybe"), r"sessions.supervision: found \"maybe\"; allowed: "),
    (lambda v: v.pop("sessions"), r"sessions: is missing"),
    (lambda v: v["design"].update(repeats=1), r"design.repeats: found 1; allowed with protocol session: none"),
    (lambda v: v.update(criteria="label", primary={"criterion": "strategies"}), r"of: found \"utterance\".*item"),
    (lambda v: v.update(scenarios=[]), r"scenarios: stands in scenarios.jsonl, not in study.yaml"),
    (lambda v: v.update(protocol="rating"), r"sessions: found \"sessions\"; allowed with protocol rating: none"),
)  # fmt: skip


@pytest.mark.parametrize(("change", "says"), WRONG)
def test_a_mistake_is_named_with_its_place(
    begun: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        load_study(changed(begun, tmp_path / "wrong", change))


def test_mistakes_in_scenarios_name_their_line(begun: Path, tmp_path: Path) -> None:
    folder = changed(begun, tmp_path / "wrong", lambda value: None)
    lines = [json.loads(line) for line in (folder / "scenarios.jsonl").read_text(encoding="utf-8").splitlines()]
    lines[1]["scenario_id"] = lines[0]["scenario_id"]
    lines[2]["card"]["ja"] = " "
    del lines[3]["title"]["en"]
    (folder / "scenarios.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    (folder / "items.jsonl").write_text('{"item_id": "i", "turns": [{"role": "client", "text": "a"}]}\n', "utf-8")
    with pytest.raises(InputError) as wrong:
        load_study(folder)
    found = str(wrong.value)
    assert 'scenarios.jsonl line 2, scenario_id: found "first-night-shift" again' in found
    assert "scenarios.jsonl line 3, card.ja: found" in found
    assert "scenarios.jsonl line 4, title: is not there in en" in found
    assert "items.jsonl: found 1; allowed with protocol session: none" in found
    (folder / "scenarios.jsonl").unlink()
    with pytest.raises(InputError, match=r"scenarios\.jsonl: found no scenario; allowed: 1 or more"):
        load_study(folder)


def test_raters_are_told_who_reads_and_what_is_erased(begun: Path, tmp_path: Path) -> None:
    study = load_study(begun)
    rules = study.sessions
    assert rules is not None
    for words in ("30 to 90 minutes", "Nobody watches", "a list of words of self-harm"):
        assert words in told(study, "en")
    watched = study.model_copy(
        update={"sessions": rules.model_copy(update={"supervision": "on_duty", "partner_form": "erased"})}
    )
    for words in ("supervisor is on duty", "stepped in is left out", "20 items are left out"):
        assert words in told(watched, "en")
    assert told(study.model_copy(update={"sessions": None}), "en") == ""

"""Before a study opens: every command on a new folder, as an organiser would type it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from results.document import plan
from studio.__main__ import main
from studio.documents import registration
from tasks.schema import Hypothesis
from tasks.study.build import read_items
from tasks.study.load import load_study
from tests.tree import ROOT

TEMPLATES = ("quick", "full", "floor", "rating", "label")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    assert main(["new", str(tmp_path / "mine")]) == 0
    return tmp_path / "mine"


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_new_folder_loads_plans_and_checks(template: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "mine"
    assert main(["new", str(folder), "--template", template]) == 0
    made = load_study(folder)
    assert (made.study_id, len(made.items)) == ("mine", 14)
    assert made.protocol == {"rating": "rating", "label": "label"}.get(template, "pairwise")
    assert made.provenance is not None
    assert "KokoroChat" not in made.provenance.text("en")
    assert made.support is not None
    assert made.support.contact
    assert main(["check", str(folder)]) == 0
    assert main(["plan", str(folder)]) == 0
    assert "raters" in capsys.readouterr().out


def test_nothing_is_overwritten(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (study / "study.yaml").read_bytes()
    assert main(["new", str(study)]) == 2
    assert "is there already" in capsys.readouterr().err
    assert (study / "study.yaml").read_bytes() == before


def test_check_names_every_fault_of_a_broken_folder(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (study / "study.yaml").read_text(encoding="utf-8")
    (study / "study.yaml").write_text(text.replace("seats: 5", "seats: none"), encoding="utf-8")
    lines = (study / "responses" / "written-reflective.jsonl").read_text(encoding="utf-8").splitlines()
    (study / "responses" / "written-reflective.jsonl").write_text("\n".join(lines[1:]) + "\n", encoding="utf-8")
    assert main(["check", str(study)]) == 2
    assert "seats" in capsys.readouterr().err


def test_plan_says_what_eighty_decisive_dialogues_show() -> None:
    from results.planning.sign_power import sign_test_power
    from studio.documents.plan import WINS

    assert [round(sign_test_power(80, win), 2) for win in WINS[:2]] == [0.37, 0.72]


def test_a_pilot_is_a_study_of_its_own(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pilot", str(study), "--items", "3", "--out", str(tmp_path / "pilot")]) == 0
    small = load_study(tmp_path / "pilot")
    assert (small.study_id, len(small.items), len(small.responses)) == ("mine-pilot", 3, 6)
    assert main(["pilot", str(study), "--items", "15", "--out", str(tmp_path / "other")]) == 2
    assert "allowed: 1 to 14" in capsys.readouterr().err
    assert not (tmp_path / "other").exists()


def test_papers_say_the_work_the_help_and_the_whole_data_map(study: Path, tmp_path: Path) -> None:
    from studio.store import datamap

    out = tmp_path / "papers"
    assert main(["ethics", str(study), "--out", str(out)]) == 0
    assert len(list(out.iterdir())) == 8
    assert "120" in (out / "risks.ja.md").read_text(encoding="utf-8")  # the help line of the study
    for language in ("ja", "en"):
        told = (out / f"data.{language}.md").read_text(encoding="utf-8")
        assert all(row["what"] in told for row in datamap.table(language, 365, payment=False, sessions=False))
    information = (out / "information.en.md").read_text(encoding="utf-8")
    assert "At most 16 for each person" in information  # 14 pairs, 2 for practice; no last question: none is tuned


def test_papers_state_what_the_organiser_states_and_leave_the_rest_blank(study: Path) -> None:
    from studio.documents import ethics
    from tasks.design.planning import plan
    from tasks.schema import Information, Words

    loaded = load_study(study)
    planned = plan(loaded)
    blank = ethics.whole(loaded, planned, "en")
    assert "- Payment: [ ]" in blank
    assert "- Where the dialogues come from: [ ]" in blank
    assert not re.search("role-play|published for research|for payment|disadvantage|deducted", blank)
    said = Information(payment=Words(ja="図書券", en="A book token"), dialogues=Words(ja="自作", en="Our own"))
    filled = ethics.whole(loaded.model_copy(update={"information": said}), planned, "en")
    assert "- Payment: A book token" in filled
    assert "- Where the dialogues come from: Our own" in filled
    assert "> - **Payment.** A book token" in filled  # the consent form, as it stands on the page


def test_the_consent_page_does_not_contradict_itself(study: Path) -> None:
    """Judgments stay under a code; what is erased is named, and no reason is asked for passing over."""
    from studio.service.view import consent_text

    text = consent_text(load_study(study))
    assert text is not None
    assert "365日後に" in text.text("ja")
    assert "erased 365 days after" in text.text("en")
    for claim in (
        "記録は365日",
        "集計だけが残",
        "飛ばした理由。",
        "謝金の計算",
        "Records are deleted",
        "why you skipped",
        "for payment",
    ):
        assert claim not in text.text("ja")
        assert claim not in text.text("en")


def test_a_study_of_before_keeps_its_hash_and_its_consent() -> None:
    """Figures of 0.1.0: a registered study is the same one, and nobody is asked to agree again."""
    from studio.service.organiser.conduct import fingerprint
    from studio.service.view import consent_version
    from tests.tree import ROOT

    tiny = load_study(ROOT / "tests" / "studies_data" / "tiny")
    assert fingerprint(tiny) == "66dd942006c19db7b76e9edd665cb86d08cf276e05de991c0e9e8d83ec190250"
    assert consent_version(tiny) == "c1f7a3d6bc48e989"


def test_the_registration_changes_with_one_letter_of_a_response(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["preregister", str(study), "--out", str(tmp_path / "one.md")]) == 0
    path = study / "responses" / "written-reflective.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("。", "、", 1), encoding="utf-8")
    assert main(["preregister", str(study), "--out", str(tmp_path / "two.md")]) == 0
    one, two = (
        next(line for line in (tmp_path / f"{name}.md").read_text().splitlines() if "sha256" in line)
        for name in ("one", "two")
    )
    assert one != two


@pytest.mark.parametrize("language", registration.LANGUAGES)
def test_the_registration_says_the_same_in_every_language(language: str) -> None:
    tested = load_study(ROOT / "tests" / "studies_data" / "tiny")
    systems = tuple(system.system_id for system in tested.systems[:2])
    claims: list[dict[str, object]] = [
        {"claim": "better"},
        {"claim": "equivalent", "margin": 0.3},
        {"estimand": "these_raters"},
    ]
    declared = [Hypothesis.model_validate({"criterion": "preference", "systems": systems, **claim}) for claim in claims]
    for study in (tested, tested.model_copy(update={"hypotheses": tuple(declared)})):
        english, own = (registration.registered(study, "f" * 64, tag) for tag in ("en", language))
        assert len(own) == len(english)
        assert not re.search(r"\{\w+\}", "".join(own))
        for one, two in zip(english, own, strict=True):
            assert re.findall(r"\d+(?:\.\d+)?", one) == re.findall(r"\d+(?:\.\d+)?", two)


def test_a_language_without_a_registration_is_refused_by_name(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preregister", str(study), "--language", "tlh"]) == 2
    assert f"--language: found 'tlh'; allowed: {', '.join(registration.LANGUAGES)}" in capsys.readouterr().err
    assert main(["preregister", str(study), "--language", "de"]) == 0
    assert capsys.readouterr().out.startswith("# Registrierung: ")


# --- responses from elsewhere -------------------------------------------------------------------------------------


def rows_of(study: Path, systems: tuple[str, ...] = ("mine-1", "mine-2")) -> list[dict[str, str]]:
    items = read_items(study / "items.jsonl")
    return [
        {"id": item.item_id, "model": system, "answer": f"=それは{place}つらいですね。\n{system}"}
        for system in systems
        for place, item in enumerate(items)
    ]


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_responses_of_any_format_become_a_study(study: Path, tmp_path: Path, ending: str) -> None:
    table = pd.DataFrame(rows_of(study))
    path = tmp_path / f"answers.{ending}"
    if ending == "csv":
        table.to_csv(path, index=False)
    elif ending == "jsonl":
        table.to_json(path, orient="records", lines=True, force_ascii=False)
    else:
        table.to_parquet(path)
    words = ["--item", "id", "--text", "answer", "--system-column", "model", "--note", "made elsewhere"]
    out = tmp_path / "responses"
    assert main(["responses", str(path), "--items", str(study), "--out", str(out), *words]) == 0
    texts = [json.loads(line)["text"] for line in (out / "mine-1.jsonl").read_text(encoding="utf-8").splitlines()]
    assert texts == [row["answer"] for row in rows_of(study)[:14]]
    from tasks.__main__ import main as tasks

    assert tasks(["build", str(study), str(out), "--out", str(tmp_path / "built"), "--study-id", "built",
                  "--contact", "a@example.org"]) == 0  # fmt: skip
    built = load_study(tmp_path / "built")
    assert {system.system_id for system in built.systems} == {"mine-1", "mine-2"}
    assert built.systems[0].manifest["source"] == str(path)


def test_every_fault_of_a_file_is_named_and_nothing_is_written(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = rows_of(study, ("mine-1",))
    rows[1]["answer"] = "  "
    rows[2]["id"] = "stranger"
    rows.append(rows[3] | {"answer": "another"})
    path = tmp_path / "answers.csv"
    pd.DataFrame(rows).to_csv(path, index=False)
    words = ["responses", str(path), "--items", str(study), "--out", str(tmp_path / "out"), "--item", "id"]
    assert main([*words, "--text", "answer", "--system", "mine-1"]) == 2
    told = capsys.readouterr().err
    assert "row 3, column answer: is empty" in told
    assert "found 'stranger'" in told
    assert "two different responses of 'mine-1' to this item" in told
    assert not (tmp_path / "out").exists()
    assert main([*words, "--text", "nothing", "--system", "mine-1"]) == 2
    assert "column 'nothing': not found" in capsys.readouterr().err
    assert main([*words, "--text", "answer", "--system", "a b"]) == 2
    assert "--system: found 'a b'" in capsys.readouterr().err
    assert main([*words, "--text", "answer"]) == 2
    assert "--system-column" in capsys.readouterr().err


def test_a_second_file_adds_its_system_and_no_system_is_replaced(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"

    def brought(*systems: str, names: dict[str, str]) -> int:
        table = pd.DataFrame([row | {"model": names[row["model"]]} for row in rows_of(study, systems)])
        table.to_csv(tmp_path / "answers.csv", index=False)
        words = ["--item", "id", "--text", "answer", "--system-column", "model"]
        return main(["responses", str(tmp_path / "answers.csv"), "--items", str(study), "--out", str(out), *words])

    names = {"mine-1": "相談A", "mine-2": "相談B"}
    assert brought("mine-1", names=names) == 0
    first = (out / "s1.jsonl").read_bytes()
    assert brought("mine-2", names=names) == 0
    assert (out / "s1.jsonl").read_bytes() == first
    assert sorted(path.name for path in out.iterdir()) == [
        "s1.jsonl", "s1.manifest.json", "s2.jsonl", "s2.manifest.json"
    ]  # fmt: skip
    assert json.loads((out / "s2.manifest.json").read_text("utf-8"))["name"] == "相談B"
    assert "holds s1, s2" in capsys.readouterr().out
    assert brought("mine-1", "mine-2", names={"mine-1": "third", "mine-2": "相談B"}) == 2
    assert "system '相談B' is there already; allowed: another name" in capsys.readouterr().err
    assert len(list(out.iterdir())) == 4
    (out / "notes.txt").write_text("mine")
    assert brought("mine-1", names={"mine-1": "fourth"}) == 2
    assert "found notes.txt there or lacking; allowed: a new folder, or one of" in capsys.readouterr().err
    assert (out / "notes.txt").read_text() == "mine"


def test_a_system_that_lacks_items_is_refused(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "answers.csv"
    pd.DataFrame(rows_of(study, ("mine-1",))[:10]).to_csv(path, index=False)
    words = ["--item", "id", "--text", "answer", "--system", "mine-1"]
    assert main(["responses", str(path), "--items", str(study), "--out", str(tmp_path / "out"), *words]) == 2
    assert "has no response to 4 of 14 items" in capsys.readouterr().err


def test_check_registration_and_report_tell_the_same_of_the_analysis(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A study with families, exclusions that govern and covariates of its own: three papers, the same sentences."""
    from results.planning.simulated_export import simulated_export
    from results.report.build import build
    from results.report.pages import lay_out

    folder = tmp_path / "declared"
    shutil.copytree(study, folder)
    yaml = (folder / "study.yaml").read_text("utf-8")
    first, second = (system.system_id for system in load_study(study).systems)
    primary = yaml.index("primary:\n")
    yaml = yaml[:primary] + "primary:\n  exclusions: govern\n  adjusted_for: [length, minimal]" + yaml[primary + 8 :]
    tests = [
        f"  - {{family: primary, systems: [{second}, {first}], claim: not_worse, margin: 0.3}}",
        f"  - {{family: secondary, criterion: empathy, systems: [{second}, {first}], estimand: these_raters}}",
    ]
    (folder / "study.yaml").write_text("\n".join([yaml, "hypotheses:", *tests, ""]), encoding="utf-8")
    loaded = load_study(folder)
    assert main(["check", str(folder)]) == 0
    checked = capsys.readouterr().out
    record = build(simulated_export(loaded, 1), resamples=100).record
    for language in registration.LANGUAGES:
        registered = "\n".join(registration.registered(loaded, "f" * 64, language))
        report = lay_out(record, language).markdown()
        told = plan.of_study(loaded, language)
        assert len(told) == 6
        for sentence in told:
            assert f"- {sentence}" in registered
            assert sentence in report, (language, sentence)
    for sentence in plan.of_study(loaded, "en"):
        assert f"declared: {sentence}" in checked

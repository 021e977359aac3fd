"""benchmarks/published.py on files of our own in the shapes of the public ones, which are not in this project."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks import published
from benchmarks.plain_counts import alpha, kappa
from tests import published as worked

DOCS = Path(__file__).parent.parent.parent / "docs" / "published.md"
UNITS = 12


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Made-up judgments of twelve units in every shape."""
    random = np.random.default_rng(11)

    def drawn(values: list[str], size: int = 3) -> list[str]:
        kept = str(random.choice(values))
        return [kept if random.random() < 0.6 else str(random.choice(values)) for _ in range(size)]

    llmfao = [f"{unit},w{n},{word}" for unit in range(UNITS) for n, word in enumerate(drawn(["left", "right", "tie"]))]
    write(tmp_path / "llmfao.csv", ["id,worker,winner", *llmfao])
    pandalm = [
        {"idx": unit, "cmp_key": "a_b", **{f"annotator{n}": int(v) for n, v in enumerate(drawn(["0", "1", "2"]), 1)}}
        for unit in range(UNITS)
    ]
    dump(tmp_path / "testset-v1.json", pandalm)
    fed = [
        {"annotations": {"Overall": [int(v) for v in drawn(["0", "2", "4"])]}, **({"response": "r"} if n % 3 else {})}
        for n in range(3 * UNITS)
    ]
    for entry in fed:
        if "response" in entry:
            entry["annotations"]["Interesting"] = [*(int(v) for v in drawn(["0", "1", "2"])), "N/A (cut)"]  # type: ignore[index]
    dump(tmp_path / "fed_data.json", fed)
    names = ("Understandable", "Natural", "Maintains Context", "Engaging", "Uses Knowledge", "Overall")
    usr = [
        {"responses": [{name: [int(v) for v in drawn(["1", "2", "3"])] for name in names} for _ in range(3)]}
        for _ in range(4)
    ]
    dump(tmp_path / "pc_usr_data.json", usr)
    brexit = {
        str(unit): {"annotators": "Ann1,Ann2,Ann3", "annotations": ",".join(drawn(["0", "1"]))} for unit in range(UNITS)
    }
    dump(tmp_path / "HS-Brexit_dev.json", brexit)
    annomi = [
        f"{unit // 2},{unit % 2},{n},{talk},n/a" if unit % 4 < 2 else f"{unit // 2},{unit % 2},{n},n/a,{talk}"
        for unit in range(4 * UNITS)
        for n, talk in enumerate(drawn(["neutral", "change", "sustain"]))
    ]
    head = "transcript_id,utterance_id,annotator_id,client_talk_type,main_therapist_behaviour"
    write(tmp_path / "AnnoMI-full.csv", [head, *annomi])
    alpaca = [
        {"instruction": f"say {n}", "generator_1": "text_davinci_003", "generator_2": "LMCocktail-10.7B-v1",
         "annotator": "judge", "preference": (2.0, 1.0, 2.0, 0.0, None)[n % 5]}
        for n in range(20)
    ]  # fmt: skip
    dump(tmp_path / "LMCocktail-10.7B-v1" / "alpaca_eval_gpt4" / "annotations.json", alpaca)
    wmt = [
        f"user{n},sys{unit % 3},{unit},{kind},eng,liv,{10 * int(score) + n},1.5,2.5"
        for unit in range(UNITS)
        for kind in ("TGT", "BAD")
        for n, score in enumerate(drawn([str(v) for v in range(9)]))
    ]
    write(tmp_path / "WMT22.Appraise.SegLvlLivSrc.20221031.filtered.csv", wmt)
    return tmp_path


def write(path: Path, lines: list[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def dump(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


def test_every_shape_gives_what_is_counted_by_hand(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = {case.name: published.found(case, [folder]) for case in published.CASES}
    assert all(cases.values()), cases
    different = []
    for case in published.CASES:
        own = replace(case, published=())
        path = cases[case.name]
        assert path is not None
        cells, alike = published.check(own, path, 100)
        assert alike, cells
        different.append(cells[1])
    assert len(set(different)) > 10, "the figures are figures, not one constant"
    capsys.readouterr()


def test_a_figure_that_differs_is_told(folder: Path) -> None:
    case = next(case for case in published.CASES if case.name.startswith("llmfao"))
    path = published.found(case, [folder])
    assert path is not None
    assert not published.check(replace(case, counted=lambda _: (2.0,)), path, 100)[1]
    assert not published.check(replace(case, published=(2.0,)), path, 100)[1]


def test_files_that_are_not_there_are_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert published.main(["--data", str(tmp_path)]) == 0
    assert capsys.readouterr().out.count("Not there: ") == len(published.CASES)


def test_the_plain_counts_give_published_examples() -> None:
    for case in worked.of_kind("krippendorff_alpha"):
        if case["level"] == "ratio" or case["expected"]["alpha"] is None:
            continue
        units = [[value for value in row if value is not None] for row in case["data"]]
        counted = alpha([unit for unit in units if len(unit) > 1], case["level"])
        assert counted == pytest.approx(case["expected"]["alpha"], abs=case["tolerance"]), case["id"]
    # Two raters of ten units, 7 agree; shares .5 and .6 of yes: chance .5 * .6 + .5 * .4 = .5, so (.7 - .5) / .5.
    assert kappa("yyyyynnnnn", "yyyynynnny") == pytest.approx(0.4)


def test_the_guide_has_every_command() -> None:
    guide = DOCS.read_text(encoding="utf-8")
    assert [case.name for case in published.CASES if case.shown() not in guide] == []

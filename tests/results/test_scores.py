"""Score reports: statistics against independent ones, baselines fit on train alone, leaks refused, files whole."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from results.__main__ import main
from results.record.scores import Run, RunSplit
from results.scores import baselines, facts, metrics, pairing
from results.scores.pairing import MISSING, Scored
from results.statistics.resample import Resampling
from tasks.data import kokorochat, splits
from tasks.data.predictions import Prediction
from tasks.errors import InputError
from tests import synthetic

HOW = Resampling(200, 1)
RNG = np.random.default_rng(3)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return synthetic.folder(tmp_path_factory.mktemp("scores") / "data", 120)


def prediction(dialogue_id: str, rng: np.random.Generator) -> Prediction:
    chances = rng.dirichlet(np.ones(6), 20).round(6)
    return Prediction(
        dialogue_id=dialogue_id,
        values=tuple(int(v) for v in chances.argmax(axis=1)),
        flags=(False, False, bool(rng.random() < 0.2)),
        chances=tuple(map(tuple, chances.tolist())),
        flag_chances=(0.0, 0.0, 0.3),
    )


@pytest.fixture(scope="module")
def scored(data: Path) -> Scored:
    everything = kokorochat.load(data)
    test = splits.split(everything, "client")["test"]
    found = [prediction(dialogue.dialogue_id, RNG) for dialogue in test]
    return pairing.matched(found, Run(split=RunSplit(by="client", part="test")), everything, "here")


def columns() -> tuple[pairing.Ints, pairing.Ints]:
    given, true = RNG.integers(0, 6, (60, 20)), RNG.integers(0, 6, (60, 20))
    given[0, 0] = MISSING
    return given, true


def test_measures_equal_independent_ones() -> None:
    given, true = columns()
    cells = metrics.tables(given, true)[:, 0].sum(axis=0)
    x, y = given[1:, 0], true[1:, 0]  # the missing one does not count
    value = {name: float(measure(cells)) for name, measure in metrics.MEASURES.items()}
    assert value["exact"] == pytest.approx(np.mean(x == y))
    assert value["within_one"] == pytest.approx(np.mean(abs(x - y) <= 1))
    assert value["mae"] == pytest.approx(np.mean(abs(x - y)))
    assert value["bias"] == pytest.approx(np.mean(x - y))
    assert value["pearson"] == pytest.approx(stats.pearsonr(x, y).statistic)
    assert value["spearman"] == pytest.approx(stats.spearmanr(x, y).statistic)
    observed, expected = np.mean((x - y) ** 2), np.mean((x[:, None] - y[None, :]) ** 2)
    assert value["kappa"] == pytest.approx(1 - observed / expected)


def test_correlations_over_items_are_means_of_the_items_and_constants_are_undefined() -> None:
    given, true = columns()
    cells = metrics.tables(given, true)
    clients = [str(i // 2) for i in range(60)]
    each = [stats.spearmanr(given[1 if k == 0 else 0 :, k], true[1 if k == 0 else 0 :, k]).statistic for k in range(20)]
    figure = metrics.measured(cells, clients, ("spearman",), HOW)["spearman"]
    assert figure.value == pytest.approx(np.mean(each))
    assert figure.low is not None
    assert figure.sizes.items == 30  # clients are what is resampled
    constant = metrics.measured(metrics.tables(np.full_like(true, 3), true), clients, ("kappa", "pearson"), HOW)
    assert constant["pearson"].value is None
    assert constant["pearson"].reason == "constant_side"
    assert constant["kappa"].value == pytest.approx(0)


def test_a_perfect_model_is_perfect_and_a_difference_to_itself_is_nothing() -> None:
    _, true = columns()
    cells, clients = metrics.tables(true, true), [str(i) for i in range(60)]
    figures = metrics.measured(cells, clients, ("exact", "mae", "spearman", "kappa"), HOW)
    assert [figures[n].value for n in ("exact", "mae", "spearman", "kappa")] == pytest.approx([1, 0, 1, 1])
    same = metrics.difference(cells, cells, clients, "mae", HOW)
    assert (same.value, same.low, same.reason) == (0, None, "no_variation")


def test_totals_equal_scipys_and_missing_totals_do_not_count() -> None:
    x, y = RNG.random(50) * 100, RNG.random(50) * 100
    figures = metrics.total_figures(np.append(x, np.nan), np.append(y, 5.0), [str(i) for i in range(51)], HOW)
    assert figures["spearman"].value == pytest.approx(stats.spearmanr(x, y).statistic)
    assert figures["pearson"].value == pytest.approx(stats.pearsonr(x, y).statistic)
    assert figures["mae"].value == pytest.approx(np.abs(x - y).mean())
    assert figures["mae"].sizes.judgments == 50
    low, value, high = (figures["spearman"].five()[key] for key in ("low", "value", "high"))
    assert low < value < high


def test_weighted_spearman_is_that_of_the_repeated_sample() -> None:
    x, y, weights = RNG.integers(0, 9, 20), RNG.integers(0, 9, 20), RNG.integers(0, 4, 20)
    repeated = stats.spearmanr(np.repeat(x, weights), np.repeat(y, weights)).statistic
    own = metrics._weighted_spearman(weights.astype(float), x.astype(float), y.astype(float))
    assert own == pytest.approx(repeated)


def test_baselines_are_those_of_the_training_part() -> None:
    train = np.array([[0, 5], [3, 5], [3, 1], [4, 1], [5, 1]] * 2)
    assert baselines.constant(train) == 1
    assert baselines.modes(train).tolist() == [3, 1]
    assert baselines.medians(train).tolist() == [3, 1]
    intercept, slope = baselines.halo(train)
    expected = stats.linregress(train[:, 1], train[:, 0])
    assert (intercept[0], slope[0]) == pytest.approx((expected.intercept, expected.slope))
    assert baselines.shares(train)[1].tolist() == [0, 0.6, 0, 0, 0, 0.4]


def test_training_dialogues_among_the_predicted_are_refused(scored: Scored) -> None:
    found = [prediction(scored.train[0].dialogue_id, RNG)]
    everything = (*scored.train, *scored.dialogues)
    with pytest.raises(InputError, match="1 of 1 dialogues are of the training part of the split by client"):
        pairing.matched(found, Run(), everything, "here")
    with pytest.raises(InputError, match="not in this copy of KokoroChat, the first: 999999"):
        pairing.matched([prediction("999999", RNG)], Run(), everything, "here")


def test_facts_hold_every_part_and_are_json(scored: Scored) -> None:
    made = json.loads(facts.facts(scored, HOW).model_dump_json())
    assert [entry["name"] for entry in made["predictors"]] == [
        "model", "model_mean", "constant", "item_mode", "item_median", "other_items",
    ]  # fmt: skip
    assert len(made["items"]) == 20
    assert sum(row["n"] for row in made["true_values"]) == 20 * len(scored.dialogues)
    assert sum(b["n"] for b in made["calibration"]["bins"]) == 120 * len(scored.dialogues)
    assert (
        made["calibration"]["log_loss"] > made["calibration"]["base_log_loss"]
    )  # random chances know less than shares
    assert {entry["measure"] for entry in made["against_baseline"]} == {"exact", "within_one", "mae"}


def test_totals_follow_the_published_rule(scored: Scored) -> None:
    for one in scored.predictions:
        total = sum(value for value in one.values if value is not None)
        assert one.score == (total // 2 if one.flags[2] else total)
        assert one.expected_score == pytest.approx(sum(one.expectations or ()) / (2 if one.flags[2] else 1))
    harmful = scored.predictions[0].model_copy(update={"flags": (True, False, True)})
    assert (harmful.score, harmful.expected_score) == (0, 0.0)


def test_structure_of_equal_items_is_one_component() -> None:
    column = RNG.normal(size=40)
    made = facts.structure(np.tile(column[:, None], (1, 20)))
    assert (made.mean, made.alpha, made.first_component) == pytest.approx((1, 1, 1))
    flat = facts.structure(np.full((40, 20), 3.0))
    assert (flat.mean, flat.alpha, flat.first_component) == (None, None, None)


@pytest.mark.parametrize(("experiment", "name"), [([], "scores"), (["2"], "correlation"), (["3"], "unseen")])
def test_the_command_writes_a_page_markdown_json_and_pictures(
    scored: Scored, data: Path, tmp_path: Path, experiment: list[str], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = tmp_path / "p.jsonl", tmp_path / "out"
    path.write_text("".join(one.model_dump_json() + "\n" for one in scored.predictions), encoding="utf-8")
    options = ["scores", str(path), "--data", str(data), "--out", str(out), "--resamples", "100"]
    assert main([*options, *(["--experiment", *experiment] if experiment else [])]) == 0
    assert str(out / f"{name}.html") in capsys.readouterr().out
    page = (out / f"{name}.html").read_text(encoding="utf-8")
    assert "NaN" not in page
    assert "<script" not in page
    assert (out / f"{name}.md").read_text(encoding="utf-8").startswith("# ")
    if name == "scores":
        pictures = sorted(out.glob("*.svg"))
        assert len(pictures) >= 6
        assert all("<text" in picture.read_text(encoding="utf-8") for picture in pictures)


def test_a_missing_file_is_one_message(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scores", str(tmp_path / "no.jsonl"), "--data", str(data), "--out", str(tmp_path / "o")]) == 2
    assert "no.jsonl: cannot be read" in capsys.readouterr().err
    assert not (tmp_path / "o").exists()


def test_a_manifest_of_another_kind_is_refused_by_file_and_field(tmp_path: Path) -> None:
    path = tmp_path / "p.jsonl"
    path.with_name("p.manifest.json").write_text('{"split": {"by": "weekday"}, "max_length": "long"}', encoding="utf-8")
    with pytest.raises(InputError) as error:
        pairing.run_of(path)
    assert [line.split(": ")[1] for line in error.value.errors] == ["max_length", "split.by"]
    assert "p.manifest.json" in error.value.errors[0]
    assert pairing.run_of(tmp_path / "other.jsonl") == Run(), "none is no fault"

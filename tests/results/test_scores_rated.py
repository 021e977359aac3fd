"""Rated dialogues beside client and model: agreement, nearness of voices, and leaving one rater out, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from results.scores import rated, rated_sections
from results.scores.pairing import MISSING, Ints
from results.scores.rated import Rated
from results.scores.spoken import Spoken
from results.statistics.resample import Resampling

HOW = Resampling(200, 1)
RNG = np.random.default_rng(5)
N = 12


def some() -> Ints:
    return RNG.integers(0, 6, (N, 20))


def of(raters: dict[str, Ints], client: Ints, model: Ints | None = None) -> Rated:
    return Rated(tuple(f"d{i}" for i in range(N)), raters, client, model, simulated=True)


def test_raters_that_agree_have_alpha_one_and_are_met_by_a_model_that_says_the_same() -> None:
    truth = some()
    made = rated.facts(of({"R001": truth, "R002": truth, "R003": truth}, some(), truth), HOW)
    assert [item.alpha.value for item in made.items] == pytest.approx([1] * 20)
    voices = {entry.pair: entry for entry in made.voices}
    assert voices["rater and rater"].exact.value == 1
    assert voices["model and rater"].mae.value == 0
    assert made.one_more["model"].value == 0
    assert made.one_more["client"].sign > 0  # a random client is far from all of them
    assert "farther" in " ".join(rated_sections.summary(made, Spoken("en")))


def test_one_more_rater_by_hand() -> None:
    """One item rated 1, 3, 5 by three raters; a model that says 3 and a client that says 0.

    Others' means: 4 (without the first), 3, 2. Raters' errors: 3, 0, 3 = mean 2. Model: 1, 0, 1 = 2/3. Client: 4, 3, 2.
    """
    blank = np.full((N, 20), MISSING)

    def said(value: int) -> Ints:
        own = blank.copy()
        own[0, 0] = value
        return own

    data = of({"R001": said(1), "R002": said(3), "R003": said(5)}, np.zeros((N, 20), np.int64), said(3))
    made = rated.one_more(data, HOW)
    assert made["model"].value == pytest.approx(2 / 3 - 2)
    assert made["client"].value == pytest.approx(3 - 2)
    assert made["model"].sizes.judgments == 3


def test_bias_of_a_voice_is_its_mean_minus_the_others() -> None:
    client = RNG.integers(0, 5, (N, 20))
    made = rated.facts(of({"R001": client + 1, "R002": client + 1}, client), HOW)
    voices = {entry.pair: entry for entry in made.voices}
    assert voices["rater and client"].bias.value == pytest.approx(1)
    assert voices["rater and client"].spearman.value == pytest.approx(1)
    assert "model and rater" not in voices


def test_one_rater_alone_gives_no_agreement_but_a_reason_and_pages_still_come() -> None:
    made = rated.facts(of({"R001": some()}, some()), HOW)
    assert all(item.alpha.value is None and item.alpha.reason for item in made.items)
    assert made.one_more["client"].value is None
    assert "NaN" not in made.model_dump_json()
    assert len(rated_sections.sections(made, Spoken("en"))) == 3
    assert "cannot be said" in " ".join(rated_sections.summary(made, Spoken("en")))

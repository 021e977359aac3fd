"""Rated dialogues beside client and model: agreement, nearness of voices, and who could stand in a rater's place."""

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
    assert [place.voice for place in made.places] == ["client", "model", "constant", "rater"]
    assert "cannot be said: a verdict needs three raters" in " ".join(rated_sections.summary(made, Spoken("en")))


def voted(seed: int, dialogues: int = 120, raters: int = 4) -> tuple[dict[str, Ints], Ints]:
    """Raters who see the same dialogues with noise of their own, and one voice more of that kind."""
    random = np.random.default_rng(seed)
    quality = random.normal(2.5, 1.2, (dialogues, 1)) + random.normal(0, 0.5, (dialogues, 20))
    all_ = [np.clip(np.round(quality + random.normal(0, 0.7, quality.shape)), 0, 5) for _ in range(raters + 1)]
    own = {f"R{number + 1:03d}": one.astype(np.int64) for number, one in enumerate(all_[:-1])}
    return own, all_[-1].astype(np.int64)


def many(raters: dict[str, Ints], client: Ints, model: Ints | None = None) -> Rated:
    return Rated(tuple(f"d{i}" for i in range(len(client))), raters, client, model, simulated=True)


def test_a_peer_can_stand_in_a_raters_place_and_constants_cannot() -> None:
    raters, peer = voted(1)
    found = {place.voice: place for place in rated.places(many(raters, np.full((120, 20), 3), peer))}
    assert (found["model"].passed, found["model"].of) == (1, 1)
    assert (found["client"].passed, found["client"].correlation) == (0, None)
    assert found["constant"].passed == 0
    assert (found["rater"].passed, found["rater"].of) == (4, 4)


def test_a_shuffled_model_knows_no_dialogue() -> None:
    raters, peer = voted(2)
    shuffled = np.random.default_rng(3).permutation(peer)
    found = {place.voice: place for place in rated.places(many(raters, peer, shuffled))}
    assert (found["client"].passed, found["model"].passed) == (1, 0)
    assert found["model"].guard_p > 0.05


def test_near_by_hand() -> None:
    """One item of twelve dialogues; of rater 1 the others say 3 and 3, the rater 1, client 3, model 1: the client is as
    near or nearer always, the model (which is as far as the rater) too, and a model that says 0 as well."""
    blank = np.full((N, 20), MISSING)

    def said(value: int) -> Ints:
        own = blank.copy()
        own[:, 0] = value
        return own

    found = rated.places(of({"R001": said(1), "R002": said(3), "R003": said(3)}, said(3), said(1)))
    client, model = found[:2]
    assert (client.voice, client.ratings, client.reason) == ("client", N, "few_for_judge")
    assert (model.voice, model.of, model.passed) == ("model", 0, 0)
    assert client.winning_rate is None  # nobody has 30 dialogues


def test_what_a_model_left_out_of_a_dialogue_is_nobodys() -> None:
    raters, peer = voted(4)
    lacking = peer.copy()
    lacking[:, 5:] = MISSING
    whole, part = (rated.places(many(raters, peer, model))[1] for model in (peer, lacking))
    assert (whole.ratings, part.ratings) == (2400, 2400)
    assert (part.advantage or 1) < (whole.advantage or 0)
    assert part.passed == 0


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
    assert made.places[0].winning_rate is None
    assert "NaN" not in made.model_dump_json()
    assert len(rated_sections.sections(made, Spoken("en"))) == 3
    assert "cannot be said" in " ".join(rated_sections.summary(made, Spoken("en")))

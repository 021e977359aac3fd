"""What a report of rated dialogues says, from its record."""

from __future__ import annotations

from results.document.drawings import forest
from results.document.numbers import DASH, number, percent
from results.document.view import Paragraph, Picture, Section, Table
from results.record.rated import RatedPlace, RatedReport
from results.scores.cells import bounds, forest_row
from results.scores.spoken import Spoken
from results.statistics.judges.alternative import EPSILON

SPOKEN = ("client", "model")
"""Voices of which the answer says whether they could stand in a rater's place."""


def summary(report: RatedReport, say: Spoken) -> list[str]:
    """How much was rated, how far raters agree, and whether a model could stand in a rater's place."""
    counts = report.counts
    known = [item.alpha.value for item in report.items if item.alpha.value is not None]
    shown = {"n": counts.raters, "dialogues": counts.dialogues, "ratings": f"{counts.ratings:,}"}
    first = say("rated_summary", **shown)
    if known:
        first = say("rated_summary_alpha", **shown, least=number(min(known)), most=number(max(known)))
    return [first, *(_stands(place, say) for place in report.places if place.voice in SPOKEN)]


def _stands(place: RatedPlace, say: Spoken) -> str:
    if not place.of:
        return say(f"place.{place.voice}.unknown", reason=say.why(place.reason))
    key = "passes" if place.passed else "fails"
    shown = {"won": place.won, "of": place.raters, "epsilon": f"{EPSILON:g}", "p": number(place.guard_p, 3)}
    return say(f"place.{place.voice}.{key}", **shown)


def sections(report: RatedReport, say: Spoken) -> tuple[Section, ...]:
    """All parts of the report."""
    header = say.header("item", "alpha", "interval", "raters_mean", "clients", "models")
    items = tuple(
        (f"{i} {item.en} · {item.ja}", number(item.alpha.value), bounds(item.alpha),
         *(number(item.means.get(voice)) for voice in ("raters", "client", "model")))
        for i, item in enumerate(report.items, start=1)
    )  # fmt: skip
    drawn = [forest_row(f"{i} {item.en}", item.alpha) for i, item in enumerate(report.items, start=1)]
    pairs = {entry.pair: say(f"pair.{entry.pair.replace(' and ', '_')}") for entry in report.voices}
    voices = tuple(
        (pairs[entry.pair], percent(entry.exact.value), percent(entry.within_one.value),
         number(entry.mae.value), bounds(entry.mae), number(entry.bias.value, sign=True),
         number(entry.spearman.value), number(entry.kappa.value))
        for entry in report.voices
    )  # fmt: skip
    near = [forest_row(pairs[entry.pair], entry.mae) for entry in report.voices]
    places = tuple(
        (say(f"voice.{place.voice}"), percent(place.winning_rate), percent(place.advantage),
         number(place.correlation), DASH if place.correlation is None else number(place.guard_p, 3),
         f"{place.passed} / {place.of}" if place.of else DASH)
        for place in report.places
    )  # fmt: skip
    of_voices = say.header("", "exact", "within_one", "mae", "interval", "bias", "spearman", "kappa")
    return (
        Section("agreement", say("section.agreement"), (
            Table(header, items, say("agreement_note")),
            Picture(forest(drawn, (-0.5, 0, 0.5, 1), say("agreement_title")), say("agreement_caption")),
        )),
        Section("voices", say("section.voices"), (
            Table(of_voices, voices, say("voices_note")),
            Picture(forest(near, (0, 0.5, 1, 1.5, 2), say("measure.mae")), say("voices_caption")),
        )),
        Section("place", say("section.place"), (
            Paragraph(say("place_text", epsilon=f"{EPSILON:g}")),
            Table(say.header("", "won", "advantage", "guard_r", "guard_p", "passes"), places),
        )),
    )  # fmt: skip

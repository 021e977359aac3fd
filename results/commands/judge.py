"""`python -m results judge EXPORT [PREDICTIONS …]`: what a machine judge is worth beside the study's raters."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from results.commands.terminal import add_resampling, columns, interval
from results.document.numbers import DASH, number
from tasks.console import Commands
from tasks.errors import InputError

if TYPE_CHECKING:  # loaded when the command runs, so that --help answers at once
    from results.record.figure import Effect
    from results.record.judges import Contender, JudgeRecord, JudgesRecord


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "judge",
        help="what a machine judge is worth beside the study's raters",
        description="The alternative annotator test with its guard and baselines, agreement within pairs of systems, "
        "habits of position, length, questions and minimal responses, and what the judge saves. Judges are those of "
        "the export and of the files: verdicts as `studio judge` writes them, or a table with item_id, first_system, "
        "second_system and preference (negative = the first) or winner (a system's name or tie).",
    )
    parser.add_argument("export", type=Path, metavar="EXPORT", help="export folder (docs/study-format.md)")
    parser.add_argument("predictions", type=Path, nargs="*", metavar="PREDICTIONS", help="files of predictions")
    add_resampling(parser, 2_000)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read, compute, print; 0 whatever the judge is worth. Raises InputError with every fault of a file."""
    from results.export.folder import read
    from results.judges.predictions import notes, with_predictions
    from results.judges.worth import judge_records
    from results.record.judges import JUDGES_VERSION, JudgesRecord
    from results.statistics.resample import Resampling
    from results.study.exclusions import governed
    from results.study.judged import judged

    export = read(options.export)
    verdicts = with_predictions(export, options.predictions)
    if not verdicts:
        raise InputError(f"{options.export}: holds no judges.jsonl; name a file of predictions")
    found = JudgesRecord(
        format_version=JUDGES_VERSION,
        study_id=export.study.study_id,
        simulated=export.study.simulated,
        seed=options.seed,
        judges=judge_records(governed(judged(export)), verdicts, Resampling(options.resamples, options.seed)),
    )
    if options.json:
        print(*notes(verdicts), sep="\n", end="", file=sys.stderr)
        print(json.dumps(found.model_dump(mode="json"), ensure_ascii=False, indent=1, allow_nan=False))
        return 0
    print(*notes(verdicts), *_lines(found), sep="\n")
    return 0


# --- printing -----------------------------------------------------------------------------------------------------


def _lines(found: JudgesRecord) -> Iterator[str]:
    if found.simulated:
        yield "SIMULATED raters: no figure says anything of people."
    for one in found.judges:
        yield ""
        yield from _judge(one)


def _judge(one: JudgeRecord) -> Iterator[str]:
    model = f" ({one.model})" if one.model else ""
    yield f"== {one.judge}{model}: {one.verdicts} verdicts, {one.items} pairs with people's, {one.items_alone} alone"
    yield _verdict(one)
    yield ""
    yield columns([("in a rater's place", "raters won", "advantage", "r", "guard p", "passes"),
                   *map(_contender, one.contenders)])  # fmt: skip
    for name, rate in one.winning_rate_at.items():
        yield f"At epsilon {name} it would win {_percent(rate)} of the raters."
    yield ""
    yield columns([("within the pair", "votes as the judge", "rater and rater", "r of strengths"),
                   *((" – ".join(pair.systems), *map(_figure, (pair.judge, pair.raters, pair.correlation)))
                     for pair in one.agreement)])  # fmt: skip
    yield ""
    yield columns([("habits", "judge", "raters", "difference"), *_habits(one)])
    if one.ratings:
        yield ""
        yield columns([("rated by response", "r within systems", "judge minus raters"),
                       *((f"{rated.criterion}: {system}", _figure(rated.correlation), _figure(gap, signed=True))
                         for rated in one.ratings for system, gap in rated.difference.items())])  # fmt: skip
    yield ""
    yield columns([("mean margin, dialogues alike", "people alone", "with the judge", "saved", "the judge alone"),
                   *((" – ".join(margin.systems), _figure(margin.people, signed=True),
                      _figure(margin.joined, signed=True), _percent(margin.saved), _figure(margin.judge, signed=True))
                     for margin in one.margins)])  # fmt: skip
    yield "The judge alone is no figure of raters. For raters at large who lean to a system nothing is saved."
    yield from _reasons(one)


def _verdict(one: JudgeRecord) -> str:
    from results.document.words import reason

    if one.passes is None:
        return f"No verdict: {reason(one.reason, 'en')}."
    won = sum(rater.won for rater in one.beside)
    standing = "passes" if one.passes else "does not pass"
    return f"It {standing}: as near to the others as {won} of {len(one.beside)} raters (epsilon {one.epsilon:g})."


def _contender(one: Contender) -> tuple[str, ...]:
    names = {
        "judge": "the judge",
        "same": "always about the same",
        "system": f"always {one.system}",
        "majority": "always the system most chosen",
        "longer": "the longer text",
        "fewer_questions": "the text with fewer questions",
        "rater": "each rater in turn",
    }
    passes = DASH if not one.of else f"{one.passed} of {one.of}"
    p = number(one.guard_p, 3) if one.correlation is not None else DASH
    return names[one.kind], _percent(one.winning_rate), _percent(one.advantage), number(one.correlation), p, passes


def _habits(one: JudgeRecord) -> Iterator[tuple[str, str, str, str]]:
    place = one.position
    yield "same choice in both orders", _figure(place.consistent), "", ""
    yield "first shown, of decisive", _figure(place.first_share), _figure(place.raters_first_share), ""
    words = {"longer": "longer", "more_questions": "more questions", "minimal": "minimal response"}
    for leaning in one.leanings:
        shown = (_figure(figure, signed=True) for figure in (leaning.judge, leaning.raters, leaning.difference))
        judge, raters, difference = shown
        yield f"leans to the {words[leaning.feature]}", judge, raters, difference


def _figure(figure: Effect, *, signed: bool = False) -> str:
    if figure.value is None:
        return DASH
    bounds = "" if figure.low is None else f" {interval(figure.low, figure.high, 2, signed=signed)}"
    return f"{number(figure.value, sign=signed)}{bounds}"


def _percent(share: float | None) -> str:
    return DASH if share is None else f"{number(round(100 * share), 0)} %"


def _reasons(one: JudgeRecord) -> Iterator[str]:
    """Why figures or intervals are missing, each reason once."""
    from results.document.words import reason

    figures = [
        *(figure for pair in one.agreement for figure in (pair.judge, pair.raters, pair.correlation)),
        one.position.consistent, one.position.first_share, one.position.raters_first_share,
        *(figure for leaning in one.leanings for figure in (leaning.judge, leaning.raters, leaning.difference)),
        *(figure for margin in one.margins for figure in (margin.people, margin.joined, margin.judge)),
    ]  # fmt: skip
    for code in dict.fromkeys(figure.reason for figure in figures if figure.reason):
        yield f"{DASH} {reason(code, 'en')}."

"""`python -m results leaks STUDY`: what could tell a blind rater which system wrote a response."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from results.commands.terminal import add_resampling, columns, number
from tasks.console import Commands

if TYPE_CHECKING:
    from results.responses.engines import Drawn
    from results.responses.leaks import Leak


def render(found: Sequence[Leak], language: str = "ja", engines: Sequence[Drawn] = ()) -> str:
    """Leaks as text: the certain ones with their items, then clear formats, then the gaps as told in `language`.

    `engines` are told where they differ.
    """
    from results.commands.terminal import told_by
    from results.responses.leaks import CERTAIN

    certain = [_sentence(leak) for leak in found if leak.kind in CERTAIN]
    head = "Certain leaks: mend or leave out these responses before the study opens" if certain else "No certain leak."
    compared = [leak for leak in found if leak.kind not in CERTAIN]
    return "\n".join([head, *certain, "", *_comparisons(compared), told_by(language), *_mixed(engines)]) + "\n"


def _mixed(engines: Sequence[Drawn]) -> list[str]:
    if not engines:
        return []
    head = "The systems were drawn by different engines or precisions; what they differ in may be the engine's doing:"
    return ["", head, *(f"– {one.system_id}: {one.engine}; {one.precision or 'precision not said'}" for one in engines)]


def _sentence(leak: Leak) -> str:
    found = ", ".join(repr(mark) for mark in leak.found[:5]) + (", …" if len(leak.found) > 5 else "")
    share = f"{leak.count} of {leak.responses} responses"
    return f"– {leak.system_id}: {leak.name} in {share}: {found} (items {', '.join(leak.item_ids)})"


def _comparisons(found: Sequence[Leak]) -> list[str]:
    if not found:
        return ["One system alone: nothing to compare."]
    head = ["", "has more", "than", "Cohen's d", "Cliff's delta", "has more, % of items"]
    rows = [
        [leak.name + (" *" if leak.clear else ""), leak.system_id, leak.other or "",
         number(leak.effects["cohens_d"]), number(leak.effects["cliffs_delta"]),
         number(leak.effects["dominance"], 100, 0)]
        for leak in found
    ]  # fmt: skip
    last = "* clear: the interval of Cliff's delta leaves 0 out. Items with as much on both sides count half."
    return [
        "What could help a rater to guess (formats only where clear; intervals over dialogues)",
        columns([head, *rows]),
        last,
    ]


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "leaks",
        help="what in a study's responses could tell raters which system wrote them",
        description="What in a study's responses could tell blind raters which system wrote them.",
    )
    parser.add_argument("study", type=Path, metavar="STUDY", help="a study folder")
    add_resampling(parser, 2_000)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Load, look, print; 0 whatever is found. Raises InputError with every mistake of the study folder."""
    from results.responses.engines import differing
    from results.responses.leaks import leaks
    from results.statistics.resample import Resampling
    from tasks.asking.detectors import basis
    from tasks.study.load import load_study
    from tasks.study.wording.texts import written_in

    study = load_study(args.study)
    language = written_in(study)
    found = leaks(study.items, study.responses, study.systems, Resampling(args.resamples, args.seed), language)
    engines = differing(study.systems)
    if args.json:
        told = {"language": language, "questions_by": basis(language)}
        answer = {"study_id": study.study_id, "resamples": args.resamples, "seed": args.seed, **told}
        answer |= {"leaks": [leak.as_dict() for leak in found], "engines": [one._asdict() for one in engines]}
        print(json.dumps(answer, ensure_ascii=False, indent=1))
    else:
        print(render(found, language, engines), end="")
    return 0

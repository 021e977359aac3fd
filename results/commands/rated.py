"""`python -m results rated EXPORT --data KOKOROCHAT [--predictions FILE] --out DIR`."""

from __future__ import annotations

import argparse
from pathlib import Path

from results.commands.terminal import add_language, add_resampling
from tasks.console import Commands


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "rated",
        help="people's ratings of whole dialogues, beside the client's own feedback and a model's",
        description="Writes rated.html, .md, .json and pictures; a folder of them is replaced.",
    )
    parser.add_argument("export", type=Path, metavar="EXPORT", help="export folder of a study of protocol rating")
    parser.add_argument("--data", type=Path, required=True, metavar="PATH", help="your copy of KokoroChat")
    parser.add_argument("--predictions", type=Path, metavar="FILE", help="file of python -m finetune score")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write")
    add_language(parser)
    add_resampling(parser, 2_000)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read, compute, write; prints what is said first and where the page is."""
    from results.commands.scores import fill
    from results.export import folder as export
    from results.scores import rated as scores_rated
    from results.scores import rated_sections as scores_rated_sections
    from results.scores.spoken import Spoken
    from results.statistics.resample import Resampling
    from tasks.data import kokorochat, predictions
    from tasks.files import new_folder

    found = predictions.read(options.predictions) if options.predictions else ()
    everything = kokorochat.load(options.data)
    data = scores_rated.rated(export.read(options.export), everything, found)
    made = scores_rated.facts(data, Resampling(options.resamples, options.seed))
    say = Spoken(options.language)
    answer, sections = scores_rated_sections.summary(made, say), scores_rated_sections.sections(made, say)
    with new_folder(options.out, replacing="rated.json") as folder:
        fill(folder, "rated", made, answer, sections, options.language, data.simulated)
    for sentence in answer:
        print(sentence)
    print(options.out / "rated.html")
    return 0

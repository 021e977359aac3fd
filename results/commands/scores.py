"""`python -m results scores PREDICTIONS --data KOKOROCHAT --out DIR [--experiment 2|3]`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from results.commands.terminal import add_language, add_resampling
from tasks.console import Commands
from tasks.languages import catalogue, tags
from tasks.languages.catalogue import SECOND
from tasks.languages.tag import Language

if TYPE_CHECKING:
    from results.document.view import Section
    from results.record.figure import Strict
    from results.scores.pairing import Scored
    from results.statistics.resample import Resampling

EXPERIMENTS = {None: "scores", 2: "correlation", 3: "unseen"}
"""The seed study's experiments: 2, correlation over the 20 items; 3, counsellors not in training."""


def add(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "scores",
        help="predicted client feedback against the client's own, beside baselines",
        description="Writes a page, the same as Markdown and JSON, and its pictures; a folder of them is replaced.",
    )
    parser.add_argument("predictions", type=Path, metavar="PREDICTIONS", help="file of python -m finetune score")
    parser.add_argument("--data", type=Path, required=True, metavar="PATH", help="your copy of KokoroChat")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write")
    parser.add_argument(
        "--experiment", type=int, choices=(2, 3),
        help="instead of the whole table: 2, how the 20 items hang together; 3, counsellors not in training",
    )  # fmt: skip
    add_language(parser)
    add_resampling(parser, 2_000, "clients")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read, compute, write; prints what is said first and where the page is."""
    from results.scores.pairing import load
    from results.statistics.resample import Resampling

    scored = load(options.predictions, options.data)
    resampling = Resampling(options.resamples, options.seed, unit="clients")
    what = EXPERIMENTS[options.experiment]
    answer = write(what, scored, resampling, options.out, options.language)
    for sentence in answer:
        print(sentence)
    print(options.out / f"{what}.html")
    return 0


def write(what: str, scored: Scored, resampling: Resampling, out: Path, language: Language = SECOND) -> list[str]:
    """Writes `what`.html, .md, .json and its pictures as .svg; returns the summary. Raises InputError."""
    from results.scores import experiments as scores_experiments
    from results.scores import facts as scores_facts
    from results.scores import sections as scores_sections
    from results.scores.spoken import Spoken
    from tasks.files import new_folder

    facts_of: dict[str, Callable[..., Any]] = {
        "scores": scores_facts.facts, "correlation": scores_facts.correlation, "unseen": scores_facts.unseen,
    }  # fmt: skip
    parts: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
        "scores": (scores_sections.summary, scores_sections.sections),
        "correlation": (scores_experiments.correlation_summary, scores_experiments.correlation_sections),
        "unseen": (scores_experiments.unseen_summary, scores_experiments.unseen_sections),
    }
    made = facts_of[what](scored, resampling)
    answer, listed = (part(made, Spoken(language)) for part in parts[what])
    with new_folder(out, replacing=f"{what}.json") as folder:
        fill(folder, what, made, answer, listed, language)
    return list(answer)


def fill(
    folder: Path,
    what: str,
    record: Strict,
    answer: Sequence[str],
    sections: Sequence[Section],
    language: Language,
    simulated: bool = False,
) -> None:
    """Writes page, Markdown, JSON and pictures into a folder; that judgments are simulated is said above everything."""
    from results.document import page
    from results.document.view import Picture
    from results.document.words import word
    from results.scores.spoken import Spoken

    say = Spoken(language)
    shown = {
        "title": say(f"title.{what}"),
        "answer": answer,
        "sections": sections,
        "mark": say("simulated") if simulated else None,
        "language": language,
        "direction": tags.direction(language),
        "in_short": say("in_short"),
        "draft": _draft(language),
        "contents": word("contents", language),
        "hint": word("scroll_hint", language),
    }
    texts = {
        f"{what}.json": json.dumps(record.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n",
        f"{what}.html": page.render("scores.html.j2", **shown),
        f"{what}.md": page.render("scores.md.j2", **shown),
    }
    drawn = [(s.key, block) for s in sections for block in s.blocks if isinstance(block, Picture)]
    for number, (key, picture) in enumerate(drawn, start=1):
        texts[f"{number:02d}-{key}.svg"] = _standing(picture.svg.broad, page.style())
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def _draft(language: Language) -> str:
    """That nobody has read the words of a language yet; '' where somebody has."""
    from results.document.words import word

    own = {"language": tags.name_of(language, language)}
    return word("methods_draft", language, **own) if catalogue.is_draft(language) else ""


def _standing(svg: str, style: str) -> str:
    """A picture that stands alone: with its name space, and the style its classes mean (variables resolved)."""
    colours = {"--ink": "#1c2329", "--soft": "#5b6670", "--a2": "#8db6cf", "--a": "#17597f", "--b2": "#e5b48d",
               "--b": "#a4501a", "--tie": "#d3d8dc"}  # fmt: skip
    rules = "\n".join(line.replace("svg .", ".") for line in style.splitlines() if line.startswith("svg "))
    for name, colour in colours.items():
        rules = rules.replace(f"var({name})", colour)
    head, rest = svg.split(">", 1)
    return f'{head} xmlns="http://www.w3.org/2000/svg" font-family="sans-serif"><style>{rules}</style>{rest}\n'

"""`score`: predicts the client's feedback on whole dialogues."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finetune.commands import threads_option, use_threads
from tasks.console import Commands
from tasks.errors import InputError

if TYPE_CHECKING:
    from finetune.recipe import Recipe
    from finetune.score.form import Transcript


def add(commands: Commands) -> None:
    """Adds the command."""
    command = commands.add_parser("score", help="predict the client's 20 ratings and 3 flags of whole dialogues")
    command.add_argument("--system", required=True, metavar="base|ADAPTER|MODEL", help="what predicts")
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("--data", type=Path, metavar="PATH", help="your copy of KokoroChat")
    what.add_argument("--items", type=Path, metavar="ITEMS.JSONL", help="a study's items: whole dialogues")
    command.add_argument("--out", type=Path, required=True, metavar="FILE.jsonl", help="the predictions file")
    command.add_argument("--part", choices=("test", "valid", "train", "all"), default="test", help="of --data (test)")
    command.add_argument(
        "--split-by", choices=("client", "counselor", "random"), help="default: the adapter's own, else client"
    )
    command.add_argument("--sample", type=int, metavar="N", help="score only N of them, drawn by --seed")
    command.add_argument("--seed", type=int, default=0, help="draws the sample (0)")
    command.add_argument("--recipe", metavar="RECIPE", help="names the base, where no adapter does (embedded-score)")
    command.add_argument(
        "--mode", choices=("form", "json"), default="form",
        help="form: probabilities in one pass; json: the model writes JSON, for models never tuned to the form",
    )  # fmt: skip
    command.add_argument("--max-length", type=int, metavar="TOKENS", help="longest input; default: the recipe's")
    threads_option(command)
    command.set_defaults(run=_run)


def _run(chosen: argparse.Namespace) -> None:
    if chosen.out.suffix != ".jsonl":
        raise InputError(f"--out {chosen.out}: found {chosen.out.suffix!r}; allowed: a name that ends in .jsonl")
    if chosen.sample is not None and chosen.sample < 1:
        raise InputError(f"--sample {chosen.sample}: allowed: 1 or more")
    use_threads(chosen.threads)
    from finetune.generation.predict_scores import Asking, asked, score

    asking = Asking(chosen.system, chosen.mode, {}, chosen.recipe, chosen.max_length)
    system = asked(asking)
    transcripts, split = _transcripts(chosen, system.recipe, system.card is not None)
    print(score(asking._replace(split=split), system, transcripts, chosen.out))


def _transcripts(
    chosen: argparse.Namespace, recipe: Recipe, tuned: bool
) -> tuple[Sequence[Transcript], dict[str, Any]]:
    from finetune.score import form

    if chosen.items is not None:
        from finetune.generation.generate import read_items

        return [form.of_item(item) for item in read_items(chosen.items)], {"by": None, "items": chosen.items.name}
    from finetune.data.dialogues import draw
    from finetune.data.own import rated
    from tasks.data.splits import split

    by, salt = chosen.split_by or (recipe.split_by if tuned else "client"), recipe.split_salt
    everything = rated(chosen.data, recipe)
    part = everything if chosen.part == "all" else split(everything, by, salt)[chosen.part]
    if chosen.sample is not None:
        part = draw(part, chosen.sample, f"score:{chosen.seed}")
    if not part:
        raise InputError(f"--part {chosen.part}: holds no dialogue in this copy (split by {by})")
    facts = {"by": by, "salt": salt, "part": chosen.part, "sample": chosen.sample, "seed": chosen.seed}
    return [form.of_dialogue(dialogue, recipe.strip_meta) for dialogue in part], facts

"""Tokens a pass over KokoroChat costs, how many of a batch's tokens are useful, how long tokenising takes.

    python benchmarks/finetune_data.py KOKOROCHAT [--model FOLDER]

Claims: one sequence per dialogue needs at least 19 times fewer tokens than one example per counsellor turn; batches
grouped by length hold at least 98 % useful tokens; all dialogues are tokenised within 25 s on one core, and a second
start takes at most 2 s. `--model`: a folder with tokenizer.json and config.json (default: the embedded model).
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["RAYON_NUM_THREADS"] = os.environ["TOKENIZERS_PARALLELISM"] = "1"  # one core, before the library loads

import numpy as np
import numpy.typing as npt

from finetune import recipe
from finetune.data.dialogues import named_messages
from finetune.data.tokens import Examples
from finetune.data.vocabulary import Vocabulary
from finetune.model import bases
from finetune.recipe import Recipe
from finetune.training import batching, prepare
from tasks.data import kokorochat
from tasks.data.dialogue import Dialogue

SAMPLE = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--model", metavar="FOLDER")
    chosen = parser.parse_args()
    settings = reading(chosen.model)
    base = bases.find_without_weights(settings)
    vocabulary = base.vocabulary()
    started = time.perf_counter()
    dialogues = kokorochat.load(chosen.data)
    print(f"{len(dialogues):,} dialogues read and checked in {time.perf_counter() - started:.1f} s")
    once = tokenised(dialogues, vocabulary, settings)
    second_start(settings, chosen.data, vocabulary, base.folder / "tokenizer.json")
    tokens_a_pass(once)
    same_as_built(dialogues[:SAMPLE], once, vocabulary, settings)
    useful(once)
    print("with the talk outside the counselling kept (strip_meta=keep):")
    kept = settings.model_copy(update={"strip_meta": "keep"})
    tokens_a_pass(prepare.encoded(list(named_messages(dialogues, kept)), prepare.encoder(vocabulary, kept), kept))


def reading(model: str | None) -> Recipe:
    whole = ("subset=all", "max_length=100000", "on_long=error", "max_minutes=null")
    if model is None:
        return recipe.load("embedded-full", None, whole)
    return recipe.load("kokoro-full", "80gb", (*whole, f"model_name_or_path={model}"))


def tokenised(dialogues: Sequence[Dialogue], vocabulary: Vocabulary, settings: Recipe) -> Examples:
    started, spent = time.perf_counter(), time.process_time()
    named = list(named_messages(dialogues, settings))
    once = prepare.encoded(named, prepare.encoder(vocabulary, settings), settings)
    wall, core = time.perf_counter() - started, time.process_time() - spent
    print(
        f"tokenised in {wall:.1f} s, {core:.1f} s of one core (limit 25): {len(once.ids) / core:,.0f} tokens a core"
        " second"
    )
    return once


def second_start(settings: Recipe, path: Path, vocabulary: Vocabulary, tokenizer: Path) -> None:
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        prepare.prepare(settings, path, vocabulary, tokenizer)
        started = time.perf_counter()
        prepare.prepare(settings, path, vocabulary, tokenizer)
        print(f"the second start takes tokens from the cache in {time.perf_counter() - started:.2f} s (limit 2)")


def tokens_a_pass(once: Examples) -> None:
    each = sum(int(turn_ends(once[i].targets).sum()) for i in range(len(once)))
    turns = sum(len(turn_ends(once[i].targets)) for i in range(len(once)))
    print(f"one sequence per dialogue:   {len(once.ids):>13,} tokens a pass, {once.target_count:,} with loss")
    print(f"one example per turn:        {each:>13,} tokens a pass, {turns:,} examples")
    print(f"ratio {each / len(once.ids):.1f} (claim 19)")


def turn_ends(targets: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Length of the history up to and with each turn with loss."""
    return np.flatnonzero(targets & ~np.append(targets[1:], False)) + 1


def same_as_built(dialogues: Sequence[Dialogue], once: Examples, vocabulary: Vocabulary, settings: Recipe) -> None:
    """The count above is arithmetic; on a sample the examples are built, and must come out as long."""
    turns = settings.model_copy(update={"examples": "per_turn"})
    built = prepare.encoder(vocabulary, turns).examples(list(named_messages(dialogues, turns)))
    ids = {dialogue.dialogue_id for dialogue in dialogues}
    counted = [int(n) for i, name in enumerate(once.names) if name in ids for n in turn_ends(once[i].targets)]
    after = [len(example.ids) - int(np.flatnonzero(example.targets)[-1]) - 1 for example in built]
    assert [len(example.ids) for example in built] == [n + a for n, a in zip(counted, after, strict=True)]


def useful(once: Examples) -> None:
    lengths = once.lengths
    print("useful tokens: batch  random order  grouped  packed")
    for budget in (8192, 16384, 32768):
        rng = np.random.default_rng(0)
        size = max(1, int(budget / np.mean(lengths)))
        random = batching.useful(batching.shuffled(lengths, size, rng), lengths)
        grouped = batching.useful(batching.grouped(lengths, budget, rng), lengths)
        rows = batching.packed(lengths, budget, rng)
        packed = sum(lengths) / (len(rows) * budget)
        print(f"            {budget:>8,}  {random:>12.1%}  {grouped:>7.1%}  {packed:>6.1%}")


if __name__ == "__main__":
    main()

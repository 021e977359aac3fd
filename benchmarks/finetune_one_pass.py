"""One pass over a whole dialogue against one pass per counsellor turn: wall clock and log-probabilities.

    python benchmarks/finetune_one_pass.py KOKOROCHAT [--backend embedded|tiny] [--dialogue ID]

Claims: the log-probabilities of every counsellor turn are equal to 1e-3 nats a token, and the one pass is at least 10
times faster on a CPU. Takes a dialogue of middle length, or the one named.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import torch

from finetune import recipe
from finetune.data import tokens
from finetune.data.dialogues import named_messages
from finetune.data.tokens import Examples
from finetune.model import bases
from finetune.training import heldout, prepare
from finetune.training.heldout import DialogueLoss
from tasks.data import kokorochat


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--backend", choices=("embedded", "tiny"), default="embedded")
    parser.add_argument("--dialogue", metavar="ID")
    chosen = parser.parse_args()
    torch.set_num_threads(1)
    name = "embedded-full" if chosen.backend == "embedded" else "tiny"
    settings = recipe.load(name, None, ("max_length=8192", "on_long=error", "dtype=float32"))
    turns = settings.model_copy(update={"examples": "per_turn"})
    base = bases.find(settings)
    writer = prepare.encoder(base.vocabulary(), settings)
    dialogues = kokorochat.load(chosen.data)
    middle = sorted(dialogues, key=lambda d: sum(len(u.text) for u in d.utterances))[len(dialogues) // 2].dialogue_id
    picked = [dialogue for dialogue in dialogues if dialogue.dialogue_id == (chosen.dialogue or middle)]
    model = bases.load(base, settings)
    once, first = timed(model, tokens.joined(writer.examples(list(named_messages(picked, settings)))))
    each, second = timed(model, tokens.joined(writer.examples(list(named_messages(picked, turns)))))
    total, parts = sum(one.loss for one in once), sum(one.loss for one in each)
    count = sum(one.tokens for one in once)
    assert count == sum(one.tokens for one in each)
    print(f"{len(each)} counsellor turns, {count} target tokens, {base.name}, one thread, forward passes")
    print(f"one pass:      {first:8.2f} s   sum of log-probabilities {-total:.4f}")
    print(f"pass per turn: {second:8.2f} s   sum of log-probabilities {-parts:.4f}")
    print(
        f"ratio {second / first:.1f} (claim 10); difference a token {abs(total - parts) / count:.1e} nats (claim 1e-3)"
    )


def timed(model: object, examples: Examples) -> tuple[list[DialogueLoss], float]:
    started = time.perf_counter()
    losses = list(heldout.measured(model, examples, budget=1, pad_id=0))
    return losses, time.perf_counter() - started


if __name__ == "__main__":
    main()

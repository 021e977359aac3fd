"""`python -m finetune …`: adapters tuned on KokoroChat, and the responses of base and adapters to the same items."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from finetune.commands import embedded, evaluate, generate, merge, plan, prefer, push, score, serve, train
from tasks import console

COMMANDS = (embedded, plan, train, prefer, generate, serve, evaluate, merge, push, score)
"""Command modules, in the order of the help."""
EXTRA = {
    "torch",
    "transformers",
    "peft",
    "accelerate",
    "bitsandbytes",
    "safetensors",
    "tokenizers",
    "tqdm",
    "matplotlib",
}
"""Packages that come with the finetune extra."""
STOPPED = "stopped; the same command goes on where it stood (train: with --resume)"


def parser() -> argparse.ArgumentParser:
    """Every command and option."""
    words = "Adapters tuned on KokoroChat, and the responses of base and adapters to the same items."
    return console.parser("finetune", words, COMMANDS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    try:
        return console.run(parser(), arguments, STOPPED)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in EXTRA:
            raise
        print(f"error: {error.name} is not installed: pip install 'kokoro-studio[finetune]'", file=sys.stderr)
        return console.Exit.BAD_INPUT


if __name__ == "__main__":
    sys.exit(main())

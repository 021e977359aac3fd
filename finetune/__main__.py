"""`python -m finetune …`: adapters tuned on KokoroChat, and the responses of base and adapters to the same items."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from finetune.commands import embedded, evaluate, generate, give, plan, score, train
from tasks import console

COMMANDS = (embedded, plan, train, generate, evaluate, give, score)
"""Command modules, in the order of the help."""
STOPPED = "stopped; the same command goes on where it stood (train: with --resume)"


def parser() -> argparse.ArgumentParser:
    """Every command and option."""
    words = "Adapters tuned on KokoroChat, and the responses of base and adapters to the same items."
    return console.parser("finetune", words, COMMANDS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    return console.run(parser(), arguments, STOPPED)


if __name__ == "__main__":
    sys.exit(main())

"""`python -m finetune …`: heavy libraries are imported by the command that needs them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from finetune.commands import embedded, evaluate, generate, give, plan, score, train
from finetune.errors import FinetuneError

COMMANDS = (embedded, plan, train, generate, evaluate, give, score)
"""Modules with an `add(commands)`, in the order of the help."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; 0 when it worked, 2 with a message on stderr where the reader can mend something."""
    chosen = parser().parse_args(arguments)
    try:
        return int(chosen.run(chosen) or 0)
    except FinetuneError as error:
        for line in error.errors:
            print(f"error: {line}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped; the same command goes on where it stood (train: with --resume)", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    """Every command and option."""
    top = argparse.ArgumentParser(
        prog="python -m finetune",
        description="Adapters tuned on KokoroChat, and the responses of base and adapters to the same items.",
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in COMMANDS:
        module.add(commands)
    return top


if __name__ == "__main__":
    sys.exit(main())

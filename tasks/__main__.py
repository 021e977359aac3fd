"""`python -m tasks`: the data side, from KokoroChat to a study folder that is checked and planned."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from tasks import console
from tasks.commands import kokorochat, planning, study_folders

COMMANDS = (kokorochat, study_folders, planning)
"""Command modules, in the order of the help."""


def parser() -> argparse.ArgumentParser:
    """Every command and option."""
    return console.parser("tasks", "From KokoroChat to a study folder that is checked and planned.", COMMANDS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    return console.run(parser(), arguments)


if __name__ == "__main__":
    sys.exit(main())

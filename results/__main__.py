"""`python -m results`: what the judgments of a study say."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from results.commands import (
    agreement,
    automatic,
    example,
    importing,
    judge,
    leaks,
    marked,
    pairs,
    power,
    preference,
    rated,
    report,
    schema,
    scores,
)
from results.convert import command as convert
from tasks import console

COMMANDS = (
    report,
    importing,
    agreement,
    preference,
    automatic,
    leaks,
    example,
    pairs,
    convert,
    power,
    scores,
    rated,
    marked,
    judge,
    schema,
)
"""Command modules, in the order of the help."""


def parser() -> argparse.ArgumentParser:
    """Every command and option."""
    return console.parser("results", "What the judgments of a study say.", COMMANDS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    return console.run(parser(), arguments)


if __name__ == "__main__":
    sys.exit(main())

"""`python -m studio`: serve studies, invite raters, maintain what they judged."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from studio.commands import (
    after,
    before,
    deploy,
    doctor,
    during,
    importing,
    judge,
    languages,
    organisers,
    raters,
    schema,
    serve,
    sessions,
)
from studio.hub import publish
from tasks import console

COMMANDS = (
    serve,
    before,
    importing,
    raters,
    organisers,
    sessions,
    during,
    judge,
    doctor,
    after,
    deploy,
    publish,
    languages,
    schema,
)
"""Command modules, in the order of the help."""


def parser() -> argparse.ArgumentParser:
    """Every command and option."""
    return console.parser("studio", "Blind rating of responses: the studio.", COMMANDS)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    return console.run(parser(), arguments)


if __name__ == "__main__":
    sys.exit(main())

"""The option that says in which languages pages are written."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from tasks.languages import catalogue, tags
from tasks.languages.tags import Language


def add_languages(parser: argparse.ArgumentParser, default: str) -> None:
    """Add `--languages`; `default` says in words which are taken without it."""
    offered = ", ".join(catalogue.languages("report"))
    words = f"of the pages, the first in report.html: {offered} ({default})"
    parser.add_argument("--languages", "--lang", type=_languages, metavar="TAG,TAG", help=words)


def _languages(typed: str) -> tuple[Language, ...]:
    offered = catalogue.languages("report")
    chosen = tuple(dict.fromkeys(tag.strip() for tag in typed.split(",")))
    if unknown := [tag for tag in chosen if tag not in offered]:
        raise argparse.ArgumentTypeError(f"found {', '.join(map(repr, unknown))}; allowed: {', '.join(offered)}")
    return chosen


def read_by(languages: Sequence[Language]) -> Language:
    """The language of the report for readers of a study's languages, the first one first; English where it has none."""
    offered = catalogue.languages("report")
    return next((match for tag in languages if (match := tags.closest(tag, offered))), catalogue.SECOND)

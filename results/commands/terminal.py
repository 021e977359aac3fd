"""Figures and tables as plain text for a terminal, and argument types of the command line."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from results.document import numbers
from tasks.languages import catalogue, tags
from tasks.languages.tag import Language, checked

if TYPE_CHECKING:
    from results.record.tables import AgreementTable, PreferenceTable
    from results.statistics.figure import Figure

EXPLORATORY = "Exploratory: a table declares no test beforehand."
"""What stands over every figure of a table, whose record says `standing`."""

Said = TypeVar("Said", "AgreementTable", "PreferenceTable")


def number(figure: Figure, factor: float = 1, decimals: int = 2, signed: bool = False) -> str:
    """A figure as `1.23 [1.00, 1.50]`; `–` where it is undefined, without brackets where it has no interval."""
    return _plain(numbers.with_interval(figure.value, figure.low, figure.high, decimals, scale=factor, sign=signed))


def interval(low: float | None, high: float | None, decimals: int = 3, *, signed: bool = False) -> str:
    """`[1.00, 1.50]`; `–` where there is none."""
    return _plain(numbers.interval(low, high, decimals, sign=signed))


def p_value(value: float | None) -> str:
    """`p = .012`, `p < .001`; `–` where there is none."""
    return _plain(numbers.p_value(value))


def _plain(text: str) -> str:
    """With blanks that a terminal's own tools find."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


def show(found: Mapping[str, Said], by: Sequence[str], text: Callable[[Said], str], *, as_json: bool) -> None:
    """Print what was read of a table and then its figures, as text or as one JSON object; a block for each value of
    the columns `by`, where these are named.

    With JSON what was read stands on stderr too, so that it is seen where the object goes into a file.
    """
    if as_json:
        for name, one in found.items():
            print(*_headed(name, one.reading, by), sep="\n", end="\n" if one.reading or by else "", file=sys.stderr)
        blocks = {name: one.model_dump(mode="json") for name, one in found.items()}
        whole = {"by": list(by), "blocks": blocks} if by else next(iter(blocks.values()))
        print(json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False))
        return
    for name, one in found.items():
        print(*_headed(name, one.reading, by), *([""] if one.reading else []), text(one), sep="\n")
        if by:
            print()


def _headed(name: str, notes: Sequence[str], by: Sequence[str]) -> list[str]:
    return [*([f"== {', '.join(by)}: {name}"] if by else []), *notes]


def told_by(language: Language) -> str:
    """By what questions and minimal responses are told in a language, and that languages never compare."""
    from tasks.asking.detectors import basis
    from tasks.asking.minimal import told

    keys = (f"told_{basis(language)}", *(f"minimal_{way}" for way in told(language)))
    named = tags.name_of(language, "en")
    said = [catalogue.word("report", "en", key, language=named) for key in (*keys, "never_across")]
    return textwrap.fill(" ".join(said), 110)


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells under each other: the first column left, the others right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def at_least(least: int) -> Callable[[str], int]:
    """An argparse type: a whole number of `least` or more."""

    def read(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"found {text}; allowed: {least} or more")
        return value

    read.__name__ = "whole number"  # what argparse calls it where int() fails
    return read


def share(least: float, most: float) -> Callable[[str], float]:
    """An argparse type: a number in [least, most]."""

    def read(text: str) -> float:
        value = float(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"found {text}; allowed: {least:g} to {most:g}")
        return value

    read.__name__ = "number"
    return read


def language_tag(typed: str) -> Language:
    """An argparse type: a language tag."""
    try:
        return checked(typed)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def add_resampling(parser: argparse.ArgumentParser, resamples: int, of: str = "dialogues") -> None:
    """Add `--resamples` and `--seed`."""
    parser.add_argument("--resamples", type=at_least(100), default=resamples, help=f"resamples of {of} ({resamples})")
    parser.add_argument("--seed", type=int, default=0, help="seed of all that is drawn (0)")


LISTED = "python -m studio languages list names them"
"""Said in place of the languages: to look them up, every file of words would be read before any command."""


def add_languages(parser: argparse.ArgumentParser, default: str) -> None:
    """Add `--languages`; `default` says in words which are taken without it."""
    words = f"of the pages, the first in report.html ({default}; {LISTED})"
    parser.add_argument("--languages", "--lang", type=_languages, metavar="TAG,TAG", help=words)


def add_language(parser: argparse.ArgumentParser) -> None:
    """Add `--language` of a page of which there is one."""
    words = f"of the page ({catalogue.SECOND}; {LISTED})"
    parser.add_argument("--language", type=_language, default=catalogue.SECOND, metavar="TAG", help=words)


def _languages(typed: str) -> tuple[Language, ...]:
    return _offered("report", tuple(dict.fromkeys(tag.strip() for tag in typed.split(","))))


def _language(typed: str) -> Language:
    return _offered("scores", (typed,))[0]


def _offered(section: str, chosen: tuple[str, ...]) -> tuple[Language, ...]:
    offered = catalogue.languages(section)
    if unknown := [tag for tag in chosen if tag not in offered]:
        raise argparse.ArgumentTypeError(f"found {', '.join(map(repr, unknown))}; allowed: {', '.join(offered)}")
    return chosen


def read_by(languages: Sequence[Language]) -> Language:
    """The language of the report for readers of a study's languages, the first one first; English where it has none."""
    offered = catalogue.languages("report")
    return next((match for tag in languages if (match := tags.closest(tag, offered))), catalogue.SECOND)

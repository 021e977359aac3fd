"""Languages by their tags: which of a list suits a person best, how one is written and called.

Libraries: langcodes for matching (CLDR's distances), Babel for names and directions.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from babel import Locale

OTHER_SCRIPT = 54
"""CLDR's distance of the same language in another script, at most."""
MOST_WISHES = 20
"""Languages of one Accept-Language header that are looked at."""


def best_match(accept: str, offered: Sequence[str]) -> str:
    """The offered language that suits an Accept-Language header best; the first offered where none does.

    Args:
        accept: the header as it came; anything at all, '' where there is none.
        offered: one tag or more, the default first.
    """
    for wish in _wishes(accept):
        if (match := readable(wish, offered)) is not None:
            return match
    return offered[0]


def readable(wish: str, offered: Sequence[str]) -> str | None:
    """`closest`, or the same language in another script: a reader of zh-TW is better served by zh-Hans than by English.

    CLDR puts the two scripts of Chinese 54 apart and English 134: more than `closest` bridges (25, hardly noticed), far
    less than another language. None where neither is offered, or the wish is no tag.
    """
    return closest(wish, offered) or (_in_other_script(wish[:40], tuple(offered)) if wish.isascii() else None)


@cache
def _in_other_script(wish: str, offered: tuple[str, ...]) -> str | None:
    from langcodes import Language, closest_supported_match

    try:
        same = [tag for tag in offered if Language.get(tag).language == Language.get(wish).language]
        return closest_supported_match(wish, same, max_distance=OTHER_SCRIPT) if same else None
    except ValueError:
        return None


@cache
def _closest(wish: str, offered: tuple[str, ...]) -> str | None:
    from langcodes import closest_supported_match

    try:
        return closest_supported_match(wish, list(offered))
    except ValueError:
        return None


def closest(wish: str, offered: Sequence[str]) -> str | None:
    """The offered language that a reader of `wish` reads; None where there is none, or the wish is no tag."""
    return wish if wish in offered else _closest(wish[:40], tuple(offered)) if wish.isascii() else None


def _wishes(accept: str) -> list[str]:
    """The header's languages, most wanted first; those of weight 0 and what is no weight are left out."""
    weighted: list[tuple[float, str]] = []
    for entry in accept.split(",")[:MOST_WISHES]:
        tag, _, weight = entry.partition(";")
        try:
            weighted.append((float(weight.strip().removeprefix("q=") or 1), tag.strip()))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(weighted, key=lambda one: -one[0]) if weight > 0 and tag not in ("", "*")]


@cache
def direction(tag: str) -> str:
    """`rtl` for languages written from right to left, else `ltr`; as HTML's `dir` has it."""
    return _locale(tag).text_direction


def isolated(text: str, reader: str) -> str:
    """A value to stand inside a sentence for `reader`: where that runs from right to left, between Unicode's isolates.

    The value's own first letter gives its direction (FSI, U+2068, to PDI, U+2069); one without letters, such as
    `[−0.12, 0.58]`, runs from left to right.
    """
    return f"\u2068{text}\u2069" if direction(reader) == "rtl" else text


@cache
def name_of(tag: str, reader: str | None = None) -> str:
    """What a language is called in the reader's language; in itself where no reader is named. The tag if unnamed."""
    return _locale(tag).get_display_name(_locale(reader or tag)) or tag


@cache
def decimal_mark(tag: str) -> str:
    """What stands before the decimals of a number in a language: `.` or `,` mostly."""
    from babel.numbers import get_decimal_symbol

    return get_decimal_symbol(_locale(tag))


def listed(parts: Sequence[str], tag: str) -> str:
    """Parts as a list in a sentence: `A, B, and C`, each isolated as a value is; '' of none."""
    from babel.lists import format_list

    return format_list([isolated(part, tag) for part in parts], locale=_locale(tag))


def day_of(day: date, tag: str) -> str:
    """A day in words of a language: 1. Dezember 2026."""
    from babel.dates import format_date

    return format_date(day, "long", locale=_locale(tag))


@cache
def plural_category(tag: str, count: float) -> str:
    """CLDR's plural category (`one`, `few`, `other`, …) of a number in a language."""
    return str(_locale(tag).plural_form(abs(count)))


@cache
def plural_categories(tag: str) -> frozenset[str]:
    """The plural categories a language has, `other` among them."""
    return frozenset(_locale(tag).plural_form.tags) | {"other"}


def _locale(tag: str) -> Locale:
    """CLDR's data of a language, or of the language without its region or script; English where CLDR has none."""
    from babel import Locale, UnknownLocaleError

    for known in (tag, tag.partition("-")[0]):
        try:
            return Locale.parse(known, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale("en")

"""What figures call their methods, in a reader's language: `report.json` and the tables keep the English names."""

from __future__ import annotations

import re

from results.document.words import said
from tasks.languages.tag import Language

PIECES = {
    "alpha_free": r"orientation-free alpha (?P<level>\w+)",
    "alpha": r"alpha (?P<level>nominal|ordinal|interval|ratio)",
    "alpha_sets": r"alpha of sets, (?P<distance>\w+) distance",
    "agreeing": r"mean over units of the share of agreeing pairs",
    "agreeing_all": r"share of agreeing pairs, all pairs alike",
    "jackknife": r"delete-one jackknife of Fisher's z over (?P<unit>\w+), Student's t",
    "effective": r"(?P<name>Wilson|Clopper-Pearson|Newcombe) interval, effective size over (?P<unit>\w+)",
    "bounds": r"bounds of agreement and of the commonest category's share, over (?P<unit>\w+)",
    "bootstrap": r"(?P<kind>percentile|BCa) bootstrap over (?P<unit>\w+), (?P<n>[\d,]+) resamples",
}
"""Key of the section `heds` under `method.` -> the piece of a method between semicolons, with its values."""
WORDED = frozenset({"nominal", "ordinal", "interval", "ratio", "dialogues", "units", "items", "percentile"})


def in_words(method: str, language: Language) -> str:
    """A figure's method in a reader's language; a piece without words of its own stays as it is."""
    return "; ".join(_piece(piece, language) for piece in method.split("; "))


def _piece(piece: str, language: Language) -> str:
    for key, pattern in PIECES.items():
        if found := re.fullmatch(pattern, piece):
            values = {name: _value(value, language) for name, value in found.groupdict().items()}
            return said("heds", language, f"method.{key}", **values)
    return piece


def _value(value: str, language: Language) -> str:
    return said("heds", language, f"method.{value}") if value in WORDED else value

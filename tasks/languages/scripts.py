"""In which script texts are written: shares of their letters, and the language they are taken to be in.

A script is named as ISO 15924 does (`Latn`, `Arab`, …). Chinese characters are `Hani`; where kana stand among them the
text is Japanese, `Jpan`. What has no letters has no script.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

NAMES = {
    "LATIN": "Latn", "ARABIC": "Arab", "HEBREW": "Hebr", "CYRILLIC": "Cyrl", "GREEK": "Grek", "HANGUL": "Hang",
    "HIRAGANA": "Kana", "KATAKANA": "Kana", "KATAKANA-HIRAGANA": "Kana", "CJK": "Hani", "THAI": "Thai",
    "DEVANAGARI": "Deva", "BENGALI": "Beng", "TAMIL": "Taml", "ARMENIAN": "Armn", "GEORGIAN": "Geor",
}  # fmt: skip
"""The first word of a letter's name in Unicode -> its script; others are `Zzzz`."""
WRITTEN = {"Hans": "Hani", "Hant": "Hani", "Kore": "Hang"}
"""Scripts of languages (CLDR) -> those of letters."""
USUAL = {"Jpan": "ja", "Latn": "en", "Hani": "zh-Hans", "Hang": "ko", "Arab": "ar", "Cyrl": "ru", "Hebr": "he"}
"""The language a script is read as where no language of the study is written in it."""
FEWEST_KANA = 0.1
"""Japanese has kana: from this share of a text's kana and Chinese characters on, both are Japanese."""

_ENDS = re.compile("[ \\n]|(?<=[\u3041-\u9fff])(?=[\u3041-\u9fff])")


def unbroken(text: str) -> list[str]:
    """The parts of a text within which no line ends: lines end at spaces but hard ones, and between kana or han."""
    return _ENDS.split(text)


def shares(texts: Iterable[str]) -> Mapping[str, float]:
    """Script -> its share of the letters, 0..1, largest first; {} where there is no letter."""
    counts = Counter(script for text in texts for letter in text if (script := _script(letter)))
    kana, han = counts["Kana"], counts["Hani"]
    if kana and kana >= FEWEST_KANA * (kana + han):
        del counts["Kana"], counts["Hani"]
        counts["Jpan"] = kana + han
    total = counts.total()
    return {script: count / total for script, count in counts.most_common() if count}


@cache
def _script(letter: str) -> str:
    if not letter.isalpha():
        return ""
    return NAMES.get(unicodedata.name(letter, "").partition(" ")[0], "Zzzz")


@cache
def script_of(language: str) -> str:
    """The script in which a language is written, by CLDR's likely subtags; `Zzzz` where none is known."""
    import langcodes

    script = langcodes.Language.get(language).maximize().script or "Zzzz"
    return WRITTEN.get(script, script)


def written_in(texts: Iterable[str], languages: Sequence[str]) -> str:
    """The language texts are taken to be in, by their script alone: German is not told from English.

    Args:
        languages: those of the study, one or more; the first that is written in the texts' script is taken. Where none
            is, the script's usual language; where that is not known or nothing is written, the first.
    """
    found = next(iter(shares(texts)), "")
    fitting = (language for language in languages if script_of(language) == found)
    return next(fitting, USUAL.get(found, languages[0]))

"""Minimal responses: backchannels and brief reflections that leave the floor to the client.

The rule is that of Qi (2026), "When Less Is More: An Empirical Study of Minimal Responses in Counseling Dialogues and
the Behavior of LLMs", with word lists of our own (`words/`): a turn of at most 15 characters (ja, zh) or 10 words (en)
that is no question, prompt to go on, directive or suggestion, thanks, apology, greeting, closing, phrase of the service
or encouragement. In a dialogue the client must go on as well, by 10 characters or 5 words. Turns are merged first:
adjacent utterances of one speaker are one turn, joined by line breaks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml

from tasks.asking.detectors import detector
from tasks.asking.question import COUNTED

FOLDER = Path(__file__).with_name("words")
_WORD = re.compile(r"\w[\w'’-]*")
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class MinimalRule:
    """What is minimal in one language.

    Attributes:
        language: whose rule it is.
        unit: what length is counted in; characters are code points but blanks.
        longest: the longest minimal turn, in units.
        goes_on: the shortest next turn of the client that takes the floor, in units.
        patterns: by category, what a turn is instead of minimal.
        scored: whether the rule was scored against people's labels (docs/asking.md).
    """

    language: str
    unit: Literal["characters", "words"]
    longest: int
    goes_on: int
    patterns: Mapping[str, re.Pattern[str]]
    scored: bool = False

    def length(self, text: str) -> int:
        """Length of a text in units; 0 for a blank one."""
        return len(_WORD.findall(text)) if self.unit == "words" else len(_BLANKS.sub("", text))

    def obstacle(self, text: str) -> str | None:
        """Why a turn is not minimal: `blank`, `long`, `question` or a category of the lists; None where it is."""
        spoken = _BLANKS.sub(" " if self.unit == "words" else "", text.strip())
        if not spoken:
            return "blank"
        if self.length(text) > self.longest:
            return "long"
        if _asks(text.strip(), self.language):
            return "question"
        return next((name for name, pattern in self.patterns.items() if pattern.search(spoken)), None)

    def fits(self, text: str) -> bool:
        """Whether a turn is minimal by its own words: all that can be said of a response nobody has answered."""
        return self.obstacle(text) is None

    def leaves_floor(self, turn: str, client: str) -> bool:
        """Whether a counsellor's turn is minimal and the client's next turn goes on."""
        return self.length(client) >= self.goes_on and self.fits(turn)


def told(language: str) -> tuple[Literal["rules", "unscored", "none"], ...]:
    """By what minimal responses are told in a language, as `minimal_…` of the catalogue says; limits last."""
    rule = minimal_rule(language)
    if rule is None:
        return ("none",)
    return ("rules",) if rule.scored else ("rules", "unscored")


def minimal_rule(language: str) -> MinimalRule | None:
    """The rule for a tag (`zh-Hant` is read as `zh`); None where minimal responses cannot be told."""
    return _rule(language.partition("-")[0])


def languages() -> tuple[str, ...]:
    """The languages that have a rule."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def _rule(language: str) -> MinimalRule | None:
    if language not in languages():
        return None
    lists: dict[str, list[str]] = yaml.safe_load((FOLDER / f"{language}.yaml").read_text(encoding="utf-8"))
    patterns = {name: re.compile("|".join(entries), re.IGNORECASE) for name, entries in lists.items()}
    if language == "en":
        return MinimalRule(language, "words", 10, 5, patterns, scored=True)
    return MinimalRule(language, "characters", 15, 10, patterns)


def _asks(text: str, language: str) -> bool:
    """Whether a turn asks, or asks to be told."""
    found = detector(language)
    return found is not None and any(question.kind in {*COUNTED, "request"} for question in found.find(text))

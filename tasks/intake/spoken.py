"""What an import says and asks, in words of a language, and answers as the options that one would type."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence

from tasks.intake.asking import Note, Question
from tasks.intake.shape.gathering import Word
from tasks.languages import catalogue
from tasks.languages.tags import closest
from tasks.schema import Words

_PLAIN = re.compile(r"[\w@%+=:,./ー-]+")


def word_in(language: str) -> Word:
    """The words of the door in a language; in English where it has none."""
    tag = closest(language, catalogue.languages("door")) or catalogue.SECOND

    def word(key: str, /, **values: object) -> str:
        said = {name: value.text(tag, *value.languages) if isinstance(value, Words) else value
                for name, value in values.items()}  # fmt: skip
        return catalogue.word("door", tag, key, **said)

    return word


def sentence(note: Note, word: Word) -> str:
    """A note in words."""
    return word(note.key, **note.values)


def asked(question: Question, word: Word) -> str:
    """A question in words."""
    return word(question.kind, **question.values)


def option_word(question: Question, option: str, word: Word) -> str:
    """An option in words; a field's or a system's name as it is."""
    if option == "-":
        return word("option_none")
    try:
        return word(f"{question.kind}_{option}")
    except KeyError:
        return option


def as_options(answers: Mapping[str, str]) -> Sequence[str]:
    """Answers as the options that one would type."""
    return [f"--answer {_shell(f'{key}={value}')}" for key, value in answers.items()]


def _shell(text: str) -> str:
    """The text as one word of a command line; letters of any script need no quotes."""
    return text if _PLAIN.fullmatch(text) else shlex.quote(text)

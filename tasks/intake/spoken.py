"""What an import says and asks, in words of a language: on a page, or in a terminal with the options that answer."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Callable, Mapping, Sequence

from tasks.console import say
from tasks.errors import InputError
from tasks.intake.asking import Note, Question, joined
from tasks.languages import catalogue
from tasks.languages.fault import Fault
from tasks.languages.tags import closest
from tasks.schema import Words

Word = Callable[..., str]
"""Words of a key of the catalogue's section `door`, with values."""
_PLAIN = re.compile(r"[\w@%+=:,./ー-]+")
Ask = Callable[[str], str]


def word_in(language: str) -> Word:
    """The words of the door in a language; in English where it has none."""
    tag = closest(language, catalogue.languages("door")) or catalogue.SECOND

    def word(key: str, /, **values: object) -> str:
        said = {name: _said(value, tag) for name, value in values.items()}
        return catalogue.word("door", tag, key, **said)

    return word


def _said(value: object, tag: str) -> object:
    """A value in the words of a language."""
    if isinstance(value, Words):
        return value.text(tag, catalogue.SECOND, *value.languages)
    return value.text(tag) if isinstance(value, Fault) else value


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


# --- in a terminal --------------------------------------------------------------------------------------------------


def answers(given: Sequence[str]) -> dict[str, str]:
    """Answers typed as KEY=VALUE. Raises InputError for what is none."""
    wrong = [text for text in given if "=" not in text]
    if wrong:
        raise InputError([f"--answer: found {text!r}; allowed: KEY=VALUE" for text in wrong])
    return dict(text.split("=", 1) for text in given)


def print_open(questions: Sequence[Question], word: Word) -> None:
    """Print what nobody is there to answer, with the options that answer it."""
    for question in questions:
        print(f"? {asked(question, word)}", file=sys.stderr)
        for option in _offered(question):
            print(f"    {as_options({question.key: option})[0]}{_in_words(question, option, word)}", file=sys.stderr)
    print("error: nothing was written; give the answers, or leave --yes out and be asked", file=sys.stderr)


def _offered(question: Question) -> Sequence[str]:
    """Answers to show: the likeliest first, and the options beside it."""
    return list(dict.fromkeys([*filter(None, [question.proposed]), *question.options])) or ["NAME"]


def _in_words(question: Question, option: str, word: Word) -> str:
    words = option_word(question, option, word)
    mark = " (likely)" if question.proposed and option == _offered(question)[0] else ""
    return f"   {words}{mark}" if words != option else mark


def answer(question: Question, word: Word, ask: Ask) -> str:
    """One question in the terminal: an option's number, several with commas, or text; Enter takes what is proposed."""
    say(asked(question, word))
    for text in question.samples:
        say(f"      | {text}")
    for number, option in enumerate(question.options, 1):
        say(f"  {number}  {option_word(question, option, word)}")
    while True:
        typed = ask(f"> [{question.proposed}] " if question.proposed else "> ").strip() or question.proposed
        chosen = _typed(typed, question)
        if chosen:
            return chosen
        say(f"found {typed!r}; allowed: {'1 to ' + str(len(question.options)) if question.options else 'a name'}")


def _typed(typed: str, question: Question) -> str:
    """What was typed as an answer; '' where it is none."""
    if not question.options or typed in question.options or typed == question.proposed:
        return typed
    parts = [part.strip() for part in typed.split(",")]
    right = all(part.isdecimal() and 1 <= int(part) <= len(question.options) for part in parts)
    if not right or (len(parts) > 1 and not question.several):
        return ""
    return joined([question.options[int(part) - 1] for part in parts])

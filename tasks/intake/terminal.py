"""Questions of an import in a terminal: asked one after the other, or listed with the options that answer them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence

from tasks.console import say
from tasks.errors import InputError
from tasks.intake.asking import Question, joined
from tasks.intake.shape.gathering import Word
from tasks.intake.spoken import as_options, asked, option_word

Ask = Callable[[str], str]


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

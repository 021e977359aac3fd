"""What was understood, what must be asked, and the answers given: keys of words, so that page and terminal say both."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tasks.errors import InputError
from tasks.intake.faults import quoted
from tasks.languages.fault import Fault, at, instead
from tasks.schema import Words

NONE = "-"
"""The answer that a field is not there."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something found: the key of its words (section `door` of the catalogue) and the values in them."""

    key: str
    values: Mapping[str, str | int | Words] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """Something that is never guessed.

    Attributes:
        key: what an answer is given under: `last`, `role:A`, `system:a.jsonl`.
        kind: the key of its words; `values` stand in them.
        options: the answers allowed; () = any text.
        proposed: the likeliest answer, '' where there is none. It is shown and never taken unasked.
        several: whether an answer names one option or more, with commas between them.
        samples: texts of the file that help to answer.
    """

    key: str
    kind: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    proposed: str = ""
    several: bool = False
    samples: tuple[str, ...] = ()


class Asker:
    """Gives the answer to a question, or gathers the question; knows which answers nobody asked for."""

    def __init__(self, answers: Mapping[str, str]) -> None:
        self._answers = answers
        self._used: set[str] = set()
        self.questions: list[Question] = []

    @property
    def used(self) -> tuple[str, ...]:
        """Keys under which an answer was given and looked for."""
        return tuple(sorted(key for key in self._used if key in self._answers))

    def given(self, key: str) -> str | None:
        """The answer under a key, asked for or not; None where there is none."""
        self._used.add(key)
        return self._answers.get(key)

    def one(self, question: Question) -> str | None:
        """The answer to a question of one option; None where it is still open.

        Raises:
            InputError: the answer is none of the options.
        """
        chosen = self.several(question)
        return chosen[0] if chosen else None

    def several(self, question: Question) -> tuple[str, ...] | None:
        """The answers to a question of one option or more; None where it is still open.

        Raises:
            InputError: an answer is none of the options.
        """
        answer = self.given(question.key)
        if answer is None or not answer.strip():
            self.questions.append(question)
            return None
        return chosen(question, answer)

    def refuse_unknown(self, asked: Iterable[str] = ()) -> None:
        """Raises InputError for answers to questions that nobody asks; `asked`: keys that others ask for."""
        known = self._used | set(asked)
        wrong = [key for key in self._answers if key not in known]
        allowed = ", ".join(sorted(known)) or "none"
        if wrong:
            raise InputError(
                at(Fault("answer", key=quoted(key)), Fault("answer_strange", allowed=allowed)) for key in wrong
            )


def chosen(question: Question, answer: str) -> tuple[str, ...]:
    """The options that an answer names, with commas or in lines; one that holds a comma is read whole.

    Raises:
        InputError: it names something else, or several where one is asked.
    """
    if not question.options:
        return (answer.strip(),)
    if answer in question.options:
        return (answer,)
    mark = "\n" if "\n" in answer else ","
    parts = tuple(part.strip() for part in answer.split(mark)) if question.several else (answer.strip(),)
    known = {option.strip(): option for option in question.options}
    wrong = [part for part in parts if part not in known]
    if wrong:
        raise InputError(
            at(Fault("answer", key=quoted(question.key)), instead(quoted(part), _listed(question.options)))
            for part in wrong
        )
    return tuple(dict.fromkeys(known[part] for part in parts))


def joined(options: Sequence[str]) -> str:
    """Several options as one answer, which `chosen` reads back: with commas, in lines where one holds a comma."""
    return ("\n" if any("," in option for option in options) else ",").join(options)


def _listed(options: Sequence[str]) -> str:
    return ", ".join(options[:40]) + (" …" if len(options) > 40 else "")

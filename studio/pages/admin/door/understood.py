"""What was understood of files, their first records with the columns' roles, and the questions that are left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from studio.intake.door import PROVENANCE, Brought, taken
from studio.intake.door import Share as Whole
from studio.pages.admin.door import columns, first
from studio.pages.admin.html import Raw, Words, choice_of, text
from studio.pages.admin.icons import icon
from tasks.errors import InputError
from tasks.intake.asking import Note, Question
from tasks.intake.shape.mending import Problem, UnusableError
from tasks.intake.shape.taking import Taken
from tasks.intake.spoken import asked, option_word, sentence, word_in
from tasks.languages.fault import said

Now: TypeAlias = Callable[[Question], str]
"""What is chosen of a question."""
ANSWER = "answer."
"""What stands before a question's key in the names of its fields."""


def answers(given: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The answers of a form, by question, several in lines; what was left open is not among them."""
    said = {key.removeprefix(ANSWER): [value for value in values if value.strip()]
            for key, values in given.items() if key.startswith(ANSWER)}  # fmt: skip
    return {key: "\n".join(values) for key, values in said.items() if values} | columns.answers(given)


def page(brought: Brought, trial: Brought, words: Words, typed: Mapping[str, str], read: Sequence[str] = ()) -> str:
    """What was found, the first records, the questions, and how the first item is read.

    Args:
        trial: the same files with the likeliest answer to every open question, for the first item alone.
        typed: fields as they stand in the form.
        read: how the study was read from the files, once it was.
    """
    word = word_in(words.language)
    asking = brought.open_questions()
    in_heads = columns.asked_here(brought)
    took, wrong = _tried(trial, words)
    notes = (*brought.notes, *(took.notes if took else ()))
    left = [] if read else [sentence(note_, word) for note_ in notes if _is_problem(note_)]
    choices = took.choices if took else ()
    said = read or [sentence(one, word) for one in notes if not _is_problem(one)]
    rest = [one for one in asking if one not in in_heads]
    if PROVENANCE not in rest:
        rest.append(PROVENANCE)
    fields = "".join(_question(one, words, _now(one, brought, typed), one in asking) for one in rest)
    tables = columns.tables(brought, trial, words, typed)
    main = "".join(
        [
            f'<section class="card understood"><h2>{icon("check")}{text(word("page_understood"))}</h2>'
            f"<ul>{''.join(f'<li>{text(line)}</li>' for line in said)}</ul></section>",
            f'<section class="card flush"><div class="card-head"><h2>{text(words["column_roles"])}</h2>'
            f'<span class="soft">{text(_told(in_heads, words))}</span></div>'
            f"{tables}{first.counts(took, words) if took else ''}</section>" if tables else "",
            _problems(left, wrong, choices, words, lambda question: _now(question, brought, typed)),
            f'<section class="card form"><h2>{text(word("page_questions"))}</h2>{fields}'
            f"{_anew(brought, words)}</section>",
            *_kept(brought.answers, (*rest, *in_heads, *choices, *(one.question for one in wrong if one.question))),
        ]
    )  # fmt: skip
    beside = first.item(took, words) if took and took.items else ""
    return f'<div class="beside"><div class="main">{main}</div>{beside}</div>'


def _told(in_heads: Sequence[Question], words: Words) -> str:
    """What is asked of the columns, or that each can be told otherwise."""
    return " ".join(asked(one, word_in(words.language)) for one in in_heads) or words["column_otherwise"]


def _is_problem(one: Note) -> bool:
    return one.key.startswith("left_")


def _tried(trial: Brought, words: Words) -> tuple[Taken | None, Sequence[Problem]]:
    """Items and responses by the likeliest answers, or what is wrong; neither while too much is open."""
    if trial.questions:
        return None, ()
    try:
        return taken(trial, Whole())[1], ()
    except UnusableError as error:
        return None, error.problems
    except InputError as error:
        return None, [Problem(tuple(error.errors), None)]


def _problems(
    left: Sequence[str], wrong: Sequence[Problem], choices: Sequence[Question], words: Words, now: Now
) -> str:
    """What was left out; each kind of problem folded, with what can be chosen about it; and what else could be."""
    kinds = "".join(_kind(one, words, now) for one in wrong)
    lines = "".join(f"<li>{icon('warn')}<span>{text(line)}</span></li>" for line in left)
    others = "".join(_question(one, words, now(one)) for one in choices)
    if not kinds and not lines:
        return ""
    told = f"<ul>{lines}</ul>" if lines else ""
    return f'<section class="card problems"><h2>{text(words["file_problems"])}</h2>{told}{kinds}{others}</section>'


def _kind(problem: Problem, words: Words, now: Now) -> str:
    """A kind of problem: its first place, the others folded, and the choice."""
    first, *others = said(problem.lines, words.language)
    more = "".join(f"<li>{text(line)}</li>" for line in others)
    summary = f"<summary>{text(words.say('and_more', n=len(others)))}</summary>"
    folded = f'<details class="plain">{summary}<ul>{more}</ul></details>' if others else ""
    asks = _question(problem.question, words, now(problem.question), open_=True) if problem.question else ""
    return f'<div class="problem"><p>{icon("warn")}<span>{text(first)}</span></p>{folded}{asks}</div>'


def _anew(brought: Brought, words: Words) -> str:
    """A way to be asked everything again, where something was answered."""
    if not brought.answers:
        return ""
    again = text(words["file_again"])
    return f'<p class="form-acts"><button class="button" name="again" value="yes">{again}</button></p>'


def _now(question: Question, brought: Brought, typed: Mapping[str, str]) -> str:
    """What is chosen: as typed, else as answered before, else the likeliest."""
    return typed.get(ANSWER + question.key, "") or brought.answers.get(question.key, "") or question.proposed


def _kept(answered: Mapping[str, str], asking: Sequence[Question]) -> list[str]:
    """Answers given before go along unseen, so that the files are read alike."""
    shown = {question.key for question in asking}
    return [
        f'<input type="hidden" name="{text(ANSWER + key)}" value="{text(value)}">'
        for key, value in answered.items()
        if key not in shown
    ]


def _question(question: Question, words: Words, now: str, open_: bool = False) -> Raw:
    """A question as a group of choices, or as a field for a name; what was chosen, else the likeliest, is there.

    `open_`: it is still to be answered, and the reader is led to it.
    """
    word = word_in(words.language)
    samples = "".join(f"<li>{text(sample)}</li>" for sample in question.samples)
    name = ANSWER + question.key
    if question.options:
        parts = [*now.split("\n" if "\n" in now else ","), now]
        choices = "".join(
            choice_of(name, option, option_word(question, option, word), option in parts, question.several)
            for option in question.options
        )
        body = f'<div class="choices">{choices}</div>'
    else:
        label = text(word("page_name"))
        body = f'<input type="text" name="{text(name)}" value="{text(now)}" aria-label="{label}">'
    listed = f'<ul class="fine">{samples}</ul>' if samples else ""
    mark = " data-open-question" if open_ else ""
    return Raw(f"<fieldset{mark}><legend>{text(asked(question, word))}</legend>{listed}{body}</fieldset>")

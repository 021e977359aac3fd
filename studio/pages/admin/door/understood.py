"""What was understood of files, their first records with the columns' roles, and the questions that are left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.intake.door import PROVENANCE, Brought, taken
from studio.intake.door import Share as Whole
from studio.pages.admin.door import columns, first
from studio.pages.admin.html import Raw, Words, choice_of, text
from studio.pages.admin.icons import icon
from tasks.errors import InputError
from tasks.intake.asking import Note, Question
from tasks.intake.shape.taking import Taken
from tasks.intake.spoken import asked, option_word, sentence, word_in
from tasks.languages.fault import said

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
    took, faults = _tried(trial, words)
    notes = (*brought.notes, *(took.notes if took else ()))
    left = [] if read else [note_ for note_ in notes if _is_problem(note_)]
    said = read or [sentence(one, word) for one in notes if not _is_problem(one)]
    rest = [one for one in asking if one not in in_heads]
    if PROVENANCE not in rest:
        rest.append(PROVENANCE)
    fields = "".join(_question(one, words, _now(one, brought, typed)) for one in rest)
    tables = columns.tables(brought, trial, words, typed)
    main = "".join(
        [
            f'<section class="card understood"><h2>{icon("check")}{text(word("page_understood"))}</h2>'
            f"<ul>{''.join(f'<li>{text(line)}</li>' for line in said)}</ul></section>",
            f'<section class="card flush"><div class="card-head"><h2>{text(words["column_roles"])}</h2>'
            f'<span class="soft">{text(_told(in_heads, words))}</span></div>'
            f"{tables}{first.counts(took, words) if took else ''}</section>" if tables else "",
            _problems([*(sentence(one, word) for one in left), *faults], words),
            f'<section class="card form"><h2>{text(word("page_questions"))}</h2>{fields}'
            f"{_anew(brought, words)}</section>",
            *_kept(brought.answers, (*rest, *in_heads)),
        ]
    )  # fmt: skip
    beside = first.item(took, words) if took and took.items else ""
    return f'<div class="beside"><div class="main">{main}</div>{beside}</div>'


def _told(in_heads: Sequence[Question], words: Words) -> str:
    """What is asked of the columns, or that each can be told otherwise."""
    return " ".join(asked(one, word_in(words.language)) for one in in_heads) or words["column_otherwise"]


def _is_problem(one: Note) -> bool:
    return one.key.startswith("left_")


def _tried(trial: Brought, words: Words) -> tuple[Taken | None, Sequence[str]]:
    """Items and responses by the likeliest answers, or what is wrong; neither while too much is open."""
    if trial.questions:
        return None, ()
    try:
        return taken(trial, Whole())[1], ()
    except InputError as error:
        return None, said(error.errors, words.language)


def _problems(lines: Sequence[str], words: Words) -> str:
    """Each kind of problem once, with its rows."""
    if not lines:
        return ""
    listed = "".join(f"<li>{icon('warn')}<span>{text(line)}</span></li>" for line in lines)
    return f'<section class="card problems"><h2>{text(words["file_problems"])}</h2><ul>{listed}</ul></section>'


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


def _question(question: Question, words: Words, now: str) -> Raw:
    """A question as a group of choices, or as a field for a name; what was chosen, else the likeliest, is there."""
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
    return Raw(f"<fieldset><legend>{text(asked(question, word))}</legend>{listed}{body}</fieldset>")

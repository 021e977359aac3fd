"""What was understood of files, a look at their records, and the questions as a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.intake.door import Brought
from studio.pages.admin.html import Raw, Words, table, text
from tasks.intake.asking import Question
from tasks.intake.shape.records import Records, paths, pick
from tasks.intake.spoken import asked, option_word, sentence, word_in

ANSWER = "answer."
"""What stands before a question's key in the names of its fields."""
ROWS, CELL = 3, 80
MOST_COLUMNS = 12


def answers(given: Mapping[str, str]) -> dict[str, str]:
    """The answers of a form, by question; what was left open is not among them."""
    return {key.removeprefix(ANSWER): value for key, value in given.items() if key.startswith(ANSWER) and value.strip()}


def page(brought: Brought, words: Words, given: Mapping[str, str], taken: Sequence[str] = ()) -> str:
    """What was found, the first records, and a field for each question; `taken`: how the study was read from them."""
    word = word_in(words.language)
    said = taken or [sentence(one, word) for one in brought.notes]
    found = "".join(f"<li>{text(one)}</li>" for one in said)
    asking = brought.open_questions()
    fields = "".join(_question(question, words, given.get(ANSWER + question.key, "")) for question in asking)
    return "".join(
        [
            f"<h2>{text(word('page_understood'))}</h2><ul>{found}</ul>",
            f"<h2>{text(word('page_preview'))}</h2>",
            *(_first(records, words) for records in brought.files[:4]),
            f"<h2>{text(word('page_questions'))}</h2>{fields}" if fields else "",
            *_kept(brought.answers, asking),
        ]
    )


def _kept(answered: Mapping[str, str], asking: Sequence[Question]) -> list[str]:
    """Answers given before go along unseen, so that the files are read alike."""
    shown = {question.key for question in asking}
    return [
        f'<input type="hidden" name="{text(ANSWER + key)}" value="{text(value)}">'
        for key, value in answered.items()
        if key not in shown
    ]


def _first(records: Records, words: Words) -> str:
    """The first records of a file as a table, long cells cut."""
    columns = paths([record for _, record in records.rows[:ROWS]])[:MOST_COLUMNS]
    rows = [[_cell(pick(record, path)) for path in columns] for _, record in records.rows[:ROWS]]
    return f"<h3>{text(records.name)}</h3>{table(columns, rows, words['nothing'])}"


def _cell(value: object) -> str:
    shown = "" if value is None else str(value)
    return shown[:CELL] + ("…" if len(shown) > CELL else "")


def _question(question: Question, words: Words, typed: str) -> Raw:
    """A question as a group of choices, or as a field for a name; what was typed, else the likeliest, is there."""
    word = word_in(words.language)
    samples = "".join(f"<li>{text(sample)}</li>" for sample in question.samples)
    name, chosen = text(ANSWER + question.key), typed or question.proposed
    if question.options:
        parts = [*chosen.split("\n" if "\n" in chosen else ","), chosen]
        body = "".join(
            f'<label><input type="{"checkbox" if question.several else "radio"}" name="{name}" value="{text(option)}"'
            f"{' checked' if option in parts else ''}> {text(option_word(question, option, word))}</label><br>"
            for option in question.options
        )
    else:
        body = f'<input type="text" name="{name}" value="{text(chosen)}" aria-label="{text(word("page_name"))}">'
    sample_list = f'<ul class="fine">{samples}</ul>' if samples else ""
    return Raw(f"<fieldset><legend>{text(asked(question, word))}</legend>{sample_list}{body}</fieldset>")

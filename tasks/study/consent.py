"""What raters are told before they agree: the consent text a new study begins with, and the organiser's own statements.

The text says what the studio does. Where dialogues come from, what is paid, what is stored where: only the organiser
knows, and says so in `study.yaml` (`information`); what is left out there is said to be not stated.
"""

from __future__ import annotations

from collections.abc import Sequence

from tasks.schema import Criterion, Language, Protocol, Statement, Study, Words
from tasks.study.guidance import minutes_per_unit
from tasks.study.wording.templates import word, words

STATEMENTS: tuple[Statement, ...] = ("dialogues", "payment", "stopping", "storage", "erasure")
"""Of each of these it is said where it is not stated."""
BESIDE: tuple[Statement, ...] = ("risks", "use", "ethics")
"""These are said where they are stated, and else not at all."""


def consent(protocol: Protocol, criteria: Sequence[Criterion], units: int, languages: Sequence[Language]) -> Words:
    """The consent text of a new study: the work and what the studio does, nothing that only the organiser knows.

    Args:
        units: pairs, dialogues or sessions at most for one rater. What is stored stands below it on the page.
        languages: in which the study is; each has a file of words.
    """
    work = {"units": units, "minutes": minutes_per_unit(protocol, criteria)}
    task = words("papers", f"consent.{protocol}", languages, **work)
    if protocol == "session":  # nothing is read there that others said
        return Words({tag: f"{task.text(tag)}\n" for tag in languages})
    whole = {tag: words("papers", "consent", (tag,), task=task.text(tag)).text(tag) for tag in languages}
    return Words({tag: f"{text}\n" for tag, text in whole.items()})


def statements(study: Study) -> Words | None:
    """The organiser's statements as Markdown that stands under the consent text; None where a study has none at all.

    They are in every language of the consent text. A statement that one language alone has is shown in all: its words
    are not translated here.
    """
    if study.information is None or study.consent is None:
        return None
    return Words({tag: _statements(study, tag) for tag in study.consent.languages})


def statement(study: Study, name: Statement, language: Language) -> str:
    """One statement in a language, else in the first that has it; "" where the organiser has made none.

    Where judgments may train models, `use` says so, whatever else it says.
    """
    said: Words | None = getattr(study.information, name) if study.information else None
    texts = [said.text(tag, *said.languages).strip() for tag in (language, *said.languages)] if said else []
    told = next((text for text in texts if text), "")
    trained = word("told.use.training", language) if name == "use" and may_train(study) else ""
    return told if trained in told else "\n".join(filter(None, (told, trained)))


def may_train(study: Study) -> bool:
    """Whether raters are told, before they agree, that models are trained on their judgments."""
    return study.information is not None and study.information.training


def statement_heading(name: Statement, language: Language) -> str:
    """What a statement is about, in the language or, where it has no words, in English."""
    return word(f"statement.{name}", language)


def _statements(study: Study, language: Language) -> str:
    lines = [
        word(
            "statement",
            language,
            heading=statement_heading(name, language),
            text=statement(study, name, language) or word("statement.none", language),
        )
        for name in (*STATEMENTS, *BESIDE)
        if name in STATEMENTS or statement(study, name, language)
    ]
    return "\n".join([word("statements", language), "", *lines])

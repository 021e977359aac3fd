"""The guidelines a new study begins with, made of its criteria, in each of its languages.

They are a start. Whoever runs the study reads them and changes them before it opens.
"""

from __future__ import annotations

from collections.abc import Sequence

from tasks.schema import Criterion, Language, Protocol, Words
from tasks.study.wording.templates import on_page, word, words

READING_MINUTES, MINUTES_PER_ANSWER = 2.2, 0.16
"""Planning figures: about 3 minutes a pair for `quick` (5 answers), 4 for `full` (11), until practice is timed."""

WHOLE_MINUTES: dict[Protocol, int] = {"rating": 12, "label": 20, "session": 5}
"""Planning figures for one whole dialogue, until practice is timed; of a session, for the client's form after it."""


def guidelines(protocol: Protocol, criteria: Sequence[Criterion], languages: Sequence[Language]) -> Words:
    """What raters read before the first pair or dialogue; for pairs one section a criterion, its points with examples.

    `languages`: in which the study and its criteria are; each has a file of words.
    """
    if protocol != "pairwise":
        opening = words("papers", f"guidelines.{protocol}", languages)
        return Words({tag: f"{opening.text(tag)}\n" for tag in languages})
    return Words({tag: _of_pairs(criteria, tag) for tag in languages})


def _of_pairs(criteria: Sequence[Criterion], language: Language) -> str:
    sections = [_section(criterion, language) for criterion in criteria if criterion.kind != "text"]
    return "\n\n".join((word("guidelines.pairs", language), *sections, _doubt(language))) + "\n"


def _doubt(language: Language) -> str:
    buttons = {"cannot": on_page("leave.cannot", language), "skip": on_page("leave.skip", language)}
    answers = {"same": "preference.p.0", "neither": "both_unacceptable"}
    named = {name: words("templates", key, (language,)).text(language) for name, key in answers.items()}
    return word("guidelines.doubt", language, **buttons, **named)


def _section(criterion: Criterion, language: Language) -> str:
    lines = [f"## {criterion.label.text(language)}", criterion.hint.text(language) if criterion.hint else ""]
    for index, point in enumerate(criterion.points):
        example = criterion.anchors[index].text(language) if index < len(criterion.anchors) else ""
        said = {"point": point.words.text(language), "example": example}
        lines.append(word("guidelines.example", language, **said) if example else f"- **{said['point']}**")
    if criterion.reasons:
        lines.append("- " + " / ".join(reason.words.text(language) for reason in criterion.reasons))
    return "\n".join(line for line in lines if line)


def explained(place: int, language: Language) -> str:
    """What is said after a practice pair, with the criteria called as they are in the language."""
    called = {"amount": "question_amount", "right": "question_amount.p.0", "empathy": "empathy"}
    named = {name: words("templates", key, (language,)).text(language) for name, key in called.items()}
    return words("templates", f"practice.{place}", (language,), **named).text(language)


def minutes_per_pair(criteria: Sequence[Criterion]) -> int:
    """Planned minutes a pair, rounded, from the answers it asks for; a criterion of a response is asked twice."""
    answers = sum(2 if criterion.of == "response" else 1 for criterion in criteria if criterion.required)
    return round(READING_MINUTES + MINUTES_PER_ANSWER * answers)


def minutes_per_unit(protocol: Protocol, criteria: Sequence[Criterion]) -> int:
    """Planned minutes for one pair or one whole dialogue."""
    return WHOLE_MINUTES.get(protocol) or minutes_per_pair(criteria)

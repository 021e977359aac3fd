"""The papers an ethics board asks for, made of the study: information, consent, data map, risks and stopping.

They are drafts that say what the tool does. Whoever runs the study completes the lines in [brackets] and answers for
the whole.
"""

from __future__ import annotations

from collections.abc import Sequence

from studio.service.view import consent_text
from studio.store import datamap
from tasks.judges.servers import abroad
from tasks.schema import Language, PlannedAssignment, Statement, Study
from tasks.study.consent import statement
from tasks.study.wording.templates import on_page, word
from tasks.study.workload import workload

BLANK = "[ ]"
"""A line to be completed: the organiser has said nothing of it."""

PAPERS = ("information", "consent", "data", "risks")
"""Names of the papers, in the order in which a board reads them."""


def papers(study: Study, planned: Sequence[PlannedAssignment], language: Language) -> dict[str, str]:
    """Every paper as Markdown in one language, by name; in English where no paper is written in the language.

    Args:
        study: as loaded; its consent text is taken word for word, with what stands under it on the page.
        planned: the plan whose work is stated; one assignment or more.
    """
    makers = {"information": _information, "consent": _consent, "data": _data, "risks": _risks}
    return {name: makers[name](study, planned, language) for name in PAPERS}


def whole(study: Study, planned: Sequence[PlannedAssignment], language: Language) -> str:
    """All papers in one text."""
    return "\n\n".join(papers(study, planned, language).values())


def _contact(study: Study) -> str:
    return study.support.contact if study.support and study.support.contact else BLANK


def _stated(study: Study, name: Statement, language: Language) -> str:
    """What the organiser states, or a blank to be filled in."""
    return statement(study, name, language) or BLANK


def _information(study: Study, planned: Sequence[PlannedAssignment], language: Language) -> str:
    work = workload(study, planned)
    labels = [criterion.label.text(language, *study.languages) for criterion in study.criteria]
    names: tuple[Statement, ...] = ("dialogues", "stopping", "payment", "storage", "erasure")
    return word(
        "ethics.information.session" if study.sessions else "ethics.information",
        language,
        title=study.title.text(language, *study.languages),
        contact=_contact(study),
        most=work.per_seat[1],
        hours=f"{work.hours:.1f}",
        criteria=word("between", language).join(labels),
        **{name: _stated(study, name, language) for name in names},
    )


def _consent(study: Study, planned: Sequence[PlannedAssignment], language: Language) -> str:
    text = consent_text(study)
    body = text.text(language, *study.languages) if text else ""
    shown = body or word("ethics.consent.none", language, file=f"consent.{language}.md")
    return word("ethics.consent", language, text=_quoted(shown))


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())


def _data(study: Study, planned: Sequence[PlannedAssignment], language: Language) -> str:
    sessions = study.sessions is not None
    rows = datamap.table(language, study.retention_days, payment=study.information is None, sessions=sessions)
    lines = [f"| {row['what']} | {row['why']} | {row['kept']} |" for row in rows]
    days = str(study.retention_days) if study.retention_days else BLANK
    sent = "".join(f"\n\n{line}" for line in datamap.sent_to(language, abroad(study)))
    return word("ethics.data", language, rows="\n".join(lines), days=days) + sent


def _risks(study: Study, planned: Sequence[PlannedAssignment], language: Language) -> str:
    helped = study.support.help.text(language, *study.languages) if study.support else BLANK
    return word(
        "ethics.risks",
        language,
        portion=study.design.portion,
        help=helped,
        contact=_contact(study),
        skip=on_page("leave.skip", language),
    )

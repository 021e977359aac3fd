"""Step one: what was understood of the files, and what only a person knows about them."""

from __future__ import annotations

from studio.intake.drafted import laid_out, study_of, supposed, understood
from studio.pages.admin.asked import Asked, Given
from studio.pages.admin.door import first
from studio.pages.admin.door import understood as shown
from studio.pages.admin.html import Raw, note
from studio.pages.admin.new.bringing import brought, forms
from studio.pages.admin.new.facts import first_head
from studio.pages.admin.new.steps import UnsettledError, with_
from studio.service.organiser.drafting import Draft, KeptDraft
from tasks.errors import InputError
from tasks.intake.shape.mending import UnusableError
from tasks.languages.fault import said
from tasks.study.changing.remaking import carried


def body(asked: Asked, kept: KeptDraft) -> str:
    """What was found, the first records, and a field for each open question."""
    files = asked.service.draft_files(kept.draft_id)
    if not files:
        there = Raw(brought((), asked.words) + note(asked.words["new_no_files"]))
        study = kept.draft.study
        seen = first.of_study(study, asked.words) if study and study.items else ""
        return f'<div class="beside"><div class="main">{there}</div>{seen}</div>'
    with laid_out(files) as paths:
        found, wrong = understood(paths, kept.draft.answers)
        wrongs = "".join(note(line, "warn") for line in said(wrong, asked.words.language))
        page = shown.page(found, supposed(found), asked.words, kept.draft.typed, kept.draft.notes)
        return f"{wrongs}{brought(sorted(files), asked.words)}{page}"


def outside(asked: Asked, kept: KeptDraft) -> str:
    """The forms by which other files come in."""
    return forms(kept.draft_id, asked.words)


def take(asked: Asked, kept: KeptDraft, given: Given) -> Draft:
    """The draft with the study that the files make. InputError where something is open or wrong."""
    files = asked.service.draft_files(kept.draft_id)
    if not files:
        return kept.draft
    if "again" in given:
        return with_(kept.draft, answers={}, notes=())
    answers = {**kept.draft.answers, **shown.answers(given)}
    with laid_out(files) as paths:
        found, wrong = understood(paths, answers)
        if wrong:
            raise InputError(list(wrong))
        if found.open_questions():
            known = with_(kept.draft, answers=dict(found.answers))
            raise UnsettledError([asked.words["new_open_questions"]], known)
        try:
            study, notes = study_of(found, first_head(asked, "quick"), asked.words.language)
        except UnusableError as error:
            known = with_(kept.draft, answers=dict(found.answers))
            raise UnsettledError([asked.words["new_open_questions"]], known) from error
    if kept.draft.study is not None:
        study = carried(kept.draft.study, study)
    return with_(kept.draft, study=study, notes=notes, answers=dict(found.answers))

"""Step three: what raters are told."""

from __future__ import annotations

from studio.pages.admin import texts
from studio.pages.admin.asked import Asked, Given
from studio.pages.admin.new.steps import study_in, with_
from studio.service.organiser.drafting import Draft, KeptDraft
from tasks.errors import InputError
from tasks.languages.fault import at
from tasks.study.consistency import problems


def body(asked: Asked, kept: KeptDraft) -> str:
    """The statements, the consent text and the guidelines."""
    return f'<section class="card">{texts.form(study_in(kept, asked), asked.words, kept.draft.typed)}</section>'


def take(asked: Asked, kept: KeptDraft, given: Given) -> Draft:
    """The draft with the texts of the form. InputError for every text that cannot be used."""
    fields = {name: values[-1] for name, values in given.items()}
    changed = texts.edited(study_in(kept, asked), fields)
    if faults := [at(problem.part, problem.text) for problem in problems(changed)]:
        raise InputError(faults)
    return with_(kept.draft, study=changed)

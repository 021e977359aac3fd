"""Step three: what raters are told, made of a few answers, and all of it to be read and written anew."""

from __future__ import annotations

from studio.pages.admin.asked import Asked, Given
from studio.pages.admin.html import text
from studio.pages.admin.new import telling, wording
from studio.pages.admin.new.steps import study_in, with_
from studio.service.organiser.drafting import Draft, KeptDraft
from tasks.errors import InputError
from tasks.languages.fault import at
from tasks.study.changing.telling import clashes
from tasks.study.consistency import problems


def body(asked: Asked, kept: KeptDraft) -> str:
    """The questions beside the texts that their answers make."""
    study, told, words, typed = study_in(kept, asked), kept.draft.told, asked.words, kept.draft.typed
    found = "".join(telling.clash(one, words) for one in clashes(study, told))
    return (
        f'<div class="telling"><section class="card form"><h2>{text(words["told"])}</h2>'
        f"{telling.questions(study, told, words, typed)}</section>"
        f'<section class="papers"><h2>{text(words["texts"])}</h2>{wording.papers(study, words, typed)}</section></div>'
        f'{wording.acceptance(study, words)}<div id="clashes" data-fresh>{found}</div>'
    )


def take(asked: Asked, kept: KeptDraft, given: Given) -> Draft:
    """The draft with answers and texts of the form. InputError for every one that cannot be used."""
    study = wording.edited(study_in(kept, asked), {name: values[-1] for name, values in given.items()})
    study, told = telling.answered(study, kept.draft.told, given, asked.words)
    if faults := [at(problem.part, problem.text) for problem in problems(study)]:
        raise InputError(faults)
    return with_(kept.draft, study=study, told=told)

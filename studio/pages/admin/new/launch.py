"""Step five: errors, warnings and leaks, and the launch."""

from __future__ import annotations

from studio.pages.admin import review
from studio.pages.admin.asked import Answer, Asked, Given
from studio.pages.admin.html import Words, note
from studio.pages.admin.new.steps import kept_of, study_in
from studio.service.organiser.conduct import fingerprint
from studio.service.organiser.drafting import Draft, KeptDraft
from tasks.errors import InputError
from tasks.languages.fault import at, said
from tasks.schema import Study
from tasks.study.consistency import problems
from tasks.study.wording import drafts


def body(asked: Asked, kept: KeptDraft) -> str:
    """What would be launched: plan, warnings, leaks, the hash."""
    study, words = study_in(kept, asked), asked.words
    wrong = said(faults(study, words), words.language)
    told = "".join(note(line, "warn") for line in wrong)
    return (
        f"{told}{review.render(study, words)}{note(f'sha256 {fingerprint(study)}')}{note(words['new_frozen'], 'warn')}"
    )


def faults(study: Study, words: Words) -> list[str]:
    """Why the study cannot be launched: what does not fit together, and that raters could ask nobody."""
    wrong: list[str] = [at(problem.part, problem.text) for problem in problems(study)]
    if study.support is None or not study.support.contact.strip():
        wrong.append(words["contact_needed"])
    return wrong


def take(asked: Asked, kept: KeptDraft, given: Given) -> Draft:
    """The draft as it is."""
    return kept.draft


def launch(asked: Asked, given: Given) -> Answer:
    """Make it a study that raters can be invited to, and go there."""
    study = study_in(kept_of(asked), asked)
    drafts.refuse(study)
    if wrong := faults(study, asked.words):
        raise InputError(wrong)
    study_id = asked.service.launch_draft(asked.draft_id or "", asked.someone.actor)
    return Answer(asked.words["new_launched"], go=asked.address("people", study_id))

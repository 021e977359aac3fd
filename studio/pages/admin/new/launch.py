"""Step five: errors, warnings and leaks, and the launch."""

from __future__ import annotations

from collections.abc import Mapping

from studio.pages.admin import review
from studio.pages.admin.asked import Act, Answer, Asked, Given
from studio.pages.admin.html import note
from studio.pages.admin.new.steps import kept_of, study_in
from studio.service.organiser.conduct import fingerprint
from studio.service.organiser.drafting import Draft, KeptDraft
from tasks.errors import InputError
from tasks.languages.fault import at, said
from tasks.study.consistency import problems
from tasks.study.wording import drafts


def body(asked: Asked, kept: KeptDraft) -> str:
    """What would be launched: plan, warnings, leaks, the hash."""
    study, words = study_in(kept, asked), asked.words
    wrong = said((at(problem.part, problem.text) for problem in problems(study)), words.language)
    faults = "".join(note(line, "warn") for line in wrong)
    return (
        f"{faults}{review.render(study, words)}"
        f"{note(f'sha256 {fingerprint(study)}')}{note(words['new_frozen'], 'warn')}"
    )


def take(asked: Asked, kept: KeptDraft, given: Given) -> Draft:
    """The draft as it is."""
    return kept.draft


def launch(asked: Asked, given: Given) -> Answer:
    """Make it a study that raters can be invited to, and go there."""
    study = study_in(kept_of(asked), asked)
    drafts.refuse(study)
    if faults := [at(problem.part, problem.text) for problem in problems(study)]:
        raise InputError(faults)
    study_id = asked.service.launch_draft(asked.draft_id or "", asked.someone.actor)
    return Answer(asked.words["new_launched"], go=asked.address("people", study_id))


ACTS: Mapping[str, Act] = {"next": launch}

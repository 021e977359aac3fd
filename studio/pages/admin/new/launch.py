"""Step five: errors, warnings and leaks, and the launch."""

from __future__ import annotations

from studio.documents import addresses
from studio.documents.addresses import reach
from studio.pages.admin import review
from studio.pages.admin.asked import Answer, Asked, Given, one
from studio.pages.admin.html import Words, note, tag, text
from studio.pages.admin.icons import icon
from studio.pages.admin.new import telling
from studio.pages.admin.new.steps import kept_of, study_in
from studio.pages.admin.new.wording import called
from studio.pages.admin.server import checkup
from studio.service.organiser.conduct import fingerprint
from studio.service.organiser.drafting import Draft, KeptDraft
from tasks.errors import InputError
from tasks.languages.fault import at, said
from tasks.schema import Study
from tasks.study.changing.telling import clashes
from tasks.study.consistency import problems
from tasks.study.wording import drafts

LOOKING_SECONDS = 30.0
"""How long the launch waits for the look at the server."""


def body(asked: Asked, kept: KeptDraft) -> str:
    """Where links lead, what hinders the launch, what to look at; beside it the plan and the hash."""
    study, words = study_in(kept, asked), asked.words
    hash_ = f'<p class="fine">sha256 {fingerprint(study)}</p>'
    return (
        f'<div class="launching"><div class="main">{_hindrances(study, words)}{_clashes(study, kept, words)}'
        f"{_address(asked)}{checkup.before_launch(asked.health.findings(), words)}"
        f'{review.render(study, words)}</div><div class="main">{review.figures(study, words)}'
        f'<section class="card"><p>{text(words["new_frozen"])}</p>{hash_}</section></div></div>'
    )


def _hindrances(study: Study, words: Words) -> str:
    """Why it cannot be launched yet, the way to what is lacking beside it; nothing where nothing hinders."""
    lines = "".join(
        f"<li>{icon('cross')}<span>{text(line)}</span></li>" for line in said(faults(study, words), words.language)
    )
    if not lines:
        return ""
    to = review.way_to("texts", words) if _asks_nobody(study) or drafts.waiting(study) else ""
    return f'<section class="card problems"><h2>{text(words["launch_hindered"])}</h2><ul>{lines}</ul>{to}</section>'


def _clashes(study: Study, kept: KeptDraft, words: Words) -> str:
    """What was answered and what is written that cannot both be, once more before the launch; '' where nothing is."""
    found = "".join(
        f"<li>{icon('warn')}<span>{telling.clash_alone(one, words)}</span></li>"
        for one in clashes(study, kept.draft.told)
    )
    if not found:
        return ""
    title = text(words["launch_clashes"])
    return f'<section class="card problems"><h2>{title}</h2><ul>{found}</ul>{review.way_to("texts", words)}</section>'


def _address(asked: Asked) -> str:
    """The address that links begin with, who can open it, and what to do where that is not everybody."""
    words, base = asked.words, asked.settings.base_url
    found = reach(base)
    advice = note(addresses.note(base, words.language), "warn") if found != "anywhere" else ""
    kind = "good" if found == "anywhere" else "warn"
    return (
        f'<section class="card"><h2>{text(words["launch_address"])} {tag(words[f"reach_who_{found}"], kind)}</h2>'
        f'<p class="checked" dir="ltr">{text(base)}/e/…</p>{advice}</section>'
    )


def _asks_nobody(study: Study) -> bool:
    return study.support is None or not study.support.contact.strip()


def faults(study: Study, words: Words) -> list[str]:
    """Why it cannot be launched: what does not fit together, that raters could ask nobody, drafts that nobody read."""
    wrong: list[str] = [at(problem.part, problem.text) for problem in problems(study)]
    if _asks_nobody(study):
        wrong.append(words["contact_needed"])
    if unread := drafts.waiting(study):
        wrong += [words["drafts_note"], *(called(name, words) for name in unread)]
    return wrong


def take(asked: Asked, kept: KeptDraft, given: Given) -> Draft:
    """The draft as it is."""
    return kept.draft


def launch(asked: Asked, given: Given) -> Answer:
    """Make it a study that raters can be invited to, and go there."""
    study = study_in(kept_of(asked), asked)
    if wrong := faults(study, asked.words):
        raise InputError(wrong)
    found = asked.health.findings(patience=LOOKING_SECONDS)
    if found is None:
        return Answer(asked.words["doctor_looking"], "warn", stay=True)
    mend = checkup.to_mend(found)
    if mend and one(given, "despite") != "yes":
        names = ", ".join(checkup.called(finding, asked.words) for finding in mend)
        return Answer(asked.words.say("despite_needed", names=names), "warn")
    despite = [finding.what for finding in mend]
    study_id = asked.service.launch_draft(asked.draft_id or "", asked.someone.actor, despite)
    return Answer(asked.words["new_launched"], go=asked.address("people", study_id))

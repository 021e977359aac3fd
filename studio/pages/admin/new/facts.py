"""What every new study is called and begins with, before its organiser has said anything of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.pages.admin.asked import Asked
from studio.pages.admin.html import Words
from studio.service import Service, StudioError
from studio.service.organiser.drafting import MOST_DRAFTS, Draft, KeptDraft, TooManyDraftsError
from tasks.schema import FIRST_LANGUAGES, Language
from tasks.study.study_form import Head
from tasks.study.wording.templates import title

SEATS = 5


def first_head(asked: Asked, template: str, study_id: str = "", languages: Sequence[Language] = ()) -> Head:
    """The head of a study of which nothing else was said: a free id, five raters, nobody to ask yet."""
    spoken = tuple(languages) or FIRST_LANGUAGES
    return Head(study_id or free_id(asked), title(template, spoken), template, SEATS, 1, "", languages=spoken)


def free_id(asked: Asked) -> str:
    """The first of study-1, study-2 … that no study or draft has."""
    used = {row.study_id for row in asked.service.studies()}
    used |= {draft.study_id for draft in asked.service.drafts()}
    number = 1
    while f"study-{number}" in used:
        number += 1
    return f"study-{number}"


def begun(
    service: Service, actor: str, words: Words, draft: Draft, contents: Mapping[str, bytes] | None = None
) -> KeptDraft:
    """A new draft with its files. StudioError in the page's words where there are as many as may be."""
    try:
        return service.begin_draft(actor, draft, contents)
    except TooManyDraftsError as error:
        raise StudioError(words.say("drafts_full", n=MOST_DRAFTS)) from error

"""Step four: how many raters, how much work for each, and what the study can show."""

from __future__ import annotations

from studio.pages.admin.asked import Asked, Given, one
from studio.pages.admin.html import field
from studio.pages.admin.new.steps import study_in, typed, with_
from studio.service import StudioError
from studio.service.organiser.drafting import Draft, KeptDraft
from tasks.errors import InputError
from tasks.languages.fault import Fault, at, instead
from tasks.schema import Identifier, Record
from tasks.study.reading import Located
from tasks.study.validation import validate

MOST_SEATS = 1000


class _Named(Record):
    """An id that a study can have."""

    study_id: Identifier


def body(asked: Asked, kept: KeptDraft) -> str:
    """Id, contact and number of raters."""
    study, words = study_in(kept, asked), asked.words
    return (
        '<section class="card form">'
        + field(words["new_study_id"], "study_id", value=typed(kept, "study_id", study.study_id))
        + field(words["new_seats"], "seats", kind="number", value=typed(kept, "seats", str(study.design.seats)))
        + "</section>"
    )


def take(asked: Asked, kept: KeptDraft, given: Given) -> Draft:
    """The draft with the plan of the form. InputError for every field that cannot be used."""
    study = study_in(kept, asked)
    seats = one(given, "seats")
    if not seats.isdecimal() or not 1 <= int(seats) <= MOST_SEATS:
        raise StudioError(at("seats", instead(repr(seats), Fault("from_to", low="1", high=str(MOST_SEATS)))))
    errors: list[str] = []
    validate(_Named, Located(asked.words["new_plan"], {"study_id": one(given, "study_id")}, {}), errors)
    if errors:
        raise InputError(errors)
    design = study.design.model_copy(update={"seats": int(seats)})
    changed = {"study_id": one(given, "study_id"), "design": design}
    return with_(kept.draft, study=study.model_copy(update=changed))

"""A study that is being set up: begun with a file, changed step by step, kept at every step, and launched once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from studio.service.desk import ORGANISER, Desk
from studio.service.organiser.conduct import create_study
from studio.service.refusals import StudioError
from studio.store import drafts
from studio.store.database import Connection
from studio.store.drafts import DraftRow
from tasks.design.planning import plan
from tasks.languages.fault import Fault
from tasks.schema import Record, Study
from tasks.study.changing.telling import Told

MOST_DRAFTS = 30
"""Drafts that are kept at once; a new one is refused then, and none of them is dropped unasked."""
Step = Literal["file", "questions", "texts", "plan", "launch"]
STEPS: tuple[Step, ...] = get_args(Step)


class Draft(Record):
    """What is known of a study that is being set up.

    Attributes:
        name: what the organiser calls it; '' until something was said.
        step: the last step that was reached.
        typed: fields that were typed and that no study holds yet, by name, so that nothing typed is lost.
        answers: what was said of the files, by question.
        study: the study as it stands; None until the files are understood and nothing about them is open.
        notes: how the files were read, in sentences.
        told: what was answered about the study, of which statements to raters are made.
    """

    name: str = ""
    step: Step = "file"
    typed: Mapping[str, str] = {}
    answers: Mapping[str, str] = {}
    study: Study | None = None
    notes: tuple[str, ...] = ()
    told: Told = Told()


class DraftLine(Record):
    """A draft on the list of studies; `study_id` is '' until its files are read."""

    draft_id: str
    changed_at: str
    actor: str
    name: str
    step: Step
    study_id: str


class TooManyDraftsError(StudioError):
    """As many drafts are kept as may be."""


class KeptDraft(Record):
    """A draft as it is kept: under which id, since when as it is, and by whom it was begun."""

    draft_id: str
    changed_at: str
    actor: str
    draft: Draft


def _kept(row: DraftRow) -> KeptDraft:
    draft = Draft.model_validate(row.state)
    return KeptDraft(draft_id=row.draft_id, changed_at=row.changed_at, actor=row.actor, draft=draft)


def begin(
    desk: Desk,
    connection: Connection,
    actor: str = ORGANISER,
    draft: Draft | None = None,
    contents: Mapping[str, bytes] | None = None,
) -> KeptDraft:
    """A new draft, by default one of which nothing is known, with the files that were brought for it, by name.

    Raises:
        TooManyDraftsError: as many as may be are kept.
    """
    if drafts.count(connection) >= MOST_DRAFTS:
        raise TooManyDraftsError(f"found {MOST_DRAFTS} drafts; allowed: up to {MOST_DRAFTS}; throw one away first")
    row = DraftRow(desk.random(12), desk.now(), actor, (draft or Draft()).model_dump(mode="json"))
    drafts.add(connection, row)
    drafts.set_files(connection, row.draft_id, contents or {})
    return _kept(row)


def listed(desk: Desk, connection: Connection) -> list[DraftLine]:
    """Every draft, the last changed first."""
    return [_line(row) for row in drafts.rows(connection)]


def _line(row: DraftRow) -> DraftLine:
    state = row.state
    return DraftLine(
        draft_id=row.draft_id,
        changed_at=row.changed_at,
        actor=row.actor,
        name=state["name"],
        step=state["step"],
        study_id=(state["study"] or {}).get("study_id", ""),
    )


def read(desk: Desk, connection: Connection, draft_id: str) -> KeptDraft | None:
    """One draft; None where it was launched, thrown away, or never there."""
    row = drafts.row(connection, draft_id)
    return None if row is None else _kept(row)


def keep(desk: Desk, connection: Connection, draft_id: str, draft: Draft) -> None:
    """Put a draft in the place of what was kept under the id.

    Raises:
        StudioError: it was launched or thrown away meanwhile, e.g. in another tab.
    """
    if not drafts.change(connection, draft_id, desk.now(), draft.model_dump(mode="json")):
        raise StudioError(Fault("draft_gone", "organiser"))


def files(desk: Desk, connection: Connection, draft_id: str) -> dict[str, bytes]:
    """The files that were brought for a draft, by name."""
    return drafts.files(connection, draft_id)


def bring_files(desk: Desk, connection: Connection, draft_id: str, contents: Mapping[str, bytes]) -> None:
    """Keep files for a draft in the place of those brought before; what was said of those is asked anew.

    Raises:
        StudioError: the draft is no longer there.
    """
    kept = read(desk, connection, draft_id)
    if kept is None:
        raise StudioError(Fault("draft_gone", "organiser"))
    drafts.set_files(connection, draft_id, contents)
    keep(desk, connection, draft_id, kept.draft.model_copy(update={"step": "file", "answers": {}, "typed": {}}))


def drop(desk: Desk, connection: Connection, draft_id: str) -> bool:
    """Throw a draft away with its files; False where it is no longer there."""
    return drafts.drop(connection, draft_id)


def launch(
    desk: Desk, connection: Connection, draft_id: str, actor: str = ORGANISER, despite: Sequence[str] = ()
) -> str:
    """Make a draft's study a study that raters can be invited to, once; its id. The draft and its files are gone then.

    Args:
        despite: what `doctor` found to be mended, by name, and was gone on with; noted as an event of its own.

    Raises:
        StudioError: the draft holds no study yet, or is no longer there; or a study of that id is in the database.
    """
    kept = read(desk, connection, draft_id)
    if kept is None or kept.draft.study is None:
        raise StudioError(Fault("nothing_to_launch"))
    study = kept.draft.study
    create_study(desk, connection, study, plan(study), actor)
    if despite:
        desk.record(connection, study.study_id, actor, "launched_despite", {"what": ", ".join(despite)})
    drafts.drop(connection, draft_id)
    return study.study_id

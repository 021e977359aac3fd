"""The data map: every column of every table, what it is about a person, why it is kept, and for how long.

Read from the schema, so that a column added without a line here fails the test that the map is complete.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from studio.store.tables import metadata
from tasks.languages import catalogue
from tasks.schema import Judge, Language

Kept = str
"""`study`: with the database. `retention`: until the retention date, or withdrawal. `payment`: as `study`, also after
withdrawal. `never`: nothing about a person."""


@dataclass(frozen=True)
class Kind:
    """One kind of data; `fields` are `table.column`, or `log.kind.key` of a payload.

    Its words stand in the section `data` of the languages' files, under `NAME` and `NAME.why`; under `NAME.unpaid` and
    `NAME.why.unpaid` those that say nothing of payment, for studies in which the organiser speaks of it.
    """

    name: str
    kept: Kept
    fields: tuple[str, ...]


def _columns(table: str, names: str) -> tuple[str, ...]:
    return tuple(f"{table}.{name}" for name in names.split())


PERSONAL = (
    Kind(
        "code",
        "payment",
        _columns("raters", "study_id rater seat joined_at last_at consent_version consented_at profile_at")
        + _columns("raters", "blinding_at finished_at withdrawn_at done total")
        + _columns("seats", "rater")
        + _columns("events", "actor at"),
    ),
    Kind(
        "time",
        "payment",
        _columns("raters", "active_seconds")
        + _columns("assignments", "submitted_at active_seconds")
        + _columns("submissions", "submitted_at active_seconds"),
    ),
    Kind(
        "answers",
        "study",
        _columns("judgments", "seq criterion target study_id assignment_id value chosen_system reason")
        + _columns("submissions", "study_id submission_id assignment_id rater seq supersedes digest left left_reasons")
        + _columns("assignments", "status seq submission_id revision left left_reasons")
        + _columns("events", "payload"),
    ),
    Kind(
        "comments",
        "retention",
        _columns("notes", "seq uuid study at actor kind payload"),
    ),
    Kind(
        "device",
        "retention",
        ("notes.client.facts",),
    ),
    Kind(
        "profile",
        "retention",
        _columns("identities", "profile"),
    ),
    Kind(
        "contact",
        "retention",
        _columns("identities", "name mail"),
    ),
    Kind(
        "link",
        "retention",
        _columns("identities", "identity_id study role rater link_hash session_hash single_use created_at revoked_at"),
    ),
    Kind(
        "talk",
        "retention",
        ("notes.said.text", *_columns("messages", "note sha256")),
    ),
    Kind(
        "room",
        "study",
        _columns("sessions", "client_seat counselor_seat state booked_at client_ready_at counselor_ready_at begun_at")
        + _columns("sessions", "paused_at ending_by stopping_by stopping_at ended_at ended_by why")
        + _columns("messages", "kind role at uuid characters why flagged_at"),
    ),
)
OF_SESSIONS = ("talk", "room")
"""Kinds that only a study of live sessions has; only its raters are told of them."""
IMPERSONAL = (
    _columns("studies", "study_id definition created_at closed_at")
    + _columns("seats", "study_id seat total")
    + _columns("assignments", "study_id assignment_id seat position number kind item_id first_system second_system")
    + _columns("assignments", "stratum repeats")
    + _columns("events", "seq uuid study kind")
    + _columns("sessions", "study_id session_id number scenario_id last")
    + _columns("messages", "study_id session_id number seq")
    + _columns("drafts", "draft_id changed_at actor state")
    + _columns("draft_files", "draft_id name content")
)
"""Columns that say nothing about a rater: the study, its plan, the numbering of the log, studies not launched yet."""


def columns() -> tuple[str, ...]:
    """Every `table.column` of the schema."""
    return tuple(f"{table.name}.{column.name}" for table in metadata.sorted_tables for column in table.columns)


def unmapped() -> set[str]:
    """Columns the map does not name, and names in the map that are no column (payload keys aside); {} is well."""
    named = {field for kind in PERSONAL for field in kind.fields} | set(IMPERSONAL)
    return {field for field in named if field.count(".") == 1} ^ set(columns())


def table(
    language: Language, retention_days: int | None, payment: bool = True, sessions: bool = True
) -> list[dict[str, str]]:
    """The map as rows, for papers and the command line: name, what, why, kept, fields.

    Args:
        language: any; where no file has the section in it, the closest one's words, or English.
        retention_days: after the study is closed; None: until the organiser erases.
        payment: named as a reason. False where the organiser says what is paid, or that it is not stated.
        sessions: with what is kept of live sessions. False for a study that has none.
    """
    kinds = (kind for kind in PERSONAL if sessions or kind.name not in OF_SESSIONS)
    return [_row(kind, language, retention_days, payment) for kind in kinds]


def _row(kind: Kind, language: Language, retention_days: int | None, payment: bool) -> dict[str, str]:
    return {
        "name": kind.name,
        "what": _say(language, kind.name, payment),
        "why": _say(language, f"{kind.name}.why", payment),
        "kept": _how_long(kind, language, retention_days),
        "fields": ", ".join(kind.fields),
    }


def _say(language: Language, key: str, payment: bool = True, **values: object) -> str:
    """A text of the section; where payment is not to be named, the one that does not, if there is one."""
    read = catalogue.read_in("data", language)
    unpaid = f"{key}.unpaid"
    chosen = unpaid if not payment and unpaid in catalogue.words("data", read) else key
    return catalogue.word("data", read, chosen, **values)


def _how_long(kind: Kind, language: Language, retention_days: int | None) -> str:
    """For how long data of this kind is kept."""
    if kind.kept != "retention":
        return _say(language, "kept.study")
    return _say(language, "kept.erased") if retention_days is None else _say(language, "kept.days", n=retention_days)


def _line(language: Language, what: str, why: str, kept: str, **_: str) -> str:
    return _say(language, "line", what=what[0].upper() + what[1:], why=why, kept=kept)


def sent_to(language: Language, judges: Sequence[Judge]) -> list[str]:
    """Where texts go, a sentence for each judge."""
    return [_say(language, "judges", host=one.host, name=one.model) for one in judges]


def for_raters(
    language: Language,
    retention_days: int | None,
    profile: bool,
    payment: bool = True,
    judges: Sequence[Judge] = (),
    sessions: bool = False,
) -> str:
    """The map as Markdown that stands under a consent text.

    Args:
        profile: the study asks for one.
        judges: on other machines, to which texts go.
        sessions: the study has live sessions.
    """
    rows = [row for row in table(language, retention_days, payment, sessions) if profile or row["name"] != "profile"]
    lines = [_line(language, **row) for row in rows]
    after = _say(language, "withdrawal", payment)
    told = [part for line in (*sent_to(language, judges), _say(language, "not_stored"), after) for part in ("", line)]
    said = [f"# {_say(language, 'title')}", "", *lines, *told]
    return "\n\n" + "\n".join(said)

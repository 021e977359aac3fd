"""Who speaks in the dialogues of a group of files, and what their last turn is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tasks.intake.asking import Note, Question
from tasks.intake.shape import dialogues, speakers
from tasks.intake.shape.finding.group import SAMPLES, Group
from tasks.intake.shape.known import header_words
from tasks.intake.shape.mapping import Form, Last, Part, Speaks
from tasks.intake.shape.records import alike, pick
from tasks.schema import Turn

MOST_LABELS = 12
"""Labels without a role that are asked about, at most; more are no labels but words before a colon."""


FORMS: tuple[Form, ...] = ("utterance", "alternating", "marked")


def form(group: Group, part: Part) -> Form | None:
    """How a cell is a dialogue; None while it is asked.

    A known mark in any cell makes it one with marks. Cells of one line are the client's words; more lines without marks
    are asked about.
    """
    if part.form != "utterance":
        return part.form
    lined = _lined(group, part)
    if group.asker.given(group.key("form")) is None:
        if any(speakers.has_mark(text, {}) for path in part.dialogue for text in group.texts(path)) or (
            speakers.is_marked([text for path in part.dialogue for text in group.fields.texts(path)])
        ):
            return "marked"
        if not lined or not _by_header(group, part):
            return "utterance"
    samples = tuple(text[:160] for text in lined[:2])
    chosen = group.asker.one(Question(group.key("form"), "ask_form", {}, FORMS, samples=samples))
    return next((one for one in FORMS if one == chosen), None)


def _lined(group: Group, part: Part) -> list[str]:
    """Cells of more than one line."""
    texts = (text for path in part.dialogue for text in group.texts(path))
    return [text for text in texts if len([line for line in text.splitlines() if line.strip()]) > 1]


def _by_header(group: Group, part: Part) -> bool:
    """Whether the dialogue's header may mean a whole dialogue: a prompt, a question is one person's words."""
    words = {alike(word) for word in header_words("utterance")}
    return not all(alike(path.rpartition(".")[2]) in words for path in part.dialogue[:1])


def roles(group: Group, part: Part) -> dict[str, Speaks] | None:
    """The roles of labels that are not known; None while one is asked about."""
    found = dict.fromkeys(label for record in group.records() for label in dialogues.labels(record, part))
    mixed = _mixed(group, part)
    known = {label: part.roles.get(label) or (None if label in mixed else _sure(label, part)) for label in found}
    unknown = [label for label, role in known.items() if role is None]
    if part.form == "marked" and len(unknown) > MOST_LABELS and any(known.values()) and not mixed:
        group.notes.append(Note("found_colons", {"labels": len(unknown)}))
        return dict.fromkeys(unknown, "text")
    answered = {label: _role(group, label, part) for label in unknown}
    roles = {label: role for label, role in answered.items() if role is not None}
    return roles if len(roles) == len(unknown) else None


def _mixed(group: Group, part: Part) -> set[str]:
    """Labels of which a dialogue has two for one role, as 相談者 and Cl: whether they are one person is not known."""
    mixed: set[str] = set()
    for record in group.records() if part.form == "marked" else ():
        here: dict[Speaks | None, dict[str, str]] = {}
        for label in dialogues.labels(record, part):
            here.setdefault(speakers.role_of(label, {}), {})[label] = speakers.folded_label(label)
        for role, labels in here.items():
            mixed |= set(labels) if role and len(set(labels.values())) > 1 else set()
    return mixed


def _role(group: Group, label: str, part: Part) -> Speaks | None:
    options: tuple[Speaks, ...] = ("client", "counselor", "none" if part.form == "messages" else "text")
    samples = tuple(text[:80] for record in group.records(20) for text in _said(record, part, label))[:SAMPLES]
    chosen = group.asker.one(Question(f"role:{label}", "ask_role", {"label": label}, options, samples=samples))
    return next((option for option in options if option == chosen), None)


def marks(group: Group, part: Part, roles: dict[str, Speaks]) -> dict[str, bool]:
    """Labels in the middle of lines, and cells without any: each asked about where it occurs."""
    if part.form != "marked":
        return {}
    roles = part.roles | roles
    cells = [text for path in part.dialogue for text in group.texts(path)]
    return {
        "inside": _yes(group, "inside", speakers.inside(cells, roles), "split", "text"),
        "unmarked": _yes(group, "unmarked", _without_marks(cells, roles), "client", "refuse"),
    }


def _yes(group: Group, key: str, found: Sequence[str], yes: str, no: str) -> bool:
    if not found:
        return False
    samples = tuple(text[:120] for text in found[:SAMPLES])
    question = Question(group.key(key), f"ask_{key}", {"n": len(found)}, (yes, no), samples=samples)
    return group.asker.one(question) == yes


def last(group: Group, part: Part) -> Last | None:
    """Whose the counsellor's turn is that ends dialogues; `none` where no dialogue ends so."""
    if part.form == "items":
        return "none"
    ending = [
        turns[-1] for record in group.records() if (turns := _turns(record, part)) and turns[-1].role == "counselor"
    ]
    if not ending:
        return "none"
    options: tuple[Last, ...] = ("response", "reference", "human")
    values: dict[str, str | int] = {"n": len(ending), "files": ", ".join(group.names())}
    samples = tuple(turn.text[:80] for turn in ending[:SAMPLES])
    chosen = group.asker.one(Question(group.key("last"), "ask_last", values, options, samples=samples))
    return next((option for option in options if option == chosen), None)


def _sure(label: str, part: Part) -> Speaks | None:
    if part.form == "messages" and label.casefold() == "system":
        return "none"
    return speakers.role_of(label, {})


def _said(record: Any, part: Part, label: str) -> Iterator[str]:
    if part.form == "messages":
        messages = pick(record, part.dialogue[0])
        yield from (
            str(m.get(part.said)) for m in messages or [] if isinstance(m, dict) and m.get(part.speaker) == label
        )
        return
    cells = (pick(record, path) for path in part.dialogue)
    yield from (
        line.words for cell in cells if isinstance(cell, str) for line in speakers.split(cell) if line.label == label
    )


def _without_marks(cells: Sequence[str], roles: dict[str, Speaks]) -> list[str]:
    """Cells no line of which begins with the label of a role."""
    return [cell for cell in cells if cell.strip() and not speakers.has_mark(cell, roles)]


def _turns(record: Any, part: Part) -> tuple[Turn, ...]:
    try:
        return dialogues.turns(record, part)
    except dialogues.UnreadableError:
        return ()

"""The dialogue of a record, as a mapping says that it stands there: turns of two roles."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tasks.intake.shape import speakers
from tasks.intake.shape.mapping import Part
from tasks.intake.shape.records import pick
from tasks.intake.text import visible
from tasks.languages.fault import Fault
from tasks.schema import Role, Turn
from tasks.strict_json import Number


class UnreadableError(ValueError):
    """A dialogue or response that cannot be read: what is wrong, the path, and what was found."""

    def __init__(self, rule: Fault, path: str, found: str = "") -> None:
        self.rule, self.path, self.found = rule, path, found
        super().__init__(rule)


def text_at(record: Mapping[str, Any], path: str) -> str:
    """The text at a path; '' where nothing stands there.

    Raises:
        UnreadableError: a number, true or false, a list or an object stands there, or a NUL character.
    """
    value = pick(record, path)
    if value is None:
        return ""
    if not isinstance(value, str) or isinstance(value, Number):
        raise UnreadableError(Fault("allowed", allowed=Fault("a_text")), path, _kind(value))
    if "\0" in value:
        raise UnreadableError(Fault("nul"), path)
    return value


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return Fault("the_object", fields=", ".join(list(value)[:8]))
    if isinstance(value, list):
        return Fault("a_list")
    return Fault("the_truth" if isinstance(value, bool) else "the_number", value=str(value).lower())


def turns(record: Mapping[str, Any], part: Part) -> tuple[Turn, ...]:
    """The turns of a record's dialogue; () where there is none.

    Raises:
        UnreadableError: what stands there is no dialogue of the form that the mapping names.
    """
    if part.form == "messages":
        return _of_messages(record, part)
    path = part.dialogue[0]
    cell = "\n\n".join(filter(visible, (text_at(record, one) for one in part.dialogue)))
    if not visible(cell):
        return ()
    if part.form == "utterance":
        return (Turn(role="client", text=cell),)
    if part.form == "alternating":
        return _alternating(cell)
    return _of_marks(cell, path, part)


def _of_marks(cell: str, path: str, part: Part) -> tuple[Turn, ...]:
    whole = speakers.broken(cell, part.roles) if part.inside else cell
    if part.unmarked and not speakers.has_mark(whole, part.roles):
        return (Turn(role="client", text=cell),)
    found = speakers.turns(whole, part.roles)
    if found is None:
        raise UnreadableError(Fault("no_mark"), path)
    return found


def _alternating(cell: str) -> tuple[Turn, ...]:
    lines = [line.strip() for line in cell.splitlines() if visible(line)]
    roles: tuple[Role, Role] = ("client", "counselor")
    return tuple(Turn(role=roles[(len(lines) - 1 - place) % 2], text=line) for place, line in enumerate(lines))


def _of_messages(record: Mapping[str, Any], part: Part) -> tuple[Turn, ...]:
    path = part.dialogue[0]
    messages = pick(record, path)
    if not messages:
        return ()
    if not isinstance(messages, list) or not all(isinstance(message, Mapping) for message in messages):
        raise UnreadableError(Fault("allowed", allowed=Fault("messages")), path, _kind(messages))
    said: list[tuple[Role, list[str]]] = []
    for place, message in enumerate(messages):
        role = _role(message, part, f"{path}.{place}.{part.speaker}")
        text = text_at({f"{path}.{place}.{part.said}": message.get(part.said)}, f"{path}.{place}.{part.said}")
        if role is None or not visible(text):
            continue
        if said and said[-1][0] == role:
            said[-1][1].append(text)
        else:
            said.append((role, [text]))
    return tuple(Turn(role=role, text="\n".join(texts)) for role, texts in said)


def _role(message: Mapping[str, Any], part: Part, path: str) -> Role | None:
    """The role of a message; None where it is left out, as the instructions to a system are."""
    label = str(message.get(part.speaker) or "")
    speaks = part.roles.get(label) or ("none" if label.casefold() == "system" else speakers.role_of(label, {}))
    if speaks == "client":
        return "client"
    if speaks == "counselor":
        return "counselor"
    if speaks == "none":
        return None
    raise UnreadableError(Fault("no_role"), path, repr(label))


def labels(record: Mapping[str, Any], part: Part) -> tuple[str, ...]:
    """The labels of a record's speakers, for whoever is to say their roles; () for forms without labels."""
    if part.form == "messages":
        messages = pick(record, part.dialogue[0])
        found = messages if isinstance(messages, list) else []
        return tuple(str(message.get(part.speaker) or "") for message in found if isinstance(message, Mapping))
    if part.form != "marked":
        return ()
    cells = [value for path in part.dialogue if isinstance(value := pick(record, path), str)]
    return tuple(speakers.labels(cells))

"""Anybody's dialogues as trainers write them (chat messages, ShareGPT), whole, through the readers of the door.

dialogues = load(Path("talks.jsonl"), Reading(person="therapist"))
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tasks.data.dialogue import Dialogue, Utterance
from tasks.data.feedback import Flags
from tasks.errors import InputError
from tasks.intake.faults import Faults, quoted
from tasks.intake.shape.dialogues import UnreadableError, turns
from tasks.intake.shape.fields import Fields
from tasks.intake.shape.known import Known, shapes
from tasks.intake.shape.mapping import Part, Speaks
from tasks.intake.shape.opening import opened
from tasks.intake.shape.records import Records, pick
from tasks.languages.fault import Fault

SHAPES = ("messages", "sharegpt")
OBJECTS = (".jsonl", ".json", ".parquet")
ALLOWED = "chat messages (messages: role, content) or ShareGPT (conversations: from, value), one dialogue a record"
_NO_FLAGS = Flags()


def are_conversations(path: Path) -> bool:
    """Whether a file is of one of these shapes, by its first records; False for a folder or an archive."""
    if path.suffix.lower() not in OBJECTS or not path.is_file():
        return False
    tables = opened([path], {}).records
    return bool(tables) and all(_known(table) is not None for table in tables)


class Reading(NamedTuple):
    """How a file is read where its shape does not say it, and whose dialogues they are.

    Attributes:
        dialogue: the field with a dialogue's messages; '' = told by the file's shape, by which `speaker` and `said`
            are told, too.
        speaker, said: fields of a message.
        roles: label -> role, for labels that are no common words.
        person: the field that names whose dialogue it is, so that a split keeps people apart; '' = each its own.
    """

    dialogue: str = ""
    speaker: str = "role"
    said: str = "content"
    roles: Mapping[str, Speaks] = {}
    person: str = ""


BY_SHAPE = Reading()


def load(path: Path, reading: Reading = BY_SHAPE) -> tuple[Dialogue, ...]:
    """The dialogues of a file, in its order, with `published` False: no score, no topic, no times.

    Raises:
        InputError: it is of another shape, or every fault of its records, once a kind with the rows that have it.
    """
    found: list[Dialogue] = []
    faults: list[str] = []
    for table in opened([path], {}).records:
        part = part_of(table, reading)
        if part is None:
            raise InputError(f"{table.name}: found no dialogues of a known shape; allowed: {ALLOWED}")
        read = _Reader(table, part, reading.person)
        found += list(read.dialogues())
        faults += read.faults.lines()
    if faults:
        raise InputError(faults)
    return tuple(found)


def _known(table: Records) -> Known | None:
    """The shape of a table: the narrowest that it has, if that is one of dialogues alone."""
    fields = Fields(table)
    known = next((one for one in shapes() if fields.has(one)), None)
    return known if known is not None and known.shape in SHAPES else None


def part_of(table: Records, reading: Reading) -> Part | None:
    """How a table is read; None where nothing says it."""
    if reading.dialogue:
        return Part(
            shape="named", dialogue=(reading.dialogue,), form="messages",
            speaker=reading.speaker, said=reading.said, roles=dict(reading.roles),
        )  # fmt: skip
    known = _known(table)
    if known is None:
        return None
    return Part(
        shape=known.shape, dialogue=(str(known.dialogue[0]),), form=known.form,
        speaker=known.speaker, said=known.said, roles={**known.roles, **reading.roles},
    )  # fmt: skip


class _Reader:
    """The dialogues of one table."""

    def __init__(self, table: Records, part: Part, person: str) -> None:
        self.table, self.part, self.person, self.faults = table, part, person, Faults(table.name)
        self.id_field = next(iter(Fields(table).find("@item")), "")

    def dialogues(self) -> Iterator[Dialogue]:
        """One for each sound record; what is wrong with the others is noted."""
        used: set[str] = set()
        for row, record in self.table.rows:
            made = self._dialogue(row, record)
            if made and made.dialogue_id in used:
                self.faults.add(Fault("ids_again"), row=row, column=self.id_field, found=quoted(made.dialogue_id))
            elif made:
                used.add(made.dialogue_id)
                yield made

    def _dialogue(self, row: int, record: Mapping[str, Any]) -> Dialogue | None:
        try:
            said = turns(record, self.part)
        except UnreadableError as error:
            self.faults.add(error.rule, row=row, column=error.path, found=error.found)
            return None
        name = str(pick(record, self.id_field) or "") if self.id_field else ""
        dialogue_id = name or f"{self.table.name}:{row}"
        who = str(pick(record, self.person) or "") if self.person else dialogue_id
        if not said or not who:
            self.faults.add(Fault("a_seen_text"), row=row, column=self.person if said else self.part.dialogue[0])
            return None
        return Dialogue(
            dialogue_id=dialogue_id, topic="", topic_ja="", topic_detail="", score=0, flags=_NO_FLAGS, dims=(),
            counselor_id=who, client_id=who, created_at="",
            utterances=tuple(Utterance(turn.role, "", turn.text) for turn in said), published=False,
        )  # fmt: skip

"""What some files of judgments are: the shape of each, how it is read, what was found, and what must be asked.

understood = understand(opened_records, {"missing": "n/a"}, word)
understood.questions or understood.outcome
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tasks.errors import InputError
from tasks.intake.asking import NONE, Asker, Note, Question
from tasks.intake.judgments.criteria import Told, told_criteria
from tasks.intake.judgments.finding import Group, part_of, sides_part
from tasks.intake.judgments.known import KnownJudgments
from tasks.intake.judgments.mapping import JudgmentMapping, JudgmentPart
from tasks.intake.judgments.reading import Reader
from tasks.intake.judgments.said import Said
from tasks.intake.judgments.settling import Outcome, settle
from tasks.intake.judgments.telling import told
from tasks.intake.shape.records import Records
from tasks.languages.fault import Fault

PRIVATE = ("rater:", "raters", "machines")
"""Answers under these keys name files of raters, or raters, and are kept in no mapping."""
FREE = ("order", "language")
"""Answers that nobody asks for and everybody may give."""


@dataclass(frozen=True)
class Understood:
    """What some files of judgments are.

    Attributes:
        shapes: of the files, in the order of their ranks.
        mapping: how they were read.
        criteria: what each criterion is; {} while that is asked.
        outcome: the judgments; None while something is asked.
        unjudged: tasks in which nobody judged anything.
        simulated: whether a file says that a program made its judgments up.
        notes: what was found.
        questions: what must be answered first; answering may open others.
    """

    shapes: tuple[KnownJudgments, ...]
    mapping: JudgmentMapping
    criteria: Mapping[str, Told]
    outcome: Outcome | None
    unjudged: int
    notes: tuple[Note, ...]
    questions: tuple[Question, ...]
    simulated: bool = False


def understand(
    files: Sequence[Records],
    answers: Mapping[str, str],
    saved: JudgmentMapping | None = None,
    also_asked: Sequence[str] = (),
) -> Understood:
    """What some files are.

    Args:
        answers: to questions, by their key; some may be given before they are asked (`item`, `rater`, `criteria` …).
        saved: the mapping of an earlier import, whose answers hold where none is given.
        also_asked: keys of answers that others ask for.

    Raises:
        InputError: an answer that its question does not allow, or that nobody asks for; every fault of the records.
    """
    kept = dict(saved.answers) if saved else {}
    asker = Asker({**kept, **answers})
    groups, notes = _grouped(files, asker)
    parts = [part_of(group) if group.known.holds == "judgments" else sides_part(group) for group in groups]
    whole = [part for part in parts if part is not None]
    for free in FREE:
        asker.given(free)
    if len(whole) < len(parts):
        return Understood((), JudgmentMapping(), {}, None, 0, tuple(notes), tuple(asker.questions))
    reader = Reader()
    for group, part in zip(groups, whole, strict=True):
        named = _file_raters(group, part, asker)
        if named is not None:
            reader.read(group, part, named)
    if reader.lines:
        raise InputError(reader.lines)
    reader.resolve()
    criteria = told_criteria(reader.said, asker) if not asker.questions else None
    outcome = _settled(reader, criteria, asker)
    if not asker.questions:
        asker.refuse_unknown((*also_asked, *kept))
    mapping = JudgmentMapping(
        parts=tuple(whole),
        answers={key: value for key, value in {**kept, **answers}.items() if not key.startswith(PRIVATE)},
    )
    shapes = tuple(group.known for group in groups if group.known.holds == "judgments")
    return Understood(shapes, mapping, criteria or {}, outcome, reader.bare, tuple(notes), tuple(asker.questions),
                      reader.simulated)  # fmt: skip


def _settled(reader: Reader, criteria: Mapping[str, Told] | None, asker: Asker) -> Outcome | None:
    if criteria is None:
        return None
    if not reader.said:
        left = ", ".join(f"{why}: {n}" for why, n in sorted(reader.left_out.items())) or "-"
        raise InputError(Fault("no_judgments", left=left))
    outcome = settle(reader.said, criteria, reader.bare, asker)
    if outcome is None or asker.questions:
        return None
    return Outcome(outcome.judgments, outcome.left_out + reader.left_out, outcome.machines)


def _grouped(files: Sequence[Records], asker: Asker) -> tuple[list[Group], list[Note]]:
    """The files by shape, and what was seen."""
    found: dict[str, tuple[KnownJudgments, list[Records]]] = {}
    notes = []
    for records in sorted(files, key=lambda records: records.name):
        known = told(records)
        found.setdefault(known.shape, (known, []))[1].append(records)
        key = "found_named" if known.shape == "named" else "found_shape_only" if known.shape_only else "found_shape"
        notes.append(Note(key, {"file": records.name, "rows": len(records.rows), "shape": known.seen}))
    several = len(found) > 1
    ordered = sorted(found.values(), key=lambda one: one[0].rank)
    return [Group(known, tuple(rows), asker, rows[0].name if several else "") for known, rows in ordered], notes


def _file_raters(group: Group, part: JudgmentPart, asker: Asker) -> dict[str, str] | None:
    """Who judged, by file, where no field says it; `-` names nobody; None while it is asked."""
    if part.rater or group.known.holds == "sides":
        return {}
    if group.known.raters != "file":
        return {file.name: NONE for file in group.files}
    named = {}
    for file in group.files:
        proposed = Path(file.name).stem
        chosen = asker.one(Question(f"rater:{file.name}", "ask_j_file_rater", {"file": file.name}, proposed=proposed))
        if chosen is None:
            continue
        named[file.name] = chosen
    return named if len(named) == len(group.files) else None


def words_of(judgments: Sequence[Said]) -> dict[tuple[tuple[str, ...], str], str]:
    """The texts of responses in the files, by item and system's name; '' for the item's own words."""
    found: dict[tuple[tuple[str, ...], str], str] = {}
    for one in judgments:
        item, first, second, response = one.words
        for system, text in (("", item), (one.first, first), (one.second, second), (one.system, response)):
            if text and (system or text is item):
                found.setdefault((one.item, system), text)
    return found

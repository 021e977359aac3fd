"""From a known shape to a part of the mapping: which fields are what, found in the files or asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.intake.asking import NONE, Asker, Note, Question, joined
from tasks.intake.judgments.known import KnownJudgments
from tasks.intake.judgments.mapping import JudgmentPart
from tasks.intake.judgments.telling import rater_columns
from tasks.intake.judgments.unfolding import Unfolded
from tasks.intake.shape.fields import Fields
from tasks.intake.shape.known import Place
from tasks.intake.shape.records import Records


@dataclass
class Group:
    """Files of one shape: their records as they are, and taken apart into judgments.

    Attributes:
        whose: stands in the keys of questions where files of other shapes are read too; else ''.
    """

    known: KnownJudgments
    files: tuple[Records, ...]
    asker: Asker
    whose: str = ""

    def __post_init__(self) -> None:
        self.raw = Fields(Records(self.name, [row for file in self.files for row in file.rows[:100]]))
        self.notes: list[Note] = []
        self.unfolded: tuple[Unfolded, ...] = ()
        self.fields = self.raw

    @property
    def name(self) -> str:
        """The files as messages call them."""
        return ", ".join(file.name for file in self.files)

    def key(self, name: str) -> str:
        return f"{name}:{self.whose}" if self.whose else name

    def ask(self, key: str, options: Sequence[str] = (), proposed: str = "", several: bool = False) -> str | None:
        """The answer to a question about these files; None while it is open."""
        samples = tuple(f"{path}: {text[:60]}" for path in options for text in self.fields.texts(path)[:1])[:12]
        values = {"files": self.name}
        question = Question(self.key(key), f"ask_j_{key}", values, tuple(options), proposed, several, samples)
        chosen = self.asker.several(question)
        return joined(chosen) if chosen else None

    def given(self, key: str, options: Sequence[str] = (), several: bool = False) -> tuple[str, ...] | None:
        """An answer that nobody asked for; () for "not there", None where there is none."""
        name = self.key(key) if self.asker.given(self.key(key)) is not None else key
        if self.asker.given(name) is None:
            return None
        known = tuple(dict.fromkeys((*options, *self.fields.paths, *self.fields.first_keys(), NONE)))
        found = self.asker.several(Question(name, f"ask_j_{key}", {}, known, several=several))
        return tuple(path for path in found or () if path != NONE)

    def unfold(self, columns: Sequence[str]) -> None:
        """Take the records apart, as far as their columns are known."""
        self.unfolded = tuple(Unfolded(self.known, file, columns) for file in self.files)
        self.fields = Fields(Records(self.name, [row for one in self.unfolded for row in one.rows[:100]]))


def part_of(group: Group) -> JudgmentPart | None:
    """The part as far as it is sure; None while a question is open on which the others rest."""
    columns = _columns(group)
    if columns is None:
        return None
    group.unfold(columns)
    known = group.known
    rater, item = _rater(group), _item(group)
    pair = _pair(group)
    if rater is None or item is None or pair is None:
        return None
    roles = ("first_called", "second_called", "annotation", "strength")
    found = {role: _all(group, getattr(known, role)) for role in roles}
    texts = {f"{role}_words": _all(group, getattr(known.texts, role)) for role in ("item", "first", "second")}
    return JudgmentPart(
        shape=known.shape,
        files=len(group.files),
        header=group.files[0].headed,
        columns=columns,
        rater=rater,
        value=_value(group),
        system=group.given("system_column") if group.given("system_column") is not None else _all(group, known.system),
        system_name=_name(group, "system_name"),
        task=_all(group, known.task),
        at=group.given("time") or _all(group, known.at),
        seconds=_all(group, known.seconds),
        dialogue=group.given("dialogue", several=True) or _all(group, known.dialogue),
        dialogue_text=_all(group, known.dialogue_text),
        response_words=_all(group, known.texts.response),
        **item,
        **pair,
        **found,
        **texts,
    )


def sides_part(group: Group) -> JudgmentPart | None:
    """The part of a table that says which systems stood beside each other in each item."""
    group.unfold(())
    item, pair = _item(group), _pair(group)
    if item is None or pair is None:
        return None
    texts = {f"{role}_words": _all(group, getattr(group.known.texts, role)) for role in ("item", "first", "second")}
    return JudgmentPart(shape=group.known.shape, files=len(group.files), **item, **pair, **texts)


def _all(group: Group, places: Sequence[Place]) -> tuple[str, ...]:
    """The paths that are there, in the order of the places."""
    found = [path for place in places for path in group.fields.find(place)[: 1 if "@" in place else None]]
    return tuple(dict.fromkeys(found))


def _gathers(group: Group, kind: str) -> bool:
    return any(kind in step.gather for step in group.known.each)


def _columns(group: Group) -> tuple[str, ...] | None:
    """The columns of one rater or one criterion each; () where the shape has none; None while they are asked for."""
    if _gathers(group, "raters"):
        return group.given("raters", several=True) or rater_columns(group.raw)
    if not _gathers(group, "criteria"):
        return ()
    if given := group.given("criteria", several=True):
        return given
    options = [path for path in group.raw.paths if path not in _taken(group)]
    likely = [path for path in group.raw.find("@value") if path in options][:1]
    chosen = group.ask("criteria", options, joined(likely), several=True)
    return tuple(chosen.split("\n" if "\n" in chosen else ",")) if chosen else None


def _taken(group: Group) -> set[str]:
    known = group.known
    places = (*known.item, *known.item_text, *known.rater, *known.first, *known.second, *known.system, *known.at)
    return {path for place in places for path in group.raw.find(place)}


def _rater(group: Group) -> tuple[str, ...] | None:
    """Where it stands who judged; () where the file's name or nobody says it; None while it is asked."""
    if group.known.raters == "file" and group.asker.given("rater") is None:
        return ()  # `rater:FILE` says who judged in it
    if (given := group.given("rater")) is not None:
        return given
    if found := _all(group, group.known.rater):
        return found
    options = [path for path in group.fields.paths if path not in group.known.value]
    chosen = group.ask("rater", (*options, NONE))
    return None if chosen is None else tuple(path for path in (chosen,) if path != NONE)


def _item(group: Group) -> dict[str, tuple[str, ...]] | None:
    """What names the items: fields, else their words; None while it is asked."""
    if (given := group.given("item", several=True)) is not None:
        return {"item": given}
    explicit = [place for place in group.known.item if "@" not in place]
    found = tuple(path for place in explicit for path in group.fields.find(place))
    for place in group.known.item:
        found = found or group.fields.find(place)[:1]
    if found:
        return {"item": found}
    if words := _all(group, group.known.item_text):
        return {"item_text": words}
    chosen = group.ask("item", group.fields.paths, several=True)
    return None if chosen is None else {"item": tuple(chosen.split("\n" if "\n" in chosen else ","))}


def _pair(group: Group) -> dict[str, tuple[str, ...] | str] | None:
    """Where the systems of a pair stand; asked where several fields may say it, or none of a shape of votes does."""
    made: dict[str, tuple[str, ...] | str] = {}
    for side in ("first", "second"):
        name, given = _name(group, f"{side}_name"), group.given(f"{side}_system")
        if name:
            made[f"{side}_name"] = name
            continue
        places = getattr(group.known, side)
        found = given if given is not None else _doubtful(group, places)
        if given is None and (len(found) > 1 or (not found and group.known.kind == "votes")):
            chosen = group.ask(f"{side}_system", found or group.fields.paths)
            if chosen is None:
                return None
            found = (chosen,)
        made[side] = tuple(found)
    return made


def _doubtful(group: Group, places: Sequence[Place]) -> tuple[str, ...]:
    """The fields of the first place that has any; several where its words do not tell."""
    return next((found for place in places if (found := group.fields.find(place))), ())


def _name(group: Group, key: str) -> str:
    return (group.asker.given(group.key(key)) or group.asker.given(key) or "").strip()


def _value(group: Group) -> tuple[str, ...]:
    given = group.given("choice")
    return given if given else tuple(place for place in _all(group, group.known.value))

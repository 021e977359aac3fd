"""What must fit together in a Study beyond each record's own rules: ids, responses, pairs, texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tasks.design.planning import groups, misfits
from tasks.intake.text import visible
from tasks.schema import Check, Criterion, Item, Practice, Response, Study
from tasks.study import hypotheses
from tasks.study.reading import Place
from tasks.study.validation import show
from tasks.study.wording import drafts
from tasks.study.wording.texts import beyond, lacking, texts

PRACTICE_SYSTEMS = ("practice-1", "practice-2")
CHECK_SYSTEMS = ("check-1", "check-2")
"""Ids of the two responses of every practice pair and every check; no System may have them."""

_FEW = 8
_NOT_NAMED = "is in a language that `languages` of study.yaml does not name"


class Problem(NamedTuple):
    """One mistake. `part` is `study`, a file's stem (`items`, `practice`, `checks`, `responses/X`) or a text's name."""

    part: str
    number: int | None
    """0-based number of the record within the part, None for the part as a whole."""
    place: Place
    text: str


def problems(study: Study) -> Iterator[Problem]:
    """Every mistake between the records of a study; none for a study that can be planned and shown."""
    yield from _criteria(study)
    head = [*_systems(study), *_pairs(study)]
    yield from head
    yield from _primary(study)
    for place, text in hypotheses.problems(study):
        yield Problem("study", None, place, text)
    yield from _settings(study)
    yield from _languages(study)
    yield from _items(study)
    yield from _responses(study)
    yield from _training(study)
    if not head and study.items:
        for line in misfits(study):
            field, text = line.split(": ", 1)
            yield Problem("study", None, tuple(field.split(".")), text)


def _doubles(values: Iterable[str]) -> list[int]:
    """Indices of values that stood before."""
    found, seen = [], set()
    for index, value in enumerate(values):
        if value in seen:
            found.append(index)
        seen.add(value)
    return found


def _unseen(text: str) -> str:
    """Why a text cannot be shown; '' where it can."""
    if "\0" in text:
        return f"found {show(text)} with a NUL character, which no text has; allowed: a text that can be seen"
    return "" if visible(text) else f"found {show(text)}; allowed: a text that can be seen"


def _choice(values: Iterable[str]) -> str:
    return ", ".join(values) or "none"


def _criteria(study: Study) -> Iterator[Problem]:
    if not study.criteria:
        yield Problem("study", None, ("criteria",), "found none; allowed: a template's name or at least 1 criterion")
    for index in _doubles(c.criterion_id for c in study.criteria):
        found = show(study.criteria[index].criterion_id)
        yield Problem("study", None, ("criteria", index, "criterion_id"), f"found {found} again; ids occur once")
    for index, criterion in enumerate(study.criteria):
        for field, text in _criterion(criterion, study):
            yield Problem("study", None, ("criteria", index, field), text)


def _criterion(criterion: Criterion, study: Study) -> Iterator[tuple[str, str]]:
    if criterion.criterion_id == "blinding":
        yield "criterion_id", 'found "blinding", the id of the blinding question; allowed: any other'
    if criterion.of == "pair" and study.protocol != "pairwise":
        yield "of", f'found "pair"; allowed with protocol {study.protocol}: response, item, utterance'
    if criterion.of == "response" and not study.systems:
        yield "of", 'found "response" in a study without systems; allowed: item, utterance'
    keys = [point.key for point in criterion.points if point.key is not None]
    if len(set(keys)) != len(keys):
        yield "points", f"found keys {show(keys)}; each key answers one point"
    if criterion.anchors and len(criterion.anchors) != len(criterion.points):
        yield "anchors", f"found {len(criterion.anchors)}; allowed: none or {len(criterion.points)}, one per point"
    if _doubles(reason.reason_id for reason in criterion.reasons):
        yield "reasons", f"found {show([r.reason_id for r in criterion.reasons])}; ids occur once"


def _systems(study: Study) -> Iterator[Problem]:
    ids = [system.system_id for system in study.systems]
    if study.protocol == "pairwise" and len(ids) < 2:
        yield Problem("study", None, ("systems",), f"found {len(ids)}; allowed with protocol pairwise: 2 or more")
    for index in _doubles(ids):
        yield Problem("study", None, ("systems", index, "system_id"), f"found {show(ids[index])} again; ids occur once")
    for index, system_id in enumerate(ids):
        if system_id in (*PRACTICE_SYSTEMS, *CHECK_SYSTEMS):
            text = f"found {show(system_id)}, kept for practice and checks; allowed: any other id"
            yield Problem("study", None, ("systems", index, "system_id"), text)


def _pairs(study: Study) -> Iterator[Problem]:
    ids, pairs = [system.system_id for system in study.systems], study.design.pairs
    if pairs and study.protocol != "pairwise":
        yield Problem("study", None, ("design", "pairs"), f"found pairs; allowed with protocol {study.protocol}: none")
    for index, pair in enumerate(pairs):
        for side, system_id in enumerate(pair):
            if system_id not in ids:
                text = f"found {show(system_id)}; allowed: {_choice(ids)}"
                yield Problem("study", None, ("design", "pairs", index, side), text)
        if pair[0] == pair[1]:
            yield Problem(
                "study", None, ("design", "pairs", index), f"found {show(pair[0])} twice; allowed: two systems"
            )
    for index in _doubles(" ".join(sorted(pair)) for pair in pairs):
        yield Problem("study", None, ("design", "pairs", index), f"found {show(pairs[index])} again; pairs occur once")


def _primary(study: Study) -> Iterator[Problem]:
    ids = [criterion.criterion_id for criterion in study.criteria]
    if study.primary.criterion not in ids:
        text = f"found {show(study.primary.criterion)}; allowed: {_choice(ids)}"
        yield Problem("study", None, ("primary", "criterion"), text)
    systems = study.primary.systems
    compared = {frozenset(group) for group in groups(study)}
    if systems and study.protocol == "pairwise" and frozenset(systems) not in compared:
        choice = _choice(" + ".join(sorted(pair)) for pair in sorted(compared, key=sorted))
        yield Problem("study", None, ("primary", "systems"), f"found {show(systems)}; allowed: {choice}")


def _settings(study: Study) -> Iterator[Problem]:
    if not study.languages or len(set(study.languages)) != len(study.languages):
        text = f"found {show(study.languages)}; allowed: tags of languages such as ja, en or de, each once"
        yield Problem("study", None, ("languages",), text)
    for index in _doubles(question.question_id for question in study.profile):
        found = show(study.profile[index].question_id)
        yield Problem("study", None, ("profile", index, "question_id"), f"found {found} again; ids occur once")


def _languages(study: Study) -> Iterator[Problem]:
    """Texts that are not there in every language of the study: of the files and of the others."""
    for name, content in (("guidelines", study.guidelines), ("consent", study.consent)):
        for language in study.languages if content else ():
            if content and not content.root.get(language, "").strip():
                yield Problem(f"{name}.{language}.md", None, (), "is missing or empty; write it in every language")
        for language in beyond(content, study) if content else ():
            yield Problem(f"{name}.{language}.md", None, (), f"{_NOT_NAMED}; name it there, or remove the file")
    for index, name in enumerate(study.accepted):
        if name not in drafts.names(study):
            text = f"found {show(name)}; allowed: {_choice(drafts.names(study))}"
            yield Problem("study", None, ("accepted", index), text)
    for part, number, place, words in texts(study):
        if missing := lacking(words, study):
            text = f"is not there in {', '.join(missing)}; write it, or take the language out of `languages`"
            yield Problem(part, number, place, text)
        for language in beyond(words, study):
            yield Problem(part, number, (*place, language), f"{_NOT_NAMED}; name it there, or take this text out")


def _items(study: Study) -> Iterator[Problem]:
    if not study.items:
        yield Problem("items", None, (), "found no item; allowed: 1 or more")
    seen: Counter[str] = Counter()
    for part, items in _item_parts(study):
        for index, item in enumerate(items):
            field: Place = ("item_id",) if part == "items" else ("item", "item_id")
            if seen[item.item_id]:
                yield Problem(part, index, field, f"found {show(item.item_id)} again; item ids occur once in a study")
            seen[item.item_id] += 1
            for place, text in _turns(item, study):
                yield Problem(part, index, (*field[:-1], *place), text)


def _item_parts(study: Study) -> Iterator[tuple[str, list[Item]]]:
    yield "items", list(study.items)
    yield "practice", [practice.item for practice in study.practice]
    yield "checks", [check.item for check in study.checks]


def _turns(item: Item, study: Study) -> Iterator[tuple[Place, str]]:
    if not item.turns:
        yield ("turns",), "found none; allowed: 1 or more"
    elif study.protocol == "pairwise" and item.turns[-1].role != "client":
        yield (
            ("turns", len(item.turns) - 1, "role"),
            'found "counselor"; the last turn is the client\'s, which systems answer',
        )
    for index, turn in enumerate(item.turns):
        if text := _unseen(turn.text):
            yield ("turns", index, "text"), text


def _responses(study: Study) -> Iterator[Problem]:
    wanted = [item.item_id for item in study.items]
    known = frozenset(wanted)
    by_system: dict[str, list[Response]] = {}
    for response in study.responses:
        by_system.setdefault(response.system_id, []).append(response)
    for system in study.systems:
        part, mine = f"responses/{system.system_id}", by_system.get(system.system_id, [])
        met = Counter(response.item_id for response in mine)
        for index, response in enumerate(mine):
            if response.item_id not in known:
                yield Problem(
                    part, index, ("item_id",), f"found {show(response.item_id)}, which is no item of items.jsonl"
                )
            if text := _unseen(response.text):
                yield Problem(part, index, ("text",), text)
        for index in _doubles(response.item_id for response in mine):
            yield Problem(part, index, ("item_id",), f"found {show(mine[index].item_id)} again; one response per item")
        missing = [item_id for item_id in wanted if not met[item_id]]
        if missing:
            some = ", ".join(missing[:_FEW]) + (", …" if len(missing) > _FEW else "")
            yield Problem(part, None, (), f"no response for {len(missing)} of {len(wanted)} items: {some}")


def _training(study: Study) -> Iterator[Problem]:
    if study.design.practice_gate and not any(practice.better for practice in study.practice):
        text = "found true; allowed where a line of practice.jsonl says which response is better (0 or 1)"
        yield Problem("study", None, ("design", "practice_gate"), text)
    if study.design.practice_gate and not any(criterion.kind == "preference" for criterion in study.criteria):
        text = "found true; allowed where a criterion of kind preference is asked"
        yield Problem("study", None, ("design", "practice_gate"), text)
    parts: tuple[tuple[str, tuple[Practice | Check, ...]], ...] = (
        ("practice", study.practice),
        ("checks", study.checks),
    )
    for part, pairs in parts:
        if pairs and study.protocol != "pairwise":
            yield Problem(
                part, None, (), f"practice pairs and checks belong to protocol pairwise; found {study.protocol}"
            )
        for index, pair in enumerate(pairs):
            for side, response in enumerate(pair.responses):
                if text := _unseen(response.text):
                    yield Problem(part, index, ("responses", side, "text"), text)

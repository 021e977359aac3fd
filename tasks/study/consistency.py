"""What must fit together in a Study beyond each record's own rules: ids, responses, pairs, texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tasks.design.planning import groups, misfits
from tasks.intake.text import visible
from tasks.languages.fault import Fault, instead
from tasks.schema import Check, Criterion, Item, Practice, Response, Study
from tasks.schema.mistakes import show
from tasks.study import hypotheses
from tasks.study.live import problems as live
from tasks.study.reading import Place
from tasks.study.wording import drafts
from tasks.study.wording.texts import beyond, lacking, texts

PRACTICE_SYSTEMS = ("practice-1", "practice-2")
CHECK_SYSTEMS = ("check-1", "check-2")
"""Ids of the two responses of every practice pair and every check; no System may have them."""

_FEW = 8


class Problem(NamedTuple):
    """One mistake. `part` is `study`, a file's stem (`items`, `scenarios`, `responses/X` …) or a text's name."""

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
    yield from (Problem(*found) for found in live.problems(study))
    if not head and study.items and study.protocol != "session":
        for misfit in misfits(study):
            yield Problem("study", None, tuple(misfit.field.split(".")), misfit.rule)


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
        return Fault("nul_in", found=show(text))
    return "" if visible(text) else instead(show(text), Fault("a_seen_text"))


def _choice(values: Iterable[str]) -> str:
    return ", ".join(values) or Fault("none")


def _criteria(study: Study) -> Iterator[Problem]:
    if not study.criteria:
        yield Problem("study", None, ("criteria",), instead(Fault("none"), Fault("a_criterion")))
    for index in _doubles(c.criterion_id for c in study.criteria):
        found = show(study.criteria[index].criterion_id)
        yield Problem("study", None, ("criteria", index, "criterion_id"), Fault("id_again", found=found))
    for index, criterion in enumerate(study.criteria):
        for field, text in _criterion(criterion, study):
            yield Problem("study", None, ("criteria", index, field), text)


def _criterion(criterion: Criterion, study: Study) -> Iterator[tuple[str, str]]:
    if criterion.criterion_id == "blinding":
        yield "criterion_id", Fault("blinding_id")
    if study.protocol == "session" and criterion.of != "item":
        yield "of", Fault("with_protocol", found=show(criterion.of), protocol="session", allowed="item")
        return
    if criterion.of == "pair" and study.protocol != "pairwise":
        yield "of", Fault("with_protocol", found='"pair"', protocol=study.protocol, allowed="response, item, utterance")
    if criterion.of == "response" and not study.systems:
        yield "of", Fault("without_systems", found='"response"', allowed="item, utterance")
    keys = [point.key for point in criterion.points if point.key is not None]
    if len(set(keys)) != len(keys):
        yield "points", Fault("keys_again", found=show(keys))
    if criterion.anchors and len(criterion.anchors) != len(criterion.points):
        yield "anchors", Fault("anchors", found=str(len(criterion.anchors)), points=str(len(criterion.points)))
    if _doubles(reason.reason_id for reason in criterion.reasons):
        yield "reasons", Fault("ids_again", found=show([r.reason_id for r in criterion.reasons]))


def _systems(study: Study) -> Iterator[Problem]:
    ids = [system.system_id for system in study.systems]
    if study.protocol == "pairwise" and len(ids) < 2:
        yield Problem(
            "study",
            None,
            ("systems",),
            Fault("with_protocol", found=str(len(ids)), protocol="pairwise", allowed=Fault("at_least", bound="2")),
        )
    for index in _doubles(ids):
        yield Problem("study", None, ("systems", index, "system_id"), Fault("id_again", found=show(ids[index])))
    for index, system_id in enumerate(ids):
        if system_id in (*PRACTICE_SYSTEMS, *CHECK_SYSTEMS):
            text = Fault("kept_id", found=show(system_id))
            yield Problem("study", None, ("systems", index, "system_id"), text)


def _pairs(study: Study) -> Iterator[Problem]:
    ids, pairs = [system.system_id for system in study.systems], study.design.pairs
    if pairs and study.protocol != "pairwise":
        yield Problem(
            "study",
            None,
            ("design", "pairs"),
            Fault("with_protocol", found=show(pairs), protocol=study.protocol, allowed=Fault("none")),
        )
    for index, pair in enumerate(pairs):
        for side, system_id in enumerate(pair):
            if system_id not in ids:
                text = instead(show(system_id), _choice(ids))
                yield Problem("study", None, ("design", "pairs", index, side), text)
        if pair[0] == pair[1]:
            yield Problem("study", None, ("design", "pairs", index), Fault("pair_of_one", found=show(pair[0])))
    for index in _doubles(" ".join(sorted(pair)) for pair in pairs):
        yield Problem("study", None, ("design", "pairs", index), Fault("pair_again", found=show(pairs[index])))


def _primary(study: Study) -> Iterator[Problem]:
    ids = [criterion.criterion_id for criterion in study.criteria]
    if study.primary.criterion not in ids:
        text = instead(show(study.primary.criterion), _choice(ids))
        yield Problem("study", None, ("primary", "criterion"), text)
    systems = study.primary.systems
    compared = {frozenset(group) for group in groups(study)}
    if systems and study.protocol == "pairwise" and frozenset(systems) not in compared:
        choice = _choice(" + ".join(sorted(pair)) for pair in sorted(compared, key=sorted))
        yield Problem("study", None, ("primary", "systems"), instead(show(systems), choice))


def _settings(study: Study) -> Iterator[Problem]:
    if not study.languages or len(set(study.languages)) != len(study.languages):
        text = instead(show(study.languages), Fault("tags_once"))
        yield Problem("study", None, ("languages",), text)
    for index in _doubles(question.question_id for question in study.profile):
        found = show(study.profile[index].question_id)
        yield Problem("study", None, ("profile", index, "question_id"), Fault("id_again", found=found))


def _languages(study: Study) -> Iterator[Problem]:
    """Texts that are not there in every language of the study: of the files and of the others."""
    for name, content in (("guidelines", study.guidelines), ("consent", study.consent)):
        for language in study.languages if content else ():
            if content and not content.root.get(language, "").strip():
                yield Problem(f"{name}.{language}.md", None, (), Fault("text_missing"))
        for language in beyond(content, study) if content else ():
            yield Problem(f"{name}.{language}.md", None, (), Fault("file_not_named"))
    for index, name in enumerate(study.accepted):
        if name not in drafts.names(study):
            text = instead(show(name), _choice(drafts.names(study)))
            yield Problem("study", None, ("accepted", index), text)
    for part, number, place, words in texts(study):
        if missing := lacking(words, study):
            text = Fault("not_there_in", languages=", ".join(missing))
            yield Problem(part, number, place, text)
        for language in beyond(words, study):
            yield Problem(part, number, (*place, language), Fault("text_not_named"))


def _items(study: Study) -> Iterator[Problem]:
    if not study.items and study.protocol != "session":
        yield Problem("items", None, (), Fault("no_items"))
    seen: Counter[str] = Counter()
    for part, items in _item_parts(study):
        for index, item in enumerate(items):
            field: Place = ("item_id",) if part == "items" else ("item", "item_id")
            if seen[item.item_id]:
                yield Problem(part, index, field, Fault("item_again", found=show(item.item_id)))
            seen[item.item_id] += 1
            for place, text in _turns(item, study):
                yield Problem(part, index, (*field[:-1], *place), text)


def _item_parts(study: Study) -> Iterator[tuple[str, list[Item]]]:
    yield "items", list(study.items)
    yield "practice", [practice.item for practice in study.practice]
    yield "checks", [check.item for check in study.checks]


def _turns(item: Item, study: Study) -> Iterator[tuple[Place, str]]:
    if not item.turns:
        yield ("turns",), instead(Fault("none"), Fault("at_least", bound="1"))
    elif study.protocol == "pairwise" and item.turns[-1].role != "client":
        yield (
            ("turns", len(item.turns) - 1, "role"),
            Fault("last_turn"),
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
                yield Problem(part, index, ("item_id",), Fault("not_in_items", found=show(response.item_id)))
            if text := _unseen(response.text):
                yield Problem(part, index, ("text",), text)
        for index in _doubles(response.item_id for response in mine):
            yield Problem(part, index, ("item_id",), Fault("response_again", found=show(mine[index].item_id)))
        missing = [item_id for item_id in wanted if not met[item_id]]
        if missing:
            some = ", ".join(missing[:_FEW]) + (", …" if len(missing) > _FEW else "")
            unanswered = Fault("no_response_for", missing=str(len(missing)), of=str(len(wanted)), items=some)
            yield Problem(part, None, (), unanswered)


def _training(study: Study) -> Iterator[Problem]:
    if study.design.practice_gate and not any(practice.better for practice in study.practice):
        yield Problem("study", None, ("design", "practice_gate"), Fault("gate_needs_better"))
    if study.design.practice_gate and not any(criterion.kind == "preference" for criterion in study.criteria):
        yield Problem("study", None, ("design", "practice_gate"), Fault("gate_needs_preference"))
    parts: tuple[tuple[str, tuple[Practice | Check, ...]], ...] = (
        ("practice", study.practice),
        ("checks", study.checks),
    )
    for part, pairs in parts:
        if pairs and study.protocol != "pairwise":
            yield Problem(part, None, (), Fault("pairs_of_pairwise", protocol=study.protocol))
        for index, pair in enumerate(pairs):
            for side, response in enumerate(pair.responses):
                if text := _unseen(response.text):
                    yield Problem(part, index, ("responses", side, "text"), text)

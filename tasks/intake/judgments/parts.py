"""Questions that are part of another's answer, by the endings of their names: `empathy_1`, `preference_strength`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Literal

from tasks.intake.judgments.known import Parts
from tasks.intake.judgments.said import Said
from tasks.intake.shape.records import alike

Kind = Literal["choice", "strength", "reasons"]
KINDS: tuple[Kind, ...] = ("choice", "strength", "reasons")
TIE = "tie"


def with_parts(found: Sequence[Said], parts: Parts) -> list[Said]:
    """The judgments, each part taken into the answer to which it belongs; a choice that stands alone is the answer."""
    if parts == Parts():
        return list(found)
    names = {one.criterion for one in found}
    whole: dict[tuple[str, ...], Said] = {}
    beside: dict[Kind, list[Said]] = {kind: [] for kind in KINDS}
    for one in found:
        kind = _kind(one, names, parts)
        if kind is None:
            _keep(whole, _placed(one, names, parts))
        else:
            name = one.criterion.removesuffix(getattr(parts, kind))
            beside[kind].append(replace(one, criterion=name))
    for kind, several in beside.items():
        for one in several:
            _take(whole, kind, _placed(one, names, parts))
    return list(whole.values())


def _kind(one: Said, names: Collection[str], parts: Parts) -> Kind | None:
    """Which part of another answer this is; None for an answer."""
    for kind in KINDS:
        ending: str = getattr(parts, kind)
        base = one.criterion.removesuffix(ending)
        if not ending or base == one.criterion:
            continue
        if base in names or base + parts.choice in names or _is_tie(one):
            return kind
    return None


def _is_tie(one: Said) -> bool:
    return [alike(value) for value in one.values] == [TIE]


def _placed(one: Said, names: Collection[str], parts: Parts) -> Said | None:
    """The judgment, of the response that stood where its name says; None where none stood there."""
    if not parts.first:
        return one
    for own, other, system in ((parts.first, parts.second, one.first), (parts.second, parts.first, one.second)):
        base = one.criterion.removesuffix(own)
        if base != one.criterion and base + other in names:
            return replace(one, criterion=base, system=system) if system else None
    return one


def _key(one: Said) -> tuple[str, ...]:
    return (one.file, str(one.row), one.rater, one.annotation, one.criterion, one.system)


def _keep(whole: dict[tuple[str, ...], Said], one: Said | None) -> None:
    if one is not None:
        whole[_key(one)] = one


def _take(whole: dict[tuple[str, ...], Said], kind: Kind, part: Said | None) -> None:
    """Put a part into the answer to which it belongs."""
    if part is None or not part.values:
        return
    base = whole.get(_key(part))
    if kind == "choice":
        whole[_key(part)] = replace(base, values=part.values) if base else part
    elif base is not None and kind == "strength":
        whole[_key(part)] = replace(base, strength=part.values[0])
    elif base is not None:
        reasons = tuple(reason for value in part.values for reason in value.split("|"))
        whole[_key(part)] = replace(base, reasons=reasons)

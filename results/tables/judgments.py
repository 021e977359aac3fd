"""Our own judgments.csv as a table like any other: which rows are main judgments, and what is one unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from results.tables import ratings, votes
from results.tables.cells import Cell, Cells
from tasks.errors import InputError
from tasks.strict_json import loads

COLUMNS = ("rater", "kind", "position", "item_id", "dialogue", "criterion", "criterion_kind", "target", "value",
           "chosen_system", "first_system", "second_system")  # fmt: skip
_COMPARED = ("scale", "count", "yes_no_unsure", "labels")
RATINGS = ratings.Names(("item_id", "what"), "rater", "value", cluster=("dialogue",))
"""Of a criterion that is rated: the unit is item and target, the dialogue is resampled."""
VOTES = votes.Names(
    ("item_id",), "rater", "first_system", "second_system", ("won",), cluster=("dialogue",), strength="value"
)
"""Of a preference: its value is how strongly one was preferred."""
WON = {"left": "left", "right": "right", "tie": "tie"}
"""What the words of `won` mean, whatever systems are called."""


def is_own(header: Iterable[str]) -> bool:
    """Whether a table has the columns of judgments.csv."""
    return set(COLUMNS) <= set(header)


def is_simulated(path: Path) -> bool:
    """Whether the export that a file stands in says that its judgments are simulated."""
    manifest = path.parent / "manifest.json"
    try:
        return loads(manifest.read_text(encoding="utf-8")).get("simulated") is True
    except (OSError, ValueError, AttributeError):  # no export, or none that says so
        return False


def main_alone(cells: Cells) -> Cells:
    """Without practice, pilot, checks, repeats, blinding and adjudication."""
    return _only(cells, [kind == "main" for kind in cells.columns["kind"]], "kind: rows that are no main judgment")


def rated(cells: Cells) -> Cells:
    """Judgments that are ratings, with the column `what`; a response met again counts once, the first time."""
    kinds = [kind in _COMPARED for kind in cells.columns["criterion_kind"]]
    if not any(kinds):
        raise InputError([f"{cells.name}: holds no ratings here; python -m results preference compares preferences"])
    cells = _only(cells, kinds, "criterion_kind: preferences, spans and texts").changed("value", _labels)
    cells = replace(cells, columns={**cells.columns, "what": _what(cells)})
    return _first_met(cells)


def voted(cells: Cells) -> Cells:
    """Judgments that are preferences, with the column `won`: left and right are the first and the second system."""
    kinds = [kind == "preference" for kind in cells.columns["criterion_kind"]]
    if not any(kinds):
        raise InputError([f"{cells.name}: holds no preferences here; python -m results agreement compares ratings"])
    cells = _only(cells, kinds, "criterion_kind: what is no preference")
    names = ("value", "chosen_system", "first_system", "second_system")
    together = zip(*(cells.columns[name] for name in names), strict=True)
    return replace(cells, columns={**cells.columns, "won": [_won(*row) for row in together]})


def refuse_several(cells: Cells) -> None:
    """Raises InputError where more than one criterion is left."""
    found = list(dict.fromkeys(str(criterion) for criterion in cells.columns["criterion"]))
    if len(found) > 1:
        which = f"one of them: --where criterion={found[0]}; each by itself: --by criterion"
        raise InputError([f"{cells.name}, column criterion: holds {', '.join(found)}; {which}"])


def _labels(cell: Cell) -> Cell:
    """The labels of a set, which CSV holds as a JSON list and JSON Lines as one."""
    if not isinstance(cell, str) or not cell.startswith("["):
        return cell
    return tuple(map(str, loads(cell)))


def _won(value: Cell, chosen: Cell, first: Cell, second: Cell) -> str:
    if not value:
        return ""
    return {first: "left", second: "right"}.get(chosen, "tie") if chosen else "tie"


def _what(cells: Cells) -> list[str]:
    """The target; of a pair, which two systems."""
    columns = (cells.columns[name] for name in ("target", "first_system", "second_system"))
    return [
        "|".join(["pair", *sorted((str(first), str(second)))]) if target == "pair" else str(target)
        for target, first, second in zip(*columns, strict=True)
    ]


def _first_met(cells: Cells) -> Cells:
    """Of each rater, criterion and unit: the first row with a value, by position."""
    names = ("rater", "criterion", "item_id", "what")
    keys = list(zip(*(cells.columns[name] for name in names), strict=True))
    order = sorted(range(len(keys)), key=lambda place: (not cells.columns["value"][place], _position(cells, place)))
    first: dict[tuple[Cell, ...], int] = {}
    for place in order:
        first.setdefault(keys[place], place)
    kept = [first[key] == place for place, key in enumerate(keys)]
    return _only(cells, kept, "what was rated before by the same rater")


def _position(cells: Cells, place: int) -> int:
    position = str(cells.columns["position"][place])
    return int(position) if position.isdecimal() else 0


def _only(cells: Cells, kept: Sequence[bool], what: str) -> Cells:
    chosen = [place for place, taken in enumerate(kept) if taken]
    if not chosen:
        raise InputError([f"{cells.name}: nothing is left; left out: {what} ({len(kept)} rows)"])
    left = len(kept) - len(chosen)
    cells = cells.only(chosen)
    return cells.noting(f"left out: {what} ({left} rows)") if left else cells

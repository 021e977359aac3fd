"""Agreement and wins counted by their definitions from public files, by nothing that the commands use.

Files are read by `csv` and `json`; alpha is the ratio of its two sums over pairs of ratings, which takes long on large
data and is easy to read.
"""

from __future__ import annotations

import csv
import io
import json
import lzma
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

Units = Iterable[Sequence[float | str]]
"""The ratings of each unit."""
Numbers = tuple[float, ...]


def alpha(units: Units, level: str = "nominal") -> float:
    """Krippendorff's alpha by its definition: 1 - observed / expected disagreement, over all pairs of ratings."""
    pairs: Counter[tuple[float | str, float | str]] = Counter()
    for values in units:
        for i, one in enumerate(values):
            for k, other in enumerate(values):
                if i != k:
                    pairs[one, other] += 1 / (len(values) - 1)  # type: ignore[assignment]  # a Counter of shares
    totals: Counter[float | str] = Counter()
    for (one, _), count in pairs.items():
        totals[one] += count
    n, apart = sum(totals.values()), _difference(totals, level)
    observed = sum(count * apart(one, other) for (one, other), count in pairs.items())
    expected = sum(totals[one] * totals[other] * apart(one, other) for one in totals for other in totals)
    return 1 - (n - 1) * observed / expected


def _difference(totals: Mapping[Any, float], level: str) -> Callable[[Any, Any], float]:
    if level == "nominal":
        return lambda one, other: float(one != other)
    if level == "interval":
        return lambda one, other: float((one - other) ** 2)
    order = sorted(totals)

    def ordinal(one: float, other: float) -> float:
        low, high = sorted((order.index(one), order.index(other)))
        return (sum(totals[value] for value in order[low : high + 1]) - (totals[one] + totals[other]) / 2) ** 2

    return ordinal


def kappa(one: Sequence[str], other: Sequence[str]) -> float:
    """Cohen's kappa by its definition."""
    n, first, second = len(one), Counter(one), Counter(other)
    agreed = sum(a == b for a, b in zip(one, other, strict=True)) / n
    chance = sum(first[value] * second[value] for value in first) / n**2
    return (agreed - chance) / (1 - chance)


def rows(path: Path, header: Sequence[str] | None = None) -> list[dict[str, str]]:
    """The rows of a CSV file, packed by xz or not."""
    content = path.read_bytes()
    text = (lzma.decompress(content) if path.suffix == ".xz" else content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), header))


def load(path: Path) -> Any:
    """A JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))


def grouped(path: Path, unit: Sequence[str], value: str, missing: str = "") -> list[list[str]]:
    """The values of a long table by unit."""
    units: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for row in rows(path):
        if row[value] != missing:
            units[tuple(row[name] for name in unit)].append(row[value])
    return list(units.values())


def of_fed(name: str, turns: bool) -> Callable[[Path], Numbers]:
    """Alpha of one dimension of FED; `turns`: of single responses alone."""

    def counted(path: Path) -> Numbers:
        entries = [entry for entry in load(path) if name in entry["annotations"] and ("response" in entry or not turns)]
        return (alpha([[v for v in e["annotations"][name] if isinstance(v, int)] for e in entries], "ordinal"),)

    return counted


def of_usr(name: str) -> Callable[[Path], Numbers]:
    """Alpha of one dimension of USR."""
    return lambda path: (alpha([answer[name] for entry in load(path) for answer in entry["responses"]], "ordinal"),)


def of_annomi(column: str) -> Callable[[Path], Numbers]:
    """Alpha of a label of AnnoMI, `n/a` missing."""
    return lambda path: (alpha(grouped(path, ("transcript_id", "utterance_id"), column, "n/a")),)


def of_llmfao(path: Path) -> Numbers:
    """Alpha of the winners."""
    return (alpha(grouped(path, ("id",), "winner")),)


def of_lewidi(path: Path) -> Numbers:
    """Alpha of the labels, a text of one for each annotator."""
    return (alpha(entry["annotations"].split(",") for entry in load(path).values()),)


def of_pandalm(path: Path) -> Numbers:
    """Alpha and the three kappas."""
    columns = [[str(row[f"annotator{number}"]) for row in load(path)] for number in (1, 2, 3)]
    kappas = [kappa(columns[a], columns[b]) for a, b in ((0, 1), (0, 2), (1, 2))]
    return (alpha(zip(*columns, strict=True)), *kappas)


def of_alpaca(path: Path) -> Numbers:
    """Wins, losses and ties of the model, which stands second."""
    found = Counter(row["preference"] for row in load(path))
    return found[2.0], found[1.0], found[0.0]


def of_wmt(path: Path) -> Numbers:
    """Alpha of the scores of translations, without the altered ones that check raters."""
    units: dict[tuple[str, str], list[float]] = defaultdict(list)
    for row in rows(path):
        if row["itemType"] == "TGT":
            units[row["system"], row["itemId"]].append(float(row["score"]))
    return (alpha(units.values(), "interval"),)

"""How well questions and minimal responses are told, against people's labels, and how frequent they are in dialogues.

    python benchmarks/questions.py --annomi AnnoMI-full.csv [--kokorochat KOKOROCHAT] [--resamples 2000]

AnnoMI (Wu et al. 2022, ICASSP; github.com/uccollab/AnnoMI) labels 133 English counselling dialogues by utterance; give
it as published, or packed by xz. Scored: whether an utterance of the therapist asks (`question_exists`, the majority of
those who labelled it), and whether a short turn that the client takes up is minimal, that is neither question nor input
of the therapist. Intervals: 95 %, percentile bootstrap over dialogues.
"""

from __future__ import annotations

import argparse
import csv
import io
import lzma
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tasks.asking.detectors import detector
from tasks.asking.minimal import MinimalRule, minimal_rule
from tasks.asking.question import COUNTED
from tasks.errors import InputError

COLUMNS = (
    "transcript_id", "utterance_id", "interlocutor", "utterance_text", "question_exists", "therapist_input_exists",
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """One utterance or turn: whose, of which dialogue, and the share of its annotators who saw a question or input."""

    dialogue: str
    therapist: bool
    text: str
    asks: float
    advises: float


@dataclass(frozen=True)
class Case:
    """One yes-or-no decision: whether it was found, whether it is so by the labels, and the dialogue."""

    dialogue: str
    found: bool
    true: bool


def utterances(path: Path) -> list[Said]:
    """The utterances in order, the labels of several people as shares."""
    content = path.read_bytes()
    text = (lzma.decompress(content) if path.suffix == ".xz" else content).decode("utf-8-sig")
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if lacking := [column for column in COLUMNS if column not in (reader.fieldnames or ())]:
        named = ", ".join(lacking)
        raise InputError([f"{path}, line 1: without the columns {named}; allowed: AnnoMI-full.csv as published"])
    grouped: dict[tuple[int, int], list[dict[str, str]]] = {}
    for row in reader:
        grouped.setdefault((int(row["transcript_id"]), int(row["utterance_id"])), []).append(row)
    return [_said(grouped[key]) for key in sorted(grouped)]


def _said(rows: list[dict[str, str]]) -> Said:
    first = rows[0]
    asks, advises = (sum(row[name] == "True" for row in rows) / len(rows) for name in COLUMNS[4:])
    therapist = first["interlocutor"] == "therapist"
    return Said(first["transcript_id"], therapist, first["utterance_text"], asks, advises)


def merged(said: Sequence[Said]) -> list[Said]:
    """Adjacent utterances of one speaker as one turn, which asks where one of them does."""
    turns: list[Said] = []
    for one in said:
        last = turns[-1] if turns else None
        if last is None or (last.dialogue, last.therapist) != (one.dialogue, one.therapist):
            turns.append(one)
        else:
            asks, advises = max(last.asks, one.asks), max(last.advises, one.advises)
            turns[-1] = replace(last, text=f"{last.text}\n{one.text}", asks=asks, advises=advises)
    return turns


def short_turns(turns: Sequence[Said], rule: MinimalRule) -> Iterator[Said]:
    """The therapist's turns that are short enough and that the client takes up."""
    for turn, after in pairwise(turns):
        follows = turn.therapist and not after.therapist and turn.dialogue == after.dialogue
        if follows and rule.length(turn.text) <= rule.longest and rule.length(after.text) >= rule.goes_on:
            yield turn


# --- scores ---------------------------------------------------------------------------------------------------


def scored(cases: Sequence[Case], resamples: int) -> str:
    """Precision, recall and F1 with their intervals over dialogues."""
    sums: dict[str, list[int]] = {}
    for case in cases:
        row = sums.setdefault(case.dialogue, [0, 0, 0])
        for place, hit in enumerate((case.found and case.true, case.found, case.true)):
            row[place] += hit
    table = np.array(list(sums.values()), dtype=np.float64)
    drawn = np.random.default_rng(0).multinomial(len(table), [1 / len(table)] * len(table), resamples) @ table
    low, high = np.quantile(_scores(drawn), (0.025, 0.975), axis=0)
    own = _scores(table.sum(axis=0))
    return "  ".join(f"{own[i]:.3f} [{low[i]:.3f}, {high[i]:.3f}]" for i in range(3)) + f"  n {len(cases):,}"


def _scores(sums: np.ndarray) -> np.ndarray:
    """Precision, recall, F1 along a new last axis, from hits, found and true."""
    hits, found, true = np.moveaxis(sums, -1, 0)
    return np.stack([hits / found, hits / true, 2 * hits / (found + true)], axis=-1)


def annomi(path: Path, resamples: int) -> Iterator[str]:
    """The lines printed of AnnoMI."""
    said, found, rule = utterances(path), detector("en"), minimal_rule("en")
    if found is None or rule is None:
        raise AssertionError("English has both")
    kinds = [(one, {q.kind for q in found.find(one.text)} & COUNTED) for one in said if one.therapist]
    yield f"AnnoMI: {len({one.dialogue for one in said})} dialogues; precision, recall, F1, cases"
    yield f"asks, a question mark anywhere      {_asking([(one, '?' in one.text) for one, _ in kinds], resamples)}"
    yield f"asks, the rules for English         {_asking([(one, bool(own)) for one, own in kinds], resamples)}"
    for kind in ("declarative", "tell", "nomark"):
        yield f"asks, without the kind {kind:12} {_asking([(o, bool(own - {kind})) for o, own in kinds], resamples)}"
    turns = merged(said)
    short = list(short_turns(turns, rule))
    cases = [Case(one.dialogue, rule.fits(one.text), max(one.asks, one.advises) < 0.5) for one in short]
    yield f"minimal, of short turns taken up    {scored(cases, resamples)}"
    count = sum(turn.therapist for turn in turns)
    yield f"minimal, share of the therapists' {count:,} turns: {sum(case.found for case in cases) / count:.1%}"


def _asking(found: Sequence[tuple[Said, bool]], resamples: int) -> str:
    return scored([Case(one.dialogue, hit, one.asks >= 0.5) for one, hit in found], resamples)


# --- shares in KokoroChat -------------------------------------------------------------------------------------


def kokorochat(path: Path) -> Iterator[str]:
    """The share of counsellors' turns that are minimal, talk outside the play included."""
    from tasks.data.dialogue import merged_turns
    from tasks.data.kokorochat import load

    rule = minimal_rule("ja")
    if rule is None:
        raise AssertionError("Japanese has a rule")
    turns = minimal = 0
    for dialogue in load(path):
        merged_ones = merged_turns(dialogue, strip_meta="keep")
        turns += sum(turn.role == "counselor" for turn in merged_ones)
        minimal += sum(
            turn.role == "counselor" and rule.leaves_floor(turn.text, after.text)
            for turn, after in pairwise(merged_ones)
        )
    yield f"KokoroChat: {minimal:,} of {turns:,} counsellor turns are minimal ({minimal / turns:.2%})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--annomi", type=Path, metavar="FILE")
    parser.add_argument("--kokorochat", type=Path, metavar="KOKOROCHAT")
    parser.add_argument("--resamples", type=int, default=2000)
    args = parser.parse_args()
    if args.annomi:
        print(*annomi(args.annomi, args.resamples), sep="\n")
    if args.kokorochat:
        print(*kokorochat(args.kokorochat), sep="\n")


if __name__ == "__main__":
    main()

"""`python -m results pairs EXPORT STUDY_DIR --out FILE`: what raters preferred, as training data in trl's words.

One line per item and pair of systems whose mean margin is not 0: `prompt` and the two texts as messages, `chosen` and
`rejected`, with the margin, how many raters it rests on, and where both came from. `python -m finetune train RECIPE
--data preferences FILE` learns from it.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from results.judged import Judged, Pair, compared, judged, signed
from results.rows import JudgmentRow
from tasks.schema import Item, Study

ROLES = {"client": "user", "counselor": "assistant"}


def pairs(data: Judged, study: Study) -> Iterator[dict[str, Any]]:
    """Lines by item and pair of systems, in the study's order; `margin` is the mean of signed strengths, 0 < m <= 2.

    Args:
        data: the main judgments.
        study: the study with its texts, of the same items and systems.

    Items that nobody judged, and those whose margin is 0, give no line.
    """
    items = {item.item_id: item for item in study.items}
    texts = {(one.item_id, one.system_id): one.text for one in study.responses}
    named = [one for one in data.study.criteria if one.kind == "preference"]
    rows = data.of(named[0].criterion_id) if named else ()
    for pair in data.pairs():
        for item_id, given in _by_item(compared(rows, pair), pair).items():
            margin = sum(given) / len(given)
            if margin:
                better, worse = pair if margin > 0 else pair[::-1]
                yield {
                    "prompt": [{"role": ROLES[t.role], "content": t.text} for t in items[item_id].turns],
                    "chosen": [{"role": "assistant", "content": texts[item_id, better]}],
                    "rejected": [{"role": "assistant", "content": texts[item_id, worse]}],
                    "margin": round(abs(margin), 6),
                    "raters": len(given),
                    "chosen_system": better,
                    "rejected_system": worse,
                    "item_id": item_id,
                    "dialogue_id": items[item_id].dialogue,
                    "simulated": data.study.simulated,
                }


def _by_item(rows: Sequence[JudgmentRow], pair: Pair) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in rows:
        strength = signed(row, pair)
        if strength is not None:
            found.setdefault(row.item_id, []).append(strength)
    return found


def misfits(data: Judged, items: Sequence[Item], study: Study) -> list[str]:
    """What keeps a study folder from being the one that was judged, one line each; [] if it fits."""
    errors = []
    if study.study_id != data.study.study_id:
        errors.append(f"study_id: found {study.study_id!r}; the export is of {data.study.study_id!r}")
    known, texts = {item.item_id for item in items}, {(one.item_id, one.system_id) for one in study.responses}
    for row in data.export.responses:
        if row.item_id not in known or (row.item_id, row.system_id) not in texts:
            errors.append(f"item {row.item_id!r}: the study folder has no response of {row.system_id!r}")
    return errors


def add_command(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `pairs` to a command line."""
    words = "preferences of raters as training data: prompt, chosen, rejected"
    parser = subparsers.add_parser("pairs", help=words, description=words[0].upper() + words[1:] + ".")
    parser.add_argument("export", type=Path, metavar="EXPORT", help="export folder (docs/study-format.md)")
    parser.add_argument("study", type=Path, metavar="STUDY_DIR", help="the study folder, which has the texts")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="JSONL to write")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read, compare, write; 0. Raises ExportError, StudyError, or ValueError with what does not fit."""
    from results.export import read
    from tasks.load import load_study

    data, study = judged(read(options.export)), load_study(options.study)
    if errors := misfits(data, study.items, study):
        raise ValueError("\n".join(errors))
    lines = [json.dumps(line, ensure_ascii=False) + "\n" for line in pairs(data, study)]
    options.out.write_text("".join(lines), encoding="utf-8")
    print(f"{options.out}: {len(lines)} pairs. It holds the texts: the terms of the items' source apply to it.")
    return 0

"""What raters preferred, as training data in trl's words.

One line per item and pair of systems whose mean margin is not 0: `prompt` and the two texts as messages, `chosen` and
`rejected`, with the margin, how many raters it rests on, and where both came from. `python -m finetune train RECIPE
--data preferences FILE` learns from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from results.export.rows import JudgmentRow
from results.statistics.ratings import Pair
from results.study.judged import Judged, compared, signed
from tasks.schema import Item, Study

ROLES = {"client": "user", "counselor": "assistant"}


def pairs(data: Judged, study: Study) -> Iterator[dict[str, Any]]:
    """Lines by item and pair of systems, in the study's order; `margin` is the mean of signed strengths, 0 < m <= 2.

    Args:
        data: the main judgments.
        study: the study with its texts, of the same items and systems.

    Items that nobody judged, those whose margin is 0, and those of an import whose files lack a text, give no line.
    """
    items = {item.item_id: item for item in study.items}
    texts = {(response.item_id, response.system_id): response.text for response in study.responses}
    named = [response for response in data.study.criteria if response.kind == "preference"]
    rows = data.of(named[0].criterion_id) if named else ()
    for pair in data.pairs():
        for item_id, margins in _by_item(compared(rows, pair), pair).items():
            margin = sum(margins) / len(margins)
            if margin and {(item_id, system) for system in pair} <= texts.keys():
                better, worse = pair if margin > 0 else pair[::-1]
                yield {
                    "prompt": [{"role": ROLES[t.role], "content": t.text} for t in items[item_id].turns],
                    "chosen": [{"role": "assistant", "content": texts[item_id, better]}],
                    "rejected": [{"role": "assistant", "content": texts[item_id, worse]}],
                    "margin": round(abs(margin), 6),
                    "raters": len(margins),
                    "chosen_system": better,
                    "rejected_system": worse,
                    "item_id": item_id,
                    "dialogue_id": items[item_id].dialogue,
                    "simulated": data.study.simulated,
                }


def _by_item(rows: Sequence[JudgmentRow], pair: Pair) -> dict[str, list[int]]:
    margins: dict[str, list[int]] = {}
    for row in rows:
        strength = signed(row, pair)
        if strength is not None:
            margins.setdefault(row.item_id, []).append(strength)
    return margins


def misfits(data: Judged, items: Sequence[Item], study: Study) -> list[str]:
    """What keeps a study folder from being the one that was judged, one line each; [] if it fits."""
    errors = []
    if study.study_id != data.study.study_id:
        errors.append(f"study_id: found {study.study_id!r}; the export is of {data.study.study_id!r}")
    known, texts = (
        {item.item_id for item in items},
        {(response.item_id, response.system_id) for response in study.responses},
    )
    for row in data.export.responses:
        if row.item_id not in known or (row.item_id, row.system_id) not in texts:
            errors.append(f"item {row.item_id!r}: the study folder has no response of {row.system_id!r}")
    return errors

"""What raters preferred, as training data in trl's words.

One line per item and pair of systems whose mean margin is not 0: `prompt` and the two texts as messages, `chosen` and
`rejected`, with the margin, how many raters it rests on, and where both came from. What is left out is counted.
`python -m finetune prefer` learns from it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from results.export.rows import JudgmentRow
from results.statistics.ratings import Pair
from results.study.exclusions import governed
from results.study.judged import Judged, compared, preference_of, signed
from results.study.response_ratings import HARM
from tasks.languages.fault import Fault
from tasks.schema import Item, Study, Target, Turn
from tasks.study.consent import may_train

ROLES = {"client": "user", "counselor": "assistant"}
UNACCEPTABLE = "both_unacceptable"
LEFT_OUT = {
    "tie": "the mean margin is 0",
    "unacceptable": "half of its raters or more called neither response acceptable",
    "harmful": "a rater called one of the two responses possibly harmful",
    "no_text": "the files lack a text",
    "no_client": "the prompt does not end with the client, so that no chat template can be followed",
}
"""Why an item's pair gives no line, by key; the first that holds is counted."""


@dataclass(frozen=True)
class PreferencePairs:
    """Lines by item and pair of systems, in the study's order; `margin` is the mean of signed strengths, 0 < m <= 2.

    Attributes:
        left_out: pairs that were judged and give no line, by the keys of `LEFT_OUT`.
    """

    lines: tuple[dict[str, Any], ...]
    left_out: Mapping[str, int]

    @property
    def joined(self) -> int:
        """Lines whose counsellor spoke first."""
        return sum(line["opening"] is not None for line in self.lines)


def not_for_training(study: Study) -> Fault | None:
    """Why no model may be trained on the judgments, in words; None where raters were told so, or there are none.

    Judgments of another tool were given under terms that nothing here knows.
    """
    if study.simulated or study.imported is not None or may_train(study):
        return None
    return Fault("not_for_training", study=study.study_id)


def pairs(data: Judged, study: Study) -> PreferencePairs:
    """Every pair that was judged, as a line, or counted among those left out.

    Args:
        data: the main judgments; margins rest on what the study's exclusions leave of them.
        study: the study with its texts, of the same items and systems.
    """
    items = {item.item_id: item for item in study.items}
    texts = {(response.item_id, response.system_id): response.text for response in study.responses}
    preference, harmful = preference_of(data), _harmful(data)
    rows = governed(data).of(preference.criterion_id) if preference else ()
    lines, left_out = [], Counter[str]()
    for pair in data.pairs():
        unacceptable = Counter(row.item_id for row in compared(data.of(UNACCEPTABLE), pair) if row.value == 1)
        for item_id, margins in _by_item(compared(rows, pair), pair).items():
            margin = sum(margins) / len(margins)
            prompt = _prompt(items[item_id].turns) if item_id in items else None
            found = {
                "tie": margin == 0,
                "unacceptable": 2 * unacceptable[item_id] >= len(margins),
                "harmful": any((item_id, Target.of_system(system)) in harmful for system in pair),
                "no_text": not {(item_id, system) for system in pair} <= texts.keys(),
                "no_client": prompt is None,
            }
            why = next((key for key, holds in found.items() if holds), None)
            if why is not None or prompt is None:
                left_out[why or "no_client"] += 1
                continue
            better, worse = pair if margin > 0 else pair[::-1]
            lines.append(
                {
                    **prompt,
                    "chosen": [{"role": "assistant", "content": texts[item_id, better]}],
                    "rejected": [{"role": "assistant", "content": texts[item_id, worse]}],
                    "margin": round(abs(margin), 6),
                    "raters": len(margins),
                    "chosen_system": better,
                    "rejected_system": worse,
                    "item_id": item_id,
                    "dialogue_id": items[item_id].dialogue,
                    "study_id": study.study_id,
                    "simulated": data.study.simulated,
                }
            )
    return PreferencePairs(tuple(lines), dict(left_out))


def _harmful(data: Judged) -> set[tuple[str, Target]]:
    """(item, target) of the responses that a rater called possibly harmful."""
    return {(row.item_id, row.target) for row in data.of(HARM) if row.value == 1}


def _prompt(turns: Sequence[Turn]) -> dict[str, Any] | None:
    """`prompt` as chat templates accept it, and `opening`; None where it cannot be: the client is not the last.

    Turns of one speaker are joined by a line break. Where the counsellor spoke first, those words stand before the
    client's first ones in the same message, an empty line between, and in `opening`, by which they can be taken out.
    """
    runs = [(role, "\n".join(turn.text for turn in run)) for role, run in groupby(turns, key=lambda turn: turn.role)]
    opening = runs.pop(0)[1] if runs and runs[0][0] == "counselor" else None
    if not runs or runs[-1][0] != "client":
        return None
    messages = [{"role": ROLES[role], "content": text} for role, text in runs]
    if opening is not None:
        messages[0]["content"] = f"{opening}\n\n{messages[0]['content']}"
    return {"prompt": messages, "opening": opening}


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


def card(made: PreferencePairs, study: Study, agreed: str) -> Iterator[str]:
    """What is to be known of the file, as lines of Markdown that hold no text of a dialogue.

    Args:
        agreed: how it is known that models may be trained on the judgments.
    """
    raters = Counter(line["raters"] for line in made.lines)
    yield f"# Preferences of the study {study.study_id}"
    yield ""
    if study.simulated:
        yield "**The judgments were made by a script: no person preferred anything here.**"
        yield ""
    yield (
        f"{len(made.lines)} pairs of {len({line['dialogue_id'] for line in made.lines})} dialogues, one JSON object a"
        " line: `prompt`, `chosen`, `rejected` (messages), `margin` (mean of signed strengths, above 0 up to 2),"
        " `raters`, the two systems, item, dialogue, study."
    )
    yield ""
    yield f"- Raters behind a pair: {', '.join(f'{n} in {count}' for n, count in sorted(raters.items())) or 'none'}"
    yield f"- Training: {agreed}"
    for why, count in sorted(made.left_out.items()):
        yield f"- Left out: {count}, because {LEFT_OUT[why]}"
    yield (
        f"- Pairs in which the counsellor spoke first: {made.joined}. Chat templates begin with the client: those words"
        " stand before the client's first ones in the same message, an empty line between; `opening` holds them, to be"
        " taken out by whoever can begin with the counsellor. Turns of one speaker in a row are one message."
    )
    yield "- Terms: those of the items' source and of the systems that answered"

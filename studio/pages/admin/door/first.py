"""How the first item of files was read: the dialogue as it was spoken, then each system's response."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from studio.pages.admin.html import Raw, Words, text
from tasks.intake.shape.taking import Taken
from tasks.schema import Study, Turn


def item(took: Taken, words: Words) -> Raw:
    """The first item's dialogue and responses."""
    one = took.items[0]
    return _shown(one.turns, [(took.names[name], texts[one.item_id]) for name, texts in took.responses.items()], words)


def of_study(study: Study, words: Words) -> Raw:
    """The same of a study that is there already."""
    one, names = study.items[0], {system.system_id: system.name or system.system_id for system in study.systems}
    return _shown(one.turns, [(names[r.system_id], r.text) for r in study.responses if r.item_id == one.item_id], words)


def _shown(turns: Sequence[Turn], answers: Sequence[tuple[str, str]], words: Words) -> Raw:
    said = "".join(_turn(turn, words) for turn in turns)
    responses = "".join(
        f'<div class="said answer"><small>{text(name)}</small>{text(answer)}</div>' for name, answer in answers
    )
    return Raw(
        f'<section class="card talk" aria-label="{text(words["first_item"])}"><h2>{text(words["first_item"])}</h2>'
        f"{said}<h3>{text(words['first_responses'])}</h3>{responses}"
        f'<p class="soft">{text(words["first_blind"])}</p></section>'
    )


def _turn(turn: Turn, words: Words) -> str:
    return f'<div class="said {turn.role}"><small>{text(words[f"said_{turn.role}"])}</small>{text(turn.text)}</div>'


def counts(took: Taken, words: Words) -> Raw:
    """Items, systems, responses, and turns of a dialogue (least, most, median)."""
    turns = sorted(len(one.turns) for one in took.items)
    middle = f"{median(turns):g}"
    return Raw(
        '<p class="counts">'
        + " ".join(
            f"<span><b>{value}</b> {text(words[key])}</span>"
            for key, value in (
                ("read_items", len(took.items)), ("read_systems", len(took.responses)),
                ("read_responses", sum(map(len, took.responses.values()))),
                ("read_turns", f"{turns[0]}–{turns[-1]}"), ("read_median", middle),
            )
        )
        + "</p>"
    )  # fmt: skip

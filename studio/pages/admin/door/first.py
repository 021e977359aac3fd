"""How the first item of files was read: the dialogue as it was spoken, then each system's response."""

from __future__ import annotations

from statistics import median

from studio.pages.admin.html import Raw, Words, text
from tasks.intake.shape.taking import Taken
from tasks.schema import Turn


def item(took: Taken, words: Words) -> Raw:
    """The first item's dialogue and responses."""
    one = took.items[0]
    said = "".join(_turn(turn, words) for turn in one.turns)
    responses = "".join(
        f'<div class="said answer"><small>{text(took.names[system])}</small>{text(texts[one.item_id])}</div>'
        for system, texts in took.responses.items()
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

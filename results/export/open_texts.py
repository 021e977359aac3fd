"""Which texts of a study may be handed on: those of open sources, and none of a source that forbids it.

An item made of KokoroChat (CC BY-NC-ND 4.0) never carries its text, nor does the human's response to it;
`tasks rehydrate` puts them back from the reader's own copy. Other items carry theirs where the organiser says so.
"""

from __future__ import annotations

import re
from typing import Any, Literal

from tasks.data.contexts import DATASET
from tasks.errors import InputError
from tasks.schema import Item, Response, Study
from tasks.study.save import without_texts

RESTRICTED = frozenset({DATASET})
"""Sources whose texts are in nothing that is handed on."""
Texts = Literal["none", "open", "responses"]
"""`open`: items of open sources with all responses to them. `responses`: also models' responses to restricted items."""


def is_restricted(item: Item) -> bool:
    """True where the item's texts may not be handed on; a source counts however its name is spelt."""
    name = re.sub(r"[\W_]", "", item.source.dataset).casefold() if item.source else ""
    return any(one.casefold() in name for one in RESTRICTED)


def with_texts(study: Study, full: Study | None, texts: Texts) -> Study:
    """The export's study with the texts that may be handed on; all others are empty.

    Args:
        study: the study of an export.
        full: the same study with its texts; needed unless `texts` is `none`.

    Raises:
        InputError: the study with texts is missing, or is another one.
    """
    if texts == "none":
        return without_texts(study)
    if full is None:
        raise InputError([f"texts: found {texts!r} without the study's texts; name the study folder with --study"])
    same = ("study_id", "criteria", "systems")
    differing = [name for name in same if getattr(full, name) != getattr(study, name)]
    differing += ["items"] if [i.item_id for i in full.items] != [i.item_id for i in study.items] else []
    if differing:
        raise InputError([f"--study: another study than the export's: {', '.join(differing)} differ"])
    return _with_open_texts(without_texts(study), full, texts)


def _with_open_texts(bare: Study, full: Study, texts: Texts) -> Study:
    restricted = {item.item_id for item in full.items if is_restricted(item)}
    humans = {system.system_id for system in full.systems if system.kind == "human"}

    def open_response(response: Response) -> bool:
        allowed = texts == "responses" and response.system_id not in humans
        return response.item_id not in restricted or allowed

    def chosen(kind: str) -> tuple[Any, ...]:
        pairs = zip(getattr(bare, kind), getattr(full, kind), strict=True)
        return tuple(one if is_restricted(two.item) else two for one, two in pairs)

    kept = {(one.item_id, one.system_id): one for one in bare.responses}  # an import's export lists none
    shown = (f if open_response(f) else kept.get((f.item_id, f.system_id)) for f in full.responses)
    return bare.model_copy(
        update={
            "items": tuple(b if is_restricted(f) else f for b, f in zip(bare.items, full.items, strict=True)),
            "responses": tuple(filter(None, shown)),
            "practice": chosen("practice"),
            "checks": chosen("checks"),
        }
    )

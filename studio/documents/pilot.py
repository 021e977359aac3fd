"""A small study of its own for a trial."""

from __future__ import annotations

from studio.service import StudioError
from tasks.languages.fault import Fault, at, instead
from tasks.schema import Study


def piloted(study: Study, count: int) -> Study:
    """The study with `count` items taken evenly from its list, under an id of its own and with no repeats.

    Raises:
        StudioError: there are not so many items.
    """
    if not 1 <= count <= len(study.items):
        raise StudioError(at("--items", instead(count, Fault("from_to", low="1", high=str(len(study.items))))))
    kept = [study.items[place * len(study.items) // count] for place in range(count)]
    ids = {item.item_id for item in kept}
    design = study.design.model_copy(
        update={"repeats": 0, "blinding": min(study.design.blinding, 1), "raters_per_item": None}
    )
    return study.model_copy(
        update={
            "study_id": f"{study.study_id}-pilot",
            "items": tuple(kept),
            "responses": tuple(one for one in study.responses if one.item_id in ids),
            "design": design,
        }
    )

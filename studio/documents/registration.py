"""The registration: what is frozen before the first judgment."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from results.document import plan
from results.document.words import said, study_text
from tasks.languages import catalogue
from tasks.languages.tag import Language
from tasks.schema import Study

LANGUAGES = catalogue.languages("registration")


class Say(Protocol):
    """Words of the registration in one language."""

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of a key with its values filled in."""


def registered(study: Study, sha256: str, language: Language = catalogue.SECOND) -> Sequence[str]:
    """The registration as Markdown: outputs, criteria, design, and what is declared of the analysis."""
    say = partial(said, "registration", language)
    dialogues = len({item.dialogue for item in study.items})
    return [
        f"# {say('title', title=study_text(study.title, language))}",
        "",
        f"- {say('study', study=study.study_id, protocol=study.protocol)}",
        f"- {say('hash', sha256=sha256)}",
        f"- {say('systems', systems=', '.join(system.system_id for system in study.systems) or say('none'))}",
        f"- {say('items', items=len(study.items), dialogues=dialogues)}",
        f"- {say('criteria', criteria=', '.join(f'{one.criterion_id} ({one.kind})' for one in study.criteria))}",
        f"- {_design(study, say)}",
        *(f"- {sentence}" for sentence in plan.of_study(study, language)),
        f"- {say('deviations')}",
    ]


def _design(study: Study, say: Say) -> str:
    design = study.design
    counts = {"seats": design.seats, "each": design.raters_per_item or say("all"), "repeats": design.repeats}
    return say("design", **counts, blinding=design.blinding, seed=design.seed)

"""The registration: what is frozen before the first judgment."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from results.document.words import said, study_text
from tasks.languages import catalogue
from tasks.languages.tags import Language
from tasks.schema import Hypothesis, Study

LANGUAGES = catalogue.languages("registration")


class Say(Protocol):
    """Words of the registration in one language."""

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of a key with its values filled in."""


def registered(study: Study, sha256: str, language: Language = catalogue.SECOND) -> Sequence[str]:
    """The registration as Markdown: hypothesis, outputs, criteria, design, rules, analysis."""
    primary, say = study.primary, partial(said, "registration", language)
    pair = say("against", first=primary.systems[0], second=primary.systems[1]) if primary.systems else say("none_named")
    rules = [f"{one.rule}{f' ({one.threshold:g})' if one.threshold is not None else ''}" for one in study.exclusions]
    dialogues = len({item.dialogue for item in study.items})
    smallest = primary.smallest_effect or say("not_named")
    return [
        f"# {say('title', title=study_text(study.title, language))}",
        "",
        f"- {say('study', study=study.study_id, protocol=study.protocol)}",
        f"- {say('hash', sha256=sha256)}",
        f"- {say('systems', systems=', '.join(system.system_id for system in study.systems) or say('none'))}",
        f"- {say('items', items=len(study.items), dialogues=dialogues)}",
        f"- {say('criteria', criteria=', '.join(f'{one.criterion_id} ({one.kind})' for one in study.criteria))}",
        f"- {_design(study, say)}",
        f"- {say(f'primary.{primary.estimand}', criterion=primary.criterion, pair=pair, smallest=smallest)}",
        *_hypotheses(study, say),
        f"- {say('exclusions', rules=', '.join(rules) or say('none'))}",
        f"- {say('analysis')}",
        f"- {say('deviations')}",
    ]


def _design(study: Study, say: Say) -> str:
    design = study.design
    counts = {"seats": design.seats, "each": design.raters_per_item or say("all"), "repeats": design.repeats}
    return say("design", **counts, blinding=design.blinding, seed=design.seed)


def _hypotheses(study: Study, say: Say) -> list[str]:
    """One line a declared test; one that says so where there is the primary comparison alone."""
    if not study.hypotheses:
        return [f"- {say('declared.primary_alone')}"]
    return [f"- {say('declared')}", *(f"  - {one.family}: {_claim(one, say)}" for one in study.hypotheses)]


def _claim(one: Hypothesis, say: Say) -> str:
    first, second = one.systems
    what = one.criterion + (f" ({one.measure})" if one.measure else "")
    claimed = say(f"claim.{one.claim}", first=first, second=second, margin=f"{one.margin or 0:g}")
    return say(f"claimed.{one.estimand}", what=what, claim=claimed)

"""Warnings about a study before it opens."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.schema import Study

SHOWN = 5
"""Places named of each caution."""


def checked(study: Study) -> Iterator[str]:
    """Warnings about a study that loads: personal data, distress, odd texts, and what could unblind raters."""
    from results.commands.leaks import render
    from results.document.plan import of_study
    from results.responses.engines import differing
    from results.responses.leaks import leaks
    from results.statistics.resample import Resampling
    from tasks.design.planning import plan
    from tasks.languages import catalogue
    from tasks.study.cautions import cautions, plan_cautions
    from tasks.study.wording.texts import written_in

    if study.protocol == "session":
        yield f"{study.study_id}: sound; {len(plan(study))} sessions, {len(study.scenarios)} scenarios"
    else:
        yield f"{study.study_id}: sound; {len(study.items)} items, {len(study.systems)} systems"
    if study.protocol == "pairwise":
        yield from (f"declared: {sentence}" for sentence in of_study(study, catalogue.SECOND))
    for caution in (*cautions(study), *plan_cautions(study, plan(study))):
        yield from caution.lines(SHOWN)
    if study.protocol == "pairwise":
        language = written_in(study)
        found = leaks(study.items, study.responses, study.systems, Resampling(2000, 0), language)
        yield from render(found, language, differing(study.systems)).splitlines()

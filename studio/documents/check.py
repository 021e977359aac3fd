"""What to look at in a study before it opens."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.schema import Study


def checked(study: Study) -> Iterator[str]:
    """What to look at in a study that loads: personal data, distress, odd texts, and what could unblind raters."""
    from results.commands.leaks import render
    from results.responses.leaks import leaks
    from results.statistics.resample import Resampling
    from tasks.study.cautions import cautions

    yield f"{study.study_id}: sound; {len(study.items)} items, {len(study.systems)} systems"
    for caution in cautions(study):
        yield f"look at: {caution.kind} ({len(caution.found)}); {caution.advice}"
        yield from (f"  {where}{': ' if words else ''}{words}" for where, words in caution.found[:5])
    if study.protocol == "pairwise":
        yield from render(leaks(study.items, study.responses, study.systems, Resampling(2000, 0))).splitlines()

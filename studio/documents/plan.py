"""A study's plan in figures: how much work it is, how well balanced, what it can show."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.schema import Study

WINS = (0.6, 0.65, 0.7)
"""Shares of decisive items for which a plan's power is said."""


def plan_facts(study: Study, minutes: float | None = None) -> dict[str, str]:
    """The plan's figures by name, without words, so that pages of either language can say them.

    `power`, `needed` and `dialogues` only where pairs are compared. `minutes`: of one assignment, as timed in a pilot.
    """
    from results.statistics.sign_power import decisive_pairs, sign_test_power
    from tasks.design.planning import plan as designed
    from tasks.study.workload import workload

    lines = designed(study)
    work = workload(study, lines, minutes)
    facts = {
        "raters": str(work.seats),
        "assignments": str(len(lines)),
        "kinds": ", ".join(f"{kind} {count}" for kind, count in work.kinds.items()),
        "each": str(work.per_seat[1]),
        "hours": f"{work.hours:.1f}",
        "per_unit": "–".join(dict.fromkeys(map(str, work.raters_per_unit))),
        "sides": str(work.imbalance),
        "running": str(work.running_imbalance),
    }
    if study.protocol != "pairwise":
        return facts
    dialogues = len({item.dialogue for item in study.items})
    return facts | {
        "dialogues": str(dialogues),
        "power": ", ".join(f"{win:.0%}: {sign_test_power(dialogues, win):.2f}" for win in WINS),
        "needed": ", ".join(f"{win:.0%}: {decisive_pairs(win)}" for win in WINS),
    }


def planned(study: Study, minutes: float | None = None) -> Iterator[str]:
    """The plan in words. `minutes`: of one assignment, as timed in a pilot."""
    facts = plan_facts(study, minutes)
    timing = "as timed in the pilot" if minutes else "a planning figure"
    yield "{raters} raters, {assignments} assignments ({kinds})".format(**facts)
    yield "up to {each} each, {hours} hours ({timing})".format(**facts, timing=timing)
    yield "each item and pair is judged by {per_unit} raters".format(**facts)
    yield "sides: |first - second| {sides} per rater, system and stratum; {running} on the way".format(**facts)
    if "power" in facts:
        yield (
            "exact sign test, if all {dialogues} dialogues are decisive: power by the share of wins, {power}"
        ).format(**facts)
        yield (
            "decisive dialogues for power 0.80, by the share of wins: {needed}. "
            "Noise of raters: python -m results power --items {dialogues}"
        ).format(**facts)

"""A study's plan in figures: how much work it is, how well balanced, what it can show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tasks.schema import PlannedAssignment, Study

WINS = (0.6, 0.65, 0.7)
"""Shares of decisive items for which a plan's power is said."""


def plan_facts(study: Study, lines: Sequence[PlannedAssignment], minutes: float | None = None) -> dict[str, str]:
    """The plan's figures by name, without words, so that pages of either language can say them.

    `power`, `needed` and `dialogues` only where pairs are compared. `lines`: the plan; `minutes`: of one assignment, as
    timed in a pilot.
    """
    from results.planning.sign_power import decisive_pairs, sign_test_power
    from tasks.study.workload import workload

    work = workload(study, lines, minutes)
    dialogues = len({item.dialogue for item in study.items})
    facts = {
        "raters": str(work.seats),
        "assignments": str(len(lines)),
        "kinds": ", ".join(f"{kind} {count}" for kind, count in work.kinds.items()),
        "each": str(work.per_seat[1]),
        "minutes": str(round(work.hours * 60)),
        "per_unit": "–".join(dict.fromkeys(map(str, work.raters_per_unit))),
        "shared": f"{work.shared_dialogues} / {dialogues}",
        "sides": str(work.imbalance),
        "running": str(work.running_imbalance),
    }
    if study.protocol != "pairwise":
        return facts
    return facts | {
        "dialogues": str(dialogues),
        "power": ", ".join(f"{win:.0%}: {sign_test_power(dialogues, win):.2f}" for win in WINS),
        "needed": ", ".join(f"{win:.0%}: {decisive_pairs(win)}" for win in WINS),
    }


def planned(study: Study, minutes: float | None = None) -> Iterator[str]:
    """The plan in words. `minutes`: of one assignment, as timed in a pilot."""
    from tasks.design.planning import plan as designed
    from tasks.study.cautions import plan_cautions

    lines = designed(study)
    facts = plan_facts(study, lines, minutes)
    timing = "as timed in the pilot" if minutes else "a planning figure"
    yield "{raters} raters, {assignments} assignments ({kinds})".format(**facts)
    yield "up to {each} each, about {minutes} minutes ({timing})".format(**facts, timing=timing)
    yield "each item and pair is judged by {per_unit} raters".format(**facts)
    yield "dialogues that two raters judge alike, on which agreement rests: {shared}".format(**facts)
    yield "sides: |first - second| {sides} per rater, system and stratum; {running} at any point before".format(**facts)
    for caution in plan_cautions(study, lines):
        yield from caution.lines()
    if "power" in facts:
        yield (
            "exact sign test, if all {dialogues} dialogues are decisive: power by the share of wins, {power}"
        ).format(**facts)
        yield (
            "decisive dialogues for power 0.80, by the share of wins: {needed}. "
            "Noise of raters: python -m results power --items {dialogues}"
        ).format(**facts)

"""A study's plan in figures: how much work it is, how well balanced, what it can show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tasks.languages import catalogue
from tasks.schema import PlannedAssignment, Study

WINS = (0.6, 0.65, 0.7)
"""Shares of decisive items for which a plan's power is said."""
LEANS = (0.02, 0.1)
"""Little and much leaning of raters, as shares of a vote's variance."""
MORE = 2
"""How many times the planned raters share the same work in the comparison."""


def plan_facts(study: Study, lines: Sequence[PlannedAssignment], minutes: float | None = None) -> dict[str, str]:
    """The plan's figures by name, without words, so that pages of either language can say them.

    `power`, `needed`, `dialogues` and what is said of raters at large (`large_…`: power, smallest margin, power with
    twice as many raters for the same work) only where pairs are compared. `lines`: the plan; `minutes`: of one
    assignment, as timed in a pilot.
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
        **_at_large(study, lines),
    }


def _at_large(study: Study, lines: Sequence[PlannedAssignment]) -> dict[str, str]:
    """What the plan shows of raters at large by how far they lean, as `python -m results power --study` has it."""
    from results.planning.at_large_power import Asked, Design, by_lean
    from results.planning.of_study import cells_of, family_size
    from results.planning.vote_model import Assumptions, model
    from tasks.design.planning import groups

    cells = cells_of(study, lines)
    if cells is None:
        return {}
    asked = Asked(tests=family_size(study, len(groups(study))))
    more = Design(cells.items, MORE * cells.raters, max(round(len(cells.item) / cells.items), 1))
    votes = model(Assumptions())
    own, others = by_lean(votes, cells, asked, LEANS), by_lean(votes, more, asked, LEANS)

    def row(values: Sequence[float | None]) -> str:
        said = ("–" if value is None else f"{value:.2f}" for value in values)
        return ", ".join(f"{lean:.0%}: {value}" for lean, value in zip(LEANS, said, strict=True))

    return {
        "large_power": row([one.power for one in own]),
        "large_smallest": row([one.smallest for one in own]),
        "large_more": row([one.power for one in others]),
    }


def planned(study: Study, minutes: float | None = None) -> Iterator[str]:
    """The plan in words. `minutes`: of one assignment, as timed in a pilot."""
    from results.document.words import said
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
    if study.design.looks > 1:
        yield said("registration", catalogue.SECOND, "looks", looks=study.design.looks)
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
    if "large_power" in facts:
        yield "for raters at large, 65 % wins, by how far raters lean: power {large_power}".format(**facts)
        yield "smallest mean margin shown to them with power 0.80: {large_smallest}".format(**facts)
        yield "power with twice as many raters for the same work: {large_more}".format(**facts)

"""The registration: what is frozen before the first judgment."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.schema import Estimand, Hypothesis, Study

WHOSE: dict[Estimand, str] = {"these_raters": "these raters", "raters_at_large": "raters at large"}


def registered(study: Study, sha256: str) -> Sequence[str]:
    """The registration as Markdown: hypothesis, outputs, criteria, design, rules, analysis."""
    primary, design = study.primary, study.design
    pair = " against ".join(primary.systems or ()) or "none named"
    rules = [f"{one.rule}{f' ({one.threshold:g})' if one.threshold is not None else ''}" for one in study.exclusions]
    return [
        f"# Registration: {study.title.text('en', *study.languages)}",
        "",
        f"- study_id `{study.study_id}`, protocol {study.protocol}",
        f"- sha256 of items, responses, texts, criteria, design, rules and primary comparison: `{sha256}`",
        f"- systems: {', '.join(system.system_id for system in study.systems) or 'none'}",
        f"- items: {len(study.items)} of {len({item.dialogue for item in study.items})} dialogues",
        f"- criteria: {', '.join(f'{one.criterion_id} ({one.kind})' for one in study.criteria)}",
        f"- raters planned: {design.seats}; raters per item: {design.raters_per_item or 'all'}; repeats "
        f"{design.repeats}; blinding question {design.blinding}; seed {design.seed}",
        f"- primary: {primary.criterion}, {pair}; for {WHOSE[primary.estimand]}; smallest effect that matters: "
        f"{primary.smallest_effect or 'not named'}",
        *_hypotheses(study),
        f"- exclusions, in a second analysis beside the first with everything: {', '.join(rules) or 'none'}",
        "- analysis: docs/statistics.md of this version; mean margin per item, two-sided, level 0.05; for these raters",
        "  the sign-flip test over dialogues, at large dialogues and raters random; Holm within each declared",
        "  family; everything else is marked exploratory",
        "- after launch every change is a deviation: `python -m studio registration STUDY` lists them, and so does "
        "the report",
    ]


def _hypotheses(study: Study) -> list[str]:
    """One line a declared test; one that says so where there is the primary comparison alone."""
    if not study.hypotheses:
        return ["- declared tests: the primary comparison alone"]
    return ["- declared tests:", *(f"  - {one.family}: {_claim(one)}" for one in study.hypotheses)]


def _claim(one: Hypothesis) -> str:
    first, second = one.systems
    what = one.criterion + (f" ({one.measure})" if one.measure else "")
    claims = {
        "differs": f"{first} differs from {second}",
        "better": f"{first} higher than {second}",
        "not_worse": f"{first} not lower than {second} by more than {one.margin or 0:g}",
        "equivalent": f"{first} within {one.margin or 0:g} of {second}",
    }
    return f"{what}: {claims[one.claim]}, for {WHOSE[one.estimand]}"

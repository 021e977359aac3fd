"""The registration: what is frozen before the first judgment."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.schema import Study


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
        f"- primary: {primary.criterion}, {pair}; smallest effect that matters: "
        f"{primary.smallest_effect or 'not named'}",
        f"- exclusions, in a second analysis beside the first with everything: {', '.join(rules) or 'none'}",
        "- analysis: docs/statistics.md of this version; mean margin per item, sign-flip test, two-sided, level 0.05;",
        "  intervals resample dialogues; Holm over the declared family; everything else is marked exploratory",
        "- after launch every change is a deviation: `python -m studio registration STUDY` lists them, and so does "
        "the report",
    ]

"""The report: every figure of a study in one JSON object, from which the pages and tables are drawn.

`build` computes, `write` writes `report.json`, `report.html`, `report.md`, `tables/*.csv` and `*.tex`, `heds.md`,
`heds.json`. Same export, seed and pinned versions: same bytes. docs/report-json.md documents the keys.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from results.export.folder import Export
from results.report import heds, parts
from results.report.sections import answer
from results.responses import leaks
from results.statistics.resample import Resampling
from results.study import agreement
from results.study.blinding import blinding
from results.study.detector import detector
from results.study.disputed import flagged
from results.study.judged import judged
from results.study.raters import rater_facts
from tasks.files import new_folder
from tasks.schema import Language

REPORT_VERSION = 1
_EFFECT_RESAMPLES = 2_000
"""Resamples of the effect sizes of leaks, whose cost grows with the square of the items."""


@dataclass(frozen=True)
class Report:
    """`facts` is the content of report.json; `datasheet` the HEDS sheet filled in from the export."""

    facts: dict[str, Any]
    datasheet: tuple[heds.Entry, ...] = ()

    def json(self) -> str:
        """report.json as text."""
        return json.dumps(self.facts, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def build(export: Export, resamples: int = 10_000, seed: int = 0) -> Report:
    """All figures of an export. Intervals: 95 % percentile bootstrap over dialogues."""
    resampling = Resampling(resamples=resamples, seed=seed)
    fewer = Resampling(resamples=min(resamples, _EFFECT_RESAMPLES), seed=seed)
    data = judged(export)
    facts: dict[str, Any] = {
        "report_version": REPORT_VERSION,
        "study": parts.study_facts(data),
        "settings": {"resamples": resamples, "seed": seed, "interval": resampling.interval, "level": resampling.level},
        "data": parts.data_facts(data),
        "preference": parts.preference_facts(data, resampling),
        "agreement": [agreement.as_dict(made) for made in agreement.all_agreements(data, resampling)],
        "ratings": parts.ratings_facts(data, resampling),
        "questions": parts.questions_facts(data, resampling),
        "detector": detector(data, resampling),
        "flagged": flagged(data),
        "disputed": parts.disputed_facts(data),
        "raters": rater_facts(data),
        "order": parts.order_facts(data, resampling),
        "blinding": blinding(export, resampling).as_dict(),
        "exclusions": parts.exclusion_facts(data, resampling),
        "deviations": [{"at": act.at, "kind": act.kind, "what": act.what} for act in export.acts],
        "leaks": [leak.as_dict() for leak in leaks.gaps(export.items, export.responses, fewer)],
    }
    facts["answer"] = answer.sentences(facts)
    return Report(facts, heds.datasheet(export, facts))


def write(report: Report, folder: Path, lang: Language = "ja") -> Path:
    """Write the report folder, all or nothing; an older report there is replaced. Raises `InputError`."""
    with new_folder(Path(folder), replacing="report.json") as target:
        _fill(report, target, lang)
    return Path(folder)


def _fill(report: Report, target: Path, lang: Language) -> None:
    from results.document import csv_tables as tables
    from results.document import page
    from results.document.latex import latex_tables
    from results.document.view import Reader
    from results.report.contents import sections

    def put(name: str, content: str) -> None:
        (target / name).write_text(content, encoding="utf-8", newline="\n")

    reader = Reader(report.facts, lang)
    listed = sections(reader)
    put("report.json", report.json())
    put("report.html", page.html("report", reader, listed))
    put("report.md", page.markdown("report", reader, listed))
    put("heds.md", heds.markdown(report.datasheet, report.facts))
    put("heds.json", heds.form_file(report.datasheet))
    (target / "tables").mkdir()
    for name, content in tables.csv_tables(report.facts).items():
        (target / "tables" / f"{name}.csv").write_bytes(content)
    for name, text in latex_tables(reader, listed).items():
        put(f"tables/{name}.tex", text)

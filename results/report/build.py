"""The report: every figure of a study in one record, from which the pages and tables are drawn.

`build` computes, `write` writes `report.json`, `report.html`, `report.md`, `tables.xlsx`, `tables/*.csv` and `*.tex`,
`heds.md`, `heds.json`, and `report.LANGUAGE.html` and `.md` in further languages. Same export, seed and pinned
versions: same bytes. docs/report-json.md documents the keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from results.export.folder import Export
from results.export.open_texts import with_texts
from results.export.rows import PLAN_CHANGED
from results.judges.worth import judge_records
from results.record.listed import ExampleRecord
from results.record.preference import PreferenceRecord
from results.record.report import REPORT_VERSION, ReportRecord
from results.record.study import Deviation, Settings
from results.report import compared, heds, judgments, planned
from results.report.csv_tables import csv_tables, workbook_of
from results.report.pages import Pages, lay_out
from results.report.sections.answer import answer
from results.report.sections.sessions.answer import answer_of_sessions
from results.responses import leaks
from results.statistics.resample import Resampling
from results.study.asking.detector import detector
from results.study.beside.shown import examples
from results.study.beside.unequal import unequal
from results.study.blinding import blinding
from results.study.disputed import disputed, flagged
from results.study.exclusions import governed
from results.study.hypotheses import hypothesis_results
from results.study.judged import Judged, judged, preference_of
from results.study.raters import rater_records
from results.study.sequential.ending import ending
from results.study.sessions.record import sessions_record
from tasks.files import new_folder
from tasks.languages.catalogue import FIRST
from tasks.languages.tag import Language
from tasks.schema import Study

_EFFECT_RESAMPLES = 2_000
"""Resamples of the effect sizes of leaks, whose cost grows with the square of the items."""


@dataclass(frozen=True)
class Report:
    """`record` is the content of report.json; `datasheets` the HEDS sheet filled in from the export, by language."""

    record: ReportRecord
    datasheets: Mapping[Language, tuple[heds.Entry, ...]]


def build(
    export: Export, resamples: int = 10_000, seed: int = 0, *, every_pair: bool = False, texts: Study | None = None
) -> Report:
    """All figures of an export. What raters did, harm and order are told of all that was judged; all else of what the
    study's exclusions leave, where they govern.

    Args:
        every_pair: every two systems are compared, of more than 12 too.
        texts: the study with its texts, of which those that may be handed on make the examples; none are shown without.

    Raises:
        InputError: `texts` is another study than the export's.
    """
    resampling = Resampling(resamples=resamples, seed=seed)
    fewer = Resampling(resamples=min(resamples, _EFFECT_RESAMPLES), seed=seed)
    everything = judged(export, every_pair=every_pair)
    data = governed(everything)
    hypotheses = hypothesis_results(data, resampling)
    ended = ending(data)
    study, preference = planned.study_record(data), compared.preference_record(data, resampling, hypotheses)
    sessions, criterion = sessions_record(data, resampling), preference_of(data)
    agreement = () if sessions else judgments.agreement_records(data, resampling)
    ratings, changed = judgments.rating_records(data, resampling), any(act.kind == PLAN_CHANGED for act in export.acts)
    gaps = leaks.gaps(export.items, export.responses, data.listed(), fewer)
    record = ReportRecord(
        report_version=REPORT_VERSION,
        study=study,
        settings=Settings(resamples=resamples, seed=seed, interval=resampling.interval, level=resampling.level),
        data=planned.data_record(everything, data, criterion),
        hypotheses=compared.hypothesis_records(hypotheses),
        preference=preference,
        agreement=agreement,
        ratings=ratings,
        questions=judgments.questions_record(data, resampling),
        detector=detector(data, resampling),
        flagged=flagged(everything),
        disputed=disputed(data, criterion, data.pairs()) if criterion else (),
        raters=rater_records(everything),
        order=planned.order_record(everything, resampling),
        blinding=planned.blinding_record(blinding(export, resampling)),
        exclusions=compared.exclusion_records(everything, resampling),
        deviations=(
            *(Deviation(at=act.at, kind=act.kind, what=act.what) for act in export.acts),
            *planned.departures(export, ended),
        ),
        leaks=tuple(map(judgments.leak_record, gaps)),
        answer=answer_of_sessions(sessions) if sessions else answer(study, preference, agreement, changed, ratings),
        judges=judge_records(data, export.verdicts, fewer),
        unequal=tuple(unequal(data)),
        examples=_examples(data, preference, texts),
        stopping=planned.stopping_record(export, ended),
        sessions=sessions,
    )
    return Report(record, heds.datasheets(export, record, *heds.LANGUAGES))


def _examples(data: Judged, preference: PreferenceRecord, texts: Study | None) -> tuple[ExampleRecord, ...]:
    """Of the pair that the answer is about: the primary one, or of systems in order the first and the last."""
    criterion = preference_of(data)
    if texts is None or criterion is None or (pair := preference.main_pair) is None:
        return ()
    return examples(data, criterion, pair, with_texts(data.study, texts, "open"))


def write(report: Report, folder: Path, *languages: Language) -> Path:
    """Write the report folder, all or nothing; an older report there is replaced. Raises `InputError`.

    Args:
        languages: of the report; the first one's pages have no language in their names, and LaTeX tables its words.
    """
    with new_folder(Path(folder), replacing="report.json") as target:
        _fill(report, target, languages or (FIRST,))
    return Path(folder)


def _fill(report: Report, target: Path, languages: Sequence[Language]) -> None:
    sheet = languages[0] if languages[0] in report.datasheets else heds.FORM_LANGUAGE
    first, *others = (lay_out(report.record, language) for language in languages)
    texts = {
        "report.json": report.record.json_text(),
        **_pages(first, "report"),
        "heds.md": heds.markdown(report.datasheets[sheet], report.record, sheet),
        "heds.json": heds.form_file(report.datasheets[heds.FORM_LANGUAGE]),
        **{f"tables/{name}.tex": text for name, text in first.latex().items()},
    }
    for pages in others:
        texts |= _pages(pages, f"report.{pages.reader.lang}")
    (target / "tables").mkdir()
    for name, text in texts.items():
        (target / name).write_text(text, encoding="utf-8", newline="\n")
    for name, content in csv_tables(report.record).items():
        (target / "tables" / f"{name}.csv").write_bytes(content)
    (target / "tables.xlsx").write_bytes(workbook_of(report.record))


def _pages(pages: Pages, name: str) -> dict[str, str]:
    return {f"{name}.html": pages.html(), f"{name}.md": pages.markdown()}

"""A HEDS 3.0 datasheet, filled in as far as an export and its report tell; the rest is left to the researcher.

HEDS is the Human Evaluation Datasheet (Belz and Thomson 2024, arXiv 2412.07940). Question numbers are those of its
form at https://nlp-heds.github.io; the labels here are our own, so read the questions there. `form_file` is for the
form's "upload json": it holds the free-text fields alone, for the boxes to tick ask for a judgment.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from results.document import numbers
from results.document.words import reason
from results.export.folder import Export
from results.record.report import ReportRecord
from tasks.schema import Criterion, Study, Words

FORM = "https://nlp-heds.github.io"
PAPER = "https://arxiv.org/abs/2412.07940"
OPEN = "to be filled in"
_DESIGN = "heds-sample_evaluators_design-"
_ELICITATION = "heds-criteria-criterion-response_elicitation-"
NOT_ASSESSED = "not assessed"


@dataclass(frozen=True)
class Entry:
    """One question. `answer` is None where only the researcher knows it; `criterion` is '' outside section 4."""

    number: str
    label: str
    answer: str | None = None
    field: str = ""
    """The form's name of a free-text field, '' for boxes to tick and fields left to the researcher."""
    criterion: str = ""


def datasheet(export: Export, record: ReportRecord) -> tuple[Entry, ...]:
    """All questions of HEDS 3.0 in order, section 4 once for each criterion but free text.

    `record` is the report of the same export.
    """
    criteria = [criterion for criterion in export.study.criteria if criterion.kind != "text"]
    return (
        *_reference(),
        *_systems(export.study),
        *_sample(export),
        *_evaluators(export.study, record),
        *_design(export.study),
        *(entry for criterion in criteria for entry in _criterion(criterion, export.study, record)),
        *_ethics(export.study),
    )


def markdown(entries: Sequence[Entry], record: ReportRecord) -> str:
    """The sheet as Markdown: number, label, answer; open answers are marked."""
    lines = ["# HEDS 3.0 datasheet", ""]
    if record.study.simulated:
        lines += ["**The judgments of this study were simulated by a program.**", ""]
    lines += [f"Filled in from the export; questions and guidance: {FORM} ({PAPER}).", ""]
    criterion = ""
    for entry in entries:
        if entry.criterion != criterion:
            criterion = entry.criterion
            lines += ["", f"## Section 4: {criterion}" if criterion else "## Section 5", ""]
        answer = f"*{OPEN}*" if entry.answer is None else " ".join(entry.answer.split())
        lines.append(f"- **{entry.number}** {entry.label}: {answer}")
    return "\n".join(lines) + "\n"


def form_file(entries: Sequence[Entry]) -> str:
    """The free-text answers as the JSON that the form's "upload json" reads."""
    fields: dict[str, dict[str, dict[str, str | bool]]] = {}
    names = list(dict.fromkeys(entry.criterion for entry in entries if entry.criterion))
    if names:
        fields["heds-criteria-criterion"] = {"data": {}, "control": {name: name == names[0] for name in names}}
    for entry in entries:
        if entry.field and entry.answer is not None:
            fields.setdefault(entry.field, {"data": {}, "control": {}})["data"][entry.criterion] = entry.answer
    return json.dumps(fields, ensure_ascii=False, indent=1) + "\n"


# --- sections 1 to 3 ------------------------------------------------------------------------------------------


def _reference() -> Iterator[Entry]:
    yield Entry("1.1.1", "Link to the paper")
    yield Entry("1.1.2", "Which experiment of the paper")
    yield Entry("1.2", "Links to resources")
    for number, label in (("1.3.1", "Person filling in"), ("1.3.2", "Contact author")):
        for place, part in enumerate(("name", "affiliation", "mail"), start=1):
            yield Entry(f"{number}.{place}", f"{label}, {part}")


def _systems(study: Study) -> Iterator[Entry]:
    pairwise = study.protocol == "pairwise"
    yield Entry("2.1", "Input of the systems", "the dialogue so far" if pairwise else None)
    yield Entry("2.2", "Output of the systems", "the counsellor's next turn" if pairwise else None)
    yield Entry("2.3", "Task of the systems", "dialogue turn generation" if pairwise else None)
    yield Entry("2.4", "Languages of the input")
    yield Entry("2.5", "Languages of the output")


def _sample(export: Export) -> Iterator[Entry]:
    judged = {row.item_id for row in export.judgments if row.kind == "main" and row.value is not None}
    shown = sum(1 for row in export.responses if row.item_id in judged)
    power = f"{_DESIGN}sample-statistical_power-"
    yield Entry("3.1.1", "Outputs evaluated", f"{shown} ({len(judged)} items)")
    yield Entry("3.1.2", "How outputs were chosen")
    yield Entry("3.1.3.1", "Power: method (`python -m results power`)", field=f"{power}method")
    yield Entry("3.1.3.2", "Power: value", field=f"{power}value")
    yield Entry("3.1.3.3", "Power: code", field=f"{power}script")


def _evaluators(study: Study, record: ReportRecord) -> Iterator[Entry]:
    field = f"{_DESIGN}evaluators-"
    guided = "written guidelines, open beside the work" if study.guidelines else "no written guidelines"
    practice = f"{guided}; {len(study.practice)} practice pairs with feedback, not scored"
    asked = "; ".join(_english(question.label) for question in study.profile)
    yield Entry("3.2.1", "Number of evaluators", str(record.data.n_raters), f"{field}number_of_evaluators")
    for place, label in enumerate(("Domain experts", "Payment", "Known to the authors", "Authors among them"), start=1):
        yield Entry(f"3.2.2.{place}", label)
    yield Entry("3.2.3", "Recruitment", field=f"{field}recruitment_method")
    yield Entry("3.2.4", "Training and practice", practice, f"{field}training_practice")
    yield Entry("3.2.5", f"Other characteristics (asked, and kept out of the export: {asked or 'nothing'})")


def _design(study: Study) -> Iterator[Entry]:
    field = f"{_DESIGN}experimental_design-"
    see = f"{field}what_evaluators_see-"
    yield Entry("3.3.1", "Preregistration")
    yield Entry("3.3.2", "Medium of collection", "web page of Kokoro Studio", f"{field}collection_method")
    yield Entry("3.3.3.1", "Kinds of quality assurance", _assurance(study) or "none")
    yield Entry(
        "3.3.3.2", "Methods of quality assurance", _assurance(study) or "N/A", f"{field}quality_assurance-description"
    )
    yield Entry("3.3.4.1", "Where the form can be seen", field=f"{see}link")
    yield Entry("3.3.4.2", "What evaluators see", _shown(study), f"{see}description")
    yield Entry("3.3.5", "Freedom of time", f"no limit; a place to stop offered every {study.design.portion} items")
    contact = study.support.contact if study.support else ""
    yield Entry("3.3.6", "Told that they can ask", f"contact given: {contact}" if contact else None)
    yield Entry("3.3.7", "Conditions", "on evaluators' own devices at a place of their choosing")
    yield Entry("3.3.8", "How conditions varied")


def _assurance(study: Study) -> str:
    checks = [f"{len(study.checks)} attention checks with one defensible answer"] if study.checks else []
    repeats = [f"{study.design.repeats} pairs shown again with sides exchanged"] if study.design.repeats else []
    rules = [f"exclusion rule {rule.rule}, named before the study opened" for rule in study.exclusions]
    return "; ".join([*checks, *repeats, *rules])


def _shown(study: Study) -> str:
    if study.protocol != "pairwise":
        return "the dialogue and the questions of section 4; guidelines one key away"
    return (
        "the dialogue so far, two responses in a stored, balanced order without names of systems, and the questions "
        "of section 4; guidelines one key away"
    )


# --- section 4 ------------------------------------------------------------------------------------------------


def _criterion(criterion: Criterion, study: Study, record: ReportRecord) -> Iterator[Entry]:
    for number, label, answer, field in (*_kind(criterion), *_instrument(criterion), *_statistics(criterion, record)):
        yield Entry(number, label, answer, f"{_ELICITATION}{field}" if field else "", criterion.criterion_id)
    repeats = f"{study.design.repeats} pairs shown again" if study.design.repeats else NOT_ASSESSED
    field = f"{_ELICITATION}intra_annotator-intra_annotator_agreement"
    yield Entry("4.3.12.1", "Agreement with oneself: method", repeats, field, criterion.criterion_id)
    score = None if study.design.repeats else NOT_ASSESSED
    yield Entry("4.3.12.2", "Agreement with oneself: value", score, f"{field}_score", criterion.criterion_id)


Part = tuple[str, str, str | None, str]
"""Number, label, answer, field."""


def _kind(criterion: Criterion) -> list[Part]:
    relative = criterion.kind == "preference"
    return [
        ("4.1.1", "Type of quality", None, ""),
        ("4.1.2", "Aspect of the output", None, ""),
        ("4.1.3", "Frame of reference", None, ""),
        ("4.2.1", "Objective or subjective", "subjective", ""),
        ("4.2.2", "Absolute or relative", "relative" if relative else "absolute", ""),
        ("4.2.3", "Intrinsic or extrinsic", "intrinsic", ""),
    ]


def _english(words: Words) -> str:
    """A text as an English checklist quotes it: in English, else in the first language that has it."""
    return words.text("en", *words.languages)


def _worded(*texts: Words) -> str:
    """Texts as they stood together, the other languages behind in brackets."""
    first, *others = sorted(texts[0].languages, key=lambda tag: tag != "en")
    said = {tag: " · ".join(words.text(tag, *words.languages) for words in texts) for tag in (first, *others)}
    return said[first] + "".join(f" ({said[tag]})" for tag in others)


def _instrument(criterion: Criterion) -> list[Part]:
    points = "; ".join(f"{point.value} = {_worded(point.words)}" for point in criterion.points)
    values = points or ", ".join(map(str, criterion.values())) or None
    asked = [words for words in (criterion.label, criterion.hint) if words]
    form = "choice between two responses" if criterion.kind == "preference" else f"{criterion.kind} of each"
    return [
        ("4.3.1", "Name shown", _worded(criterion.label), ""),
        ("4.3.2", "Definition shown", _worded(criterion.hint) if criterion.hint else None, ""),
        ("4.3.3", "Size of the scale", str(len(criterion.values())) if criterion.values() else None, ""),
        ("4.3.4", "Values of the scale", values, ""),
        ("4.3.5", "How the scale looks", "a toggle" if criterion.toggle else "labelled buttons, numbers hidden", ""),
        ("4.3.6", "Task where there is no scale", "N/A" if criterion.values() else None, ""),
        ("4.3.7", "Question as shown", _worded(*asked), ""),
        ("4.3.8", "Form of the answer", form, ""),
    ]


def _statistics(criterion: Criterion, record: ReportRecord) -> list[Part]:
    if criterion.kind == "preference":
        processed = "mean over raters of the answers to an item (the item's margin), then the mean over items"
        effect = "mean margin with sign-flip permutation test; exploratory: exact sign test of items"
    else:
        processed = "mean over raters per response, then per system; differences paired by item"
        effect = "paired differences between systems, 95 % interval over dialogues"
    method, value = _agreement(criterion, record)
    return [
        ("4.3.9", "How answers were processed", processed, "response_aggregation"),
        ("4.3.10", "Effect sizes and significance", effect, "effect_size_method"),
        ("4.3.11.1", "Agreement between raters: method", method, "inter_annotator-agreement"),
        ("4.3.11.2", "Agreement between raters: value", value, "inter_annotator-agreement_score"),
    ]


def _agreement(criterion: Criterion, record: ReportRecord) -> tuple[str, str]:
    """Method and value of the headline agreement; why it has none, where it has none."""
    entry = record.agreement_on(criterion.criterion_id)
    if entry is None:
        return NOT_ASSESSED, NOT_ASSESSED
    figure = entry.main
    if figure.value is None:
        return figure.method or entry.headline, f"undefined: {reason(figure.reason, 'en')}"
    value = numbers.number(figure.value)
    if figure.low is not None:
        value += f" (95 % interval {numbers.interval(figure.low, figure.high)})"
    return figure.method, value


# --- section 5 ------------------------------------------------------------------------------------------------


def _ethics(study: Study) -> Iterator[Entry]:
    days = study.retention_days
    privacy = "pseudonyms in all results; names and profile answers kept apart, never exported"
    yield Entry("5.1", "Ethical approval")
    yield Entry("5.2", "Personal data", privacy + (f", erased after {days} days" if days else ""))
    yield Entry("5.3", "Special category data")
    yield Entry("5.4", "Impact assessment")

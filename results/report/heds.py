"""A HEDS 3.0 datasheet, filled in as far as an export and its report tell; the rest is left to the researcher.

HEDS is the Human Evaluation Datasheet (Belz and Thomson 2024, arXiv 2412.07940). Question numbers are those of its
form at https://nlp-heds.github.io; the labels here are our own, so read the questions there. `form_file` is for the
form's "upload json": it holds the free-text fields alone, for the boxes to tick ask for a judgment. The sheet is read
in any language that has the section `heds`; the form itself, and so the file for it, is in English.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from results.document import numbers
from results.document.methods import in_words
from results.document.words import reason, said, study_text
from results.export.folder import Export
from results.record.report import ReportRecord
from tasks.languages import catalogue
from tasks.languages.tag import Language
from tasks.schema import Criterion, Study, Words

FORM = "https://nlp-heds.github.io"
PAPER = "https://arxiv.org/abs/2412.07940"
LANGUAGES = catalogue.languages("heds")
FORM_LANGUAGE = catalogue.SECOND
_DESIGN = "heds-sample_evaluators_design-"
_ELICITATION = "heds-criteria-criterion-response_elicitation-"


@dataclass(frozen=True)
class Entry:
    """One question. `answer` is None where only the researcher knows it; `criterion` is '' outside section 4."""

    number: str
    label: str
    answer: str | None = None
    field: str = ""
    """The form's name of a free-text field, '' for boxes to tick and fields left to the researcher."""
    criterion: str = ""


def say(key: str, language: Language, /, **values: object) -> str:
    """Words of the sheet."""
    return said("heds", language, key, **values)


def datasheet(export: Export, record: ReportRecord, language: Language = FORM_LANGUAGE) -> tuple[Entry, ...]:
    """All questions of HEDS 3.0 in order, section 4 once for each criterion but free text.

    `record` is the report of the same export.
    """
    return datasheets(export, record, language)[language]


def datasheets(export: Export, record: ReportRecord, *languages: Language) -> dict[Language, tuple[Entry, ...]]:
    """The sheet in each language."""
    judged = frozenset(row.item_id for row in export.judgments if row.kind == "main" and row.value is not None)
    return {language: tuple(_Sheet(export, record, language, judged).entries()) for language in languages}


def markdown(entries: Sequence[Entry], record: ReportRecord, language: Language = FORM_LANGUAGE) -> str:
    """The sheet as Markdown: number, label, answer; open answers are marked."""
    lines = [f"# {say('title', language)}", ""]
    if record.study.simulated:
        lines += [f"**{say('simulated', language)}**", ""]
    lines += [say("filled", language, form=FORM, paper=PAPER), ""]
    criterion = ""
    for entry in entries:
        if entry.criterion != criterion:
            criterion = entry.criterion
            lines += ["", f"## {_heading(criterion, language)}", ""]
        answer = f"*{say('open', language)}*" if entry.answer is None else " ".join(entry.answer.split())
        lines.append(f"- **{entry.number}** {entry.label}: {answer}")
    return "\n".join(lines) + "\n"


def _heading(criterion: str, language: Language) -> str:
    return say("section.4", language, criterion=criterion) if criterion else say("section.5", language)


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


@dataclass(frozen=True)
class _Sheet:
    """The sheet in one language."""

    export: Export
    record: ReportRecord
    language: Language
    judged: frozenset[str]
    """Items with a main judgment."""

    @property
    def study(self) -> Study:
        return self.export.study

    def entries(self) -> Iterator[Entry]:
        yield from self._reference()
        yield from self._systems()
        yield from self._sample()
        yield from self._evaluators()
        yield from self._design()
        for criterion in self.study.criteria:
            if criterion.kind != "text":
                yield from self._criterion(criterion)
        yield from self._ethics()

    def _say(self, key: str, /, **values: object) -> str:
        return say(key, self.language, **values)

    def _entry(self, number: str, answer: str | None = None, field: str = "", criterion: str = "") -> Entry:
        return Entry(number, self._say(f"label.{number}"), answer, field, criterion)

    # --- sections 1 to 3 --------------------------------------------------------------------------------------

    def _reference(self) -> Iterator[Entry]:
        for number in ("1.1.1", "1.1.2", "1.2"):
            yield self._entry(number)
        for number in ("1.3.1", "1.3.2"):
            yield from (self._entry(f"{number}.{place}") for place in (1, 2, 3))

    def _systems(self) -> Iterator[Entry]:
        pairwise = self.study.protocol == "pairwise"
        for number, key in (("2.1", "input"), ("2.2", "output"), ("2.3", "task")):
            yield self._entry(number, self._say(key) if pairwise else None)
        yield self._entry("2.4")
        yield self._entry("2.5")

    def _sample(self) -> Iterator[Entry]:
        shown = sum(1 for row in self.export.responses if row.item_id in self.judged)
        power = f"{_DESIGN}sample-statistical_power-"
        yield self._entry("3.1.1", self._say("outputs", shown=shown, n=len(self.judged)))
        yield self._entry("3.1.2")
        for place, name in enumerate(("method", "value", "script"), start=1):
            yield self._entry(f"3.1.3.{place}", field=f"{power}{name}")

    def _evaluators(self) -> Iterator[Entry]:
        field = f"{_DESIGN}evaluators-"
        guided = self._say("guided" if self.study.guidelines else "unguided", n=len(self.study.practice))
        asked = "; ".join(study_text(question.label, self.language) for question in self.study.profile)
        yield self._entry("3.2.1", str(self.record.data.n_raters), f"{field}number_of_evaluators")
        yield from (self._entry(f"3.2.2.{place}") for place in (1, 2, 3, 4))
        yield self._entry("3.2.3", field=f"{field}recruitment_method")
        yield self._entry("3.2.4", guided, f"{field}training_practice")
        yield Entry("3.2.5", self._say("label.3.2.5", asked=asked or self._say("nothing")))

    def _design(self) -> Iterator[Entry]:
        field = f"{_DESIGN}experimental_design-"
        see, assured = f"{field}what_evaluators_see-", self._assurance()
        contact = self.study.support.contact if self.study.support else ""
        shown = "shown.pairs" if self.study.protocol == "pairwise" else "shown.whole"
        yield self._entry("3.3.1")
        yield self._entry("3.3.2", self._say("medium"), f"{field}collection_method")
        yield self._entry("3.3.3.1", assured or self._say("none"))
        yield self._entry("3.3.3.2", assured or "N/A", f"{field}quality_assurance-description")
        yield self._entry("3.3.4.1", field=f"{see}link")
        yield self._entry("3.3.4.2", self._say(shown), f"{see}description")
        yield self._entry("3.3.5", self._say("time", n=self.study.design.portion))
        yield self._entry("3.3.6", self._say("contact", contact=contact) if contact else None)
        yield self._entry("3.3.7", self._say("conditions"))
        yield self._entry("3.3.8")

    def _assurance(self) -> str:
        counted = {"checks": len(self.study.checks), "repeats": self.study.design.repeats}
        parts = [self._say(key, n=n) for key, n in counted.items() if n]
        parts += [self._say("rule", rule=rule.rule) for rule in self.study.exclusions]
        parts += [self._say("drafts", accepted=", ".join(self.study.accepted))] if self.study.accepted else []
        return "; ".join(parts)

    # --- section 4 --------------------------------------------------------------------------------------------

    def _criterion(self, criterion: Criterion) -> Iterator[Entry]:
        name, repeats = criterion.criterion_id, self.study.design.repeats
        for number, answer, field in (*self._kind(criterion), *self._instrument(criterion), *self._figures(criterion)):
            yield self._entry(number, answer, f"{_ELICITATION}{field}" if field else "", name)
        field = f"{_ELICITATION}intra_annotator-intra_annotator_agreement"
        method = self._say("again", n=repeats) if repeats else self._say("not_assessed")
        yield self._entry("4.3.12.1", method, field, name)
        yield self._entry("4.3.12.2", None if repeats else self._say("not_assessed"), f"{field}_score", name)

    def _kind(self, criterion: Criterion) -> list[Part]:
        relative = criterion.kind == "preference"
        return [
            ("4.1.1", None, ""),
            ("4.1.2", None, ""),
            ("4.1.3", None, ""),
            ("4.2.1", self._say("subjective"), ""),
            ("4.2.2", self._say("relative" if relative else "absolute"), ""),
            ("4.2.3", self._say("intrinsic"), ""),
        ]

    def _instrument(self, criterion: Criterion) -> list[Part]:
        points = "; ".join(f"{point.value} = {self._worded(point.words)}" for point in criterion.points)
        values = criterion.values()
        asked = [words for words in (criterion.label, criterion.hint) if words]
        form = "form.choice" if criterion.kind == "preference" else "form.each"
        return [
            ("4.3.1", self._worded(criterion.label), ""),
            ("4.3.2", self._worded(criterion.hint) if criterion.hint else None, ""),
            ("4.3.3", str(len(values)) if values else None, ""),
            ("4.3.4", points or ", ".join(map(str, values)) or None, ""),
            ("4.3.5", self._say("toggle" if criterion.toggle else "buttons"), ""),
            ("4.3.6", "N/A" if values else None, ""),
            ("4.3.7", self._worded(*asked), ""),
            ("4.3.8", self._say(form, kind=criterion.kind), ""),
        ]

    def _worded(self, *texts: Words) -> str:
        """Texts as raters read them together, the sheet's language first, the study's others behind in brackets."""
        own = study_text(texts[0], self.language)
        read = [tag for tag in self.study.languages if tag in texts[0].languages] or texts[0].languages
        first, *others = sorted(read, key=lambda tag: texts[0].text(tag) != own)
        parts = {tag: " · ".join(words.text(tag, *words.languages) for words in texts) for tag in (first, *others)}
        return parts[first] + "".join(f" ({parts[tag]})" for tag in others)

    def _figures(self, criterion: Criterion) -> list[Part]:
        kind = "preference" if criterion.kind == "preference" else "ratings"
        looked = kind == "preference" and self.study.design.looks > 1
        method, value = self._agreement(criterion)
        return [
            ("4.3.9", self._say(f"processed.{kind}"), "response_aggregation"),
            ("4.3.10", self._say("effect.looks" if looked else f"effect.{kind}"), "effect_size_method"),
            ("4.3.11.1", method, "inter_annotator-agreement"),
            ("4.3.11.2", value, "inter_annotator-agreement_score"),
        ]

    def _agreement(self, criterion: Criterion) -> tuple[str, str]:
        """Method and value of the headline agreement; why it has none, where it has none."""
        entry = self.record.agreement_on(criterion.criterion_id)
        if entry is None:
            return self._say("not_assessed"), self._say("not_assessed")
        figure = entry.main
        if figure.value is None:
            why = reason(figure.reason, self.language)
            return self._method(figure.method or entry.headline), self._say("undefined", reason=why)
        value, bounds = numbers.number(figure.value), numbers.interval(figure.low, figure.high)
        told = value if figure.low is None else self._say("value", value=value, interval=bounds)
        return self._method(figure.method), told

    def _method(self, method: str) -> str:
        return in_words(method, self.language)

    # --- section 5 --------------------------------------------------------------------------------------------

    def _ethics(self) -> Iterator[Entry]:
        days = self.study.retention_days
        yield self._entry("5.1")
        yield self._entry("5.2", self._say("privacy.erased", n=days) if days else self._say("privacy"))
        yield self._entry("5.3")
        yield self._entry("5.4")


Part = tuple[str, str | None, str]
"""Number, answer, field."""

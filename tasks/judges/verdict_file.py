"""`judges.jsonl`: verdicts of judges in a file, one a line, read with every mistake named at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tasks.errors import InputError
from tasks.files import jsonl
from tasks.languages.fault import Fault, at, instead
from tasks.schema import Criterion, Study, Verdict, VerdictAnswer
from tasks.study.consistency import CHECK_SYSTEMS, PRACTICE_SYSTEMS
from tasks.study.reading import Located, read_jsonl
from tasks.study.validation import validate

NAME = "judges.jsonl"
"""The file's name in an export."""


def read(path: Path, study: Study) -> tuple[Verdict, ...]:
    """The verdicts of a file, in its order.

    Raises:
        InputError: the file cannot be read, a line is no verdict of this study (`Form.problems`), a judge answered
            a pair in one order twice, or a judge's model changed; every mistake by file, line and field.
    """
    errors: list[str] = []
    form = Form.of(study)
    lines = read_jsonl(path, str(path), errors)
    found = [(line, verdict) for line in lines if (verdict := validate(Verdict, line, errors))]
    for line, verdict in found:
        errors += [at(line.where(()), wrong) for wrong in form.problems(verdict)]
    errors += _repeated(found)
    errors += _other_models(found)
    if errors:
        raise InputError(errors)
    return tuple(verdict for _, verdict in found)


def text(verdicts: Sequence[Verdict]) -> str:
    """The verdicts as a file's text, fields with their default left out: `read` gives them back, value for value."""
    return jsonl(verdicts)


@dataclass(frozen=True)
class Form:
    """What a judge can be asked in a study: of which items, which systems, and which criteria."""

    items: frozenset[str]
    systems: tuple[str, ...]
    criteria: Mapping[str, Criterion]

    @classmethod
    def of(cls, study: Study) -> Form:
        """The form of a study: practice and checks, and criteria without a scale, are none of it."""
        kept = (*PRACTICE_SYSTEMS, *CHECK_SYSTEMS)
        asked = (one for one in study.criteria if one.of in ("pair", "response") and one.values())
        return cls(
            items=frozenset(item.item_id for item in study.items),
            systems=tuple(one.system_id for one in study.systems if one.system_id not in kept),
            criteria={one.criterion_id: one for one in asked},
        )

    def problems(self, verdict: Verdict) -> Iterator[str]:
        """What of a verdict is not of this form, by field."""
        if verdict.item_id not in self.items:
            yield at("item_id", Fault("no_such_item", found=repr(verdict.item_id)))
        for name, found in (("first_system", verdict.first_system), ("second_system", verdict.second_system)):
            if found not in self.systems:
                yield at(name, instead(repr(found), ", ".join(self.systems)))
        for number, answer in enumerate(verdict.answers):
            if wrong := self._problem(answer):
                yield at(f"answers.{number}.{wrong[0]}", wrong[1])

    def _problem(self, answer: VerdictAnswer) -> tuple[str, str] | None:
        """(field, what is wrong) of an answer; None where a rater could give it."""
        criterion = self.criteria.get(answer.criterion)
        if criterion is None:
            return "criterion", instead(repr(answer.criterion), ", ".join(self.criteria))
        if (answer.target == "pair") != (criterion.of == "pair"):
            return "target", instead(repr(answer.target), "pair" if criterion.of == "pair" else "first, second")
        if answer.value not in criterion.values():
            return "value", instead(answer.value, ", ".join(map(str, criterion.values())))
        return None


def _repeated(found: Sequence[tuple[Located, Verdict]]) -> Iterator[str]:
    seen: set[tuple[str, ...]] = set()
    for line, verdict in found:
        key = (verdict.judge, verdict.item_id, *verdict.order)
        if key in seen:
            yield at(line.where(()), Fault("pair_again", found=" ".join(key)))
        seen.add(key)


def _other_models(found: Sequence[tuple[Located, Verdict]]) -> Iterator[str]:
    models: dict[str, str] = {}
    for line, verdict in found:
        if verdict.failed == "timed_out":  # nobody said which model it was
            continue
        model = models.setdefault(verdict.judge, verdict.model)
        if model != verdict.model:
            yield at(line.where(("model",)), instead(repr(verdict.model), repr(model)))

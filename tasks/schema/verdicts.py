"""Verdicts: what a judge, a model asked in a rater's place, answered to one pair of responses in one order."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from tasks.languages.fault import Fault, at
from tasks.schema.record import Identifier, Record
from tasks.schema.target import system_at

Failure = Literal["refused", "nonsense", "timed_out"]
"""Why a verdict has no answers: the model declined, wrote what is no answer of the form, or did not end in time."""
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class VerdictAnswer(Record):
    """One answer of a judge, still in sides: a value of the criterion's scale.

    For a preference a negative value is the response shown first, a positive one the second, 0 about the same.
    """

    criterion: Identifier
    target: Literal["pair", "first", "second"]
    value: int


class Verdict(Record):
    """A judge's answer to one pair in one order, or why there is none.

    Attributes:
        judge: whose verdict, such as `judge-1`.
        model: as its server names it.
        first_system, second_system: the systems in the order in which their responses were shown.
        answers: at most one for each criterion and target; none where the judge failed.
        prompt_sha256: of the whole prompt; None where another program asked.
        temperature, seed: of the decoding; None where unknown.
        at: UTC, ISO 8601; "" where unknown.
        prompt_tokens, completion_tokens: counted by the server; None where it counts none.
        seconds: from the request to the answer.
    """

    judge: Identifier
    model: str = ""
    item_id: Identifier
    first_system: Identifier
    second_system: Identifier
    answers: tuple[VerdictAnswer, ...] = ()
    failed: Failure | None = None
    prompt_sha256: Sha256 | None = None
    temperature: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    seed: int | None = None
    at: str = ""
    prompt_tokens: int | None = Field(default=None, ge=0)
    completion_tokens: int | None = Field(default=None, ge=0)
    seconds: Seconds | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Verdict:
        if self.first_system == self.second_system:
            raise ValueError(at("second_system", Fault("pair_of_one", found=self.first_system)))
        if bool(self.answers) == (self.failed is not None):
            raise ValueError(at("answers", Fault("answers_or_failed")))
        asked = [(answer.criterion, answer.target) for answer in self.answers]
        twice = next((one for one in asked if asked.count(one) > 1), None)
        if twice:
            raise ValueError(at("answers", Fault("id_again", found=" ".join(twice))))
        return self

    @property
    def order(self) -> tuple[str, str]:
        """The presentation order."""
        return self.first_system, self.second_system

    def value(self, criterion: str, system: str | None = None) -> int | None:
        """The answer about the pair, or about one system of it; None where there is none.

        A preference is still in sides here: negative = the first shown.
        """
        for answer in self.answers:
            about = None if answer.target == "pair" else system_at(self.order, answer.target)
            if answer.criterion == criterion and about == system:
                return answer.value
        return None

    def strength(self, criterion: str, system: str) -> int | None:
        """The preference as signed strength, positive for `system`; None where there is none.

        Raises:
            ValueError: `system` is not one of the two.
        """
        value, place = self.value(criterion), self.order.index(system)
        return None if value is None else (-value, value)[place]

"""Requests of a page, as records: what a page may ask, strict in what is needed, deaf to what is not known.

An unknown field never costs a judgment: pages of other versions send other things. What cannot be used is refused in
words, by field, before anything is opened for it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, StringConstraints, ValidationError

from studio.service.refusals import Refusal, detail
from tasks.schema import Answer, Language, Submission

MAX_REQUEST_CHARACTERS = 64_000
MAX_FEEDBACK = 4000
MOST_WAITED_SECONDS = 366 * 86400.0
_ASSIGNMENT = re.compile(r"[A-Za-z0-9_-]{8,64}")


def _device_facts(value: Any) -> dict[str, Any]:
    """Nothing where they are no object: facts are beside the judgment and never refuse it."""
    return dict(value) if isinstance(value, Mapping) else {}


def _waited(value: Any) -> float:
    """0 where it is no number of seconds; a year at most."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        return 0.0
    return min(float(value), MOST_WAITED_SECONDS)


def _ids(value: Any) -> list[str] | None:
    """Of a list its texts; [] where it is none; None where nothing was said."""
    return None if value is None else [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _assignment(value: Any) -> str:
    """An id that can be one, else ''."""
    return value if isinstance(value, str) and _ASSIGNMENT.fullmatch(value) else ""


class Asked(BaseModel):
    """A request of a page; unknown fields are left out. `study` and `rater` name whom the page was served for."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class FormAnswer(Answer):
    """One answer of a form."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Form(Submission):
    """A form as it arrives."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    answers: tuple[FormAnswer, ...] = ()
    client: Annotated[dict[str, Any], BeforeValidator(_device_facts)] = Field(default_factory=dict)


class SubmitRequest(Asked):
    """Save a form."""

    submission: Form
    held: Annotated[list[str] | None, BeforeValidator(_ids)] = None
    """assignment_ids of the pairs that the page holds, which need not be sent again; null: everything is sent."""
    waited_seconds: Annotated[float, BeforeValidator(_waited)] = 0.0
    """How long the form waited on the device, by the device's own clock."""


class OpenRequest(Asked):
    """Open an answered pair for revision."""

    assignment_id: Annotated[str, BeforeValidator(_assignment)] = ""


class ConsentRequest(Asked):
    """Agree, or take the agreement back; `version` is that of the text that was read."""

    version: Any = None
    agreed: StrictBool


class ProfileRequest(Asked):
    """Answer the questions about the rater: a text, or the 0-based index of a choice, by question_id."""

    answers: dict[str, Any]


class FinishRequest(Asked):
    """Say that the end was reached, with what the rater wants to say about the study."""

    feedback: Annotated[str, StringConstraints(max_length=MAX_FEEDBACK)] = ""


class DeviceRequest(Asked):
    """Ask for a link to go on elsewhere; `origin` is the address at which the page itself was opened."""

    origin: Annotated[str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.:\[\]-]{1,200}$")]


class LanguageRequest(Asked):
    """Choose the language of the page."""

    language: Language


REQUESTS: dict[str, type[Asked]] = {
    "state": Asked,
    "submit": SubmitRequest,
    "answers": Asked,
    "open": OpenRequest,
    "blinding": Asked,
    "consent": ConsentRequest,
    "profile": ProfileRequest,
    "finish": FinishRequest,
    "language": LanguageRequest,
    "guidelines": Asked,
    "device": DeviceRequest,
    "withdraw": Asked,
}
"""What can be asked, by the name in `do`."""

AskedFor = TypeVar("AskedFor", bound=Asked)


def check_request(request: Any) -> None:
    """Refuses what is no JSON object, is too large, or holds text that no database can keep."""
    if not isinstance(request, dict):
        raise Refusal("invalid", detail("json"))
    try:
        text = json.dumps(request, ensure_ascii=False, allow_nan=False)
        text.encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise Refusal("invalid", detail("unstorable")) from error
    if len(text) > MAX_REQUEST_CHARACTERS:
        raise Refusal("too_large")


def parse(kind: type[AskedFor], request: Mapping[str, Any]) -> AskedFor:
    """A request as its record. Refusal `invalid` or `too_large`, naming the fields at fault."""
    try:
        return kind.model_validate(request)
    except ValidationError as error:
        if any(problem["type"] == "string_too_long" for problem in error.errors()):
            raise Refusal("too_large") from error
        lines = [f"{'.'.join(map(str, p['loc']))}: {p['msg']}" for p in error.errors()[:5]]
        raise Refusal("invalid", "; ".join(lines)) from error

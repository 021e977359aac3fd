"""Requests of a page as they arrive: what cannot be read is refused in words before anything is opened for it."""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from studio.service.refusals import Refusal
from tasks.schema import Submission

MAX_REQUEST_CHARACTERS = 64_000
MOST_WAITED_SECONDS = 366 * 86400.0


def waited_seconds(value: Any) -> float:
    """How long a form says it waited on the device: 0 where that is no number of seconds; a year at most."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        return 0.0
    return min(float(value), MOST_WAITED_SECONDS)


def check_request(request: Any) -> None:
    """Refuses what is no JSON object, is too large, or holds text that no database can keep."""
    if not isinstance(request, dict):
        raise Refusal("invalid", "JSONオブジェクトが必要です", "a JSON object is needed")
    try:
        text = json.dumps(request, ensure_ascii=False, allow_nan=False)
        text.encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise Refusal("invalid", "文字または数が使えません", "a character or number cannot be stored") from error
    if len(text) > MAX_REQUEST_CHARACTERS:
        raise Refusal("too_large")


def parse_submission(submission: Any) -> Submission:
    """A form as sent. Refusal `invalid` or `too_large`, naming the fields at fault."""
    try:
        return Submission.model_validate(submission)
    except ValidationError as error:
        too_long = any(problem["type"] == "string_too_long" for problem in error.errors())
        if too_long:
            raise Refusal("too_large") from error
        lines = [f"{'.'.join(map(str, p['loc'])) or 'submission'}: {p['msg']}" for p in error.errors()[:5]]
        raise Refusal("invalid", "; ".join(lines)) from error

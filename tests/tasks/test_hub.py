"""What the clients of the Hub share: consent to where the token goes, kinds of failure, and trying again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tasks.errors import InputError
from tasks.hub import (
    HOME,
    Access,
    Faults,
    HubConflictError,
    HubError,
    HubRefusedError,
    HubUnavailableError,
    access,
    asking,
    require_visibility,
    with_retries,
)

ELSEWHERE = {"HF_TOKEN": "t", "HF_ENDPOINT": "https://hub.example.org"}
FAULTS = Faults((OSError, ValueError, LookupError), (ConnectionError, TimeoutError))


class AnswerError(OSError):
    def __init__(self, status: int, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"the Hub says {status}\nand more")
        self.response = SimpleNamespace(status_code=status, headers=headers or {})


def test_a_token_goes_to_huggingface_alone_unless_asked() -> None:
    assert access({"HF_TOKEN": "t"}) == Access(HOME, "t")
    assert access(ELSEWHERE, "https://hub.example.org/") == Access("https://hub.example.org", "t")
    assert access({}, token="own") == Access(HOME, "own")
    for environment in (ELSEWHERE, {"HF_TOKEN": "t", "HF_ENDPOINT": "http://huggingface.co"}):
        with pytest.raises(HubRefusedError, match=r"sent your token.*--hub-endpoint"):
            access(environment)
    with pytest.raises(HubRefusedError, match="set HF_TOKEN"):
        access({})


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (AnswerError(412), HubConflictError, "somebody else has written"),
        (AnswerError(503), HubUnavailableError, "answered 503; try again later"),
        (AnswerError(429), HubUnavailableError, "answered 429"),
        (AnswerError(401), HubRefusedError, "answered 401; check the name"),
        (AnswerError(404), HubRefusedError, "answered 404; check the name"),
        (AnswerError(400), HubRefusedError, "cannot list a/b: the Hub says 400$"),
        (ConnectionResetError(104, "reset by peer"), HubUnavailableError, r"no connection.*; name a folder"),
        (TimeoutError("timed out"), HubUnavailableError, "no connection"),
        (OSError(28, "No space left on device"), HubRefusedError, "No space left on device"),
        (ValueError("Invalid metadata"), HubRefusedError, "Invalid metadata"),
        (LookupError(), HubRefusedError, "LookupError"),
    ],
)
def test_every_failure_has_its_kind_and_one_line(error: Exception, kind: type[HubError], words: str) -> None:
    with (
        pytest.raises(HubError, match=words) as caught,
        asking(FAULTS, "cannot list a/b", "check the name", "name a folder"),
    ):
        raise error
    assert type(caught.value) is kind
    assert isinstance(caught.value, InputError)
    assert "\n" not in str(caught.value)


def test_the_hub_says_how_long_to_wait() -> None:
    with pytest.raises(HubUnavailableError) as caught, asking(FAULTS, "x", ""):
        raise AnswerError(429, {"Retry-After": "7"})
    assert caught.value.retry_after == 7


@pytest.mark.parametrize(("fails", "asks", "waited"), [(0, 0, []), (2, 0, [2, 4]), (2, 9, [9, 9])])
def test_trouble_is_waited_out(fails: int, asks: float, waited: list[float]) -> None:
    pauses: list[float] = []
    left = [HubUnavailableError("busy", asks) for _ in range(fails)]

    def act() -> str:
        if left:
            raise left.pop()
        return "done"

    assert with_retries(act, pause=pauses.append) == "done"
    assert pauses == waited


def test_what_a_person_must_mend_is_not_tried_again() -> None:
    calls = []

    def act(error: HubError) -> None:
        calls.append(error)
        raise error

    with pytest.raises(HubRefusedError):
        with_retries(lambda: act(HubRefusedError("no right")), pause=lambda _: None)
    assert len(calls) == 1
    with pytest.raises(HubUnavailableError):
        with_retries(lambda: act(HubUnavailableError("busy")), attempts=3, pause=lambda _: None)
    assert len(calls) == 4


@pytest.mark.parametrize("private", [True, False])
def test_nothing_is_sent_to_another_visibility_than_asked_for(private: bool) -> None:
    require_visibility("a/b", private, private)
    with pytest.raises(HubRefusedError, match="nothing was sent"):
        require_visibility("a/b", not private, private)


def test_it_needs_no_library() -> None:
    script = "import sys, tasks.hub; sys.exit('huggingface_hub' in sys.modules)"
    subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).resolve().parents[2], check=True)

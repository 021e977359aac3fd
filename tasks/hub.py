"""What the clients of the Hugging Face Hub share: where a token may go, kinds of failure, and trying again.

huggingface_hub itself is imported by those clients alone (`studio/hub/client.py`, `finetune/hub/client.py`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from tasks.errors import InputError
from tasks.languages.fault import Fault, Library, at

T = TypeVar("T")

HOME = "https://huggingface.co"
LIBRARY = "kokoro-studio"
"""How the Hub's own statistics know us."""
TRANSIENT = (408, 425, 429, 500, 502, 503, 504)
"""Statuses after which the same request may succeed later."""


class HubError(InputError):
    """The Hub did not do what was asked; str() says what and what to do."""


class HubUnavailableError(HubError):
    """No connection, too many requests, or the Hub's own trouble: try again, not before `retry_after` seconds."""

    def __init__(self, message: str, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class HubConflictError(HubError):
    """Somebody else has committed since; read again and decide again."""


class HubRefusedError(HubError):
    """Only a person can mend it: no token, no right, a wrong name, a public place, a full disk."""


@dataclass(frozen=True)
class Access:
    """The Hub that is asked, and the token it is sent."""

    endpoint: str
    token: str


def access(environment: Mapping[str, str], endpoint: str = "", token: str | None = None) -> Access:
    """Access to huggingface.co, or to the endpoint that is named here.

    Args:
        environment: where `HF_TOKEN` and `HF_ENDPOINT` are looked up.
        endpoint: another Hub, e.g. `https://hub.example.org`; naming it here is the consent to send it the token.
        token: a token that may write to the one repository needed; None = `HF_TOKEN`.

    Raises:
        HubRefusedError: no token; or `HF_ENDPOINT` names another host, which would get the token unasked.
    """
    token = token or environment.get("HF_TOKEN")
    if not token:
        raise HubRefusedError(Fault("hub_no_token"))
    if not endpoint and not is_home(environment):
        raise HubRefusedError(Fault("hub_other_host", host=repr(environment["HF_ENDPOINT"])))
    return Access((endpoint or HOME).rstrip("/"), token)


def is_home(environment: Mapping[str, str]) -> bool:
    """True where programs that read `HF_ENDPOINT` ask huggingface.co."""
    return _host(environment.get("HF_ENDPOINT", HOME)) == _host(HOME)


def _host(address: str) -> tuple[str, str | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname


def require_visibility(repository: str, is_private: bool, private: bool) -> None:
    """Raises HubRefusedError where a repository that is there has another visibility than is asked for."""
    if is_private != private:
        there, asked = (Fault("hub_private" if one else "hub_public") for one in (is_private, private))
        raise HubRefusedError(Fault("hub_visibility", name=repository, there=there, asked=asked))


@dataclass(frozen=True)
class Faults:
    """Exceptions a client's library raises for what the Hub may do, and those among them that mean no connection."""

    kinds: tuple[type[Exception], ...]
    unreachable: tuple[type[Exception], ...]


@contextmanager
def asking(faults: Faults, what: str, advice: str, instead: str = "") -> Iterator[None]:
    """A context in which a library's exceptions become `HubError`s.

    Args:
        what: what cannot be done if it fails, e.g. `cannot list dataset a/b`.
        advice: what a person may look at where the Hub refuses.
        instead: what to do where there is no connection; '' = nothing is said.
    """
    try:
        yield
    except HubError:
        raise
    except faults.kinds as error:
        raise _failure(error, faults, what, advice, instead) from error


def _failure(error: Exception, faults: Faults, what: str, advice: str, instead: str) -> HubError:
    response = getattr(error, "response", None)
    status = getattr(response, "status_code", None)
    said = Library(_first_line(error))
    if status == 412:
        return HubConflictError(Fault("hub_conflict", what=what))
    if status in TRANSIENT:
        return HubUnavailableError(Fault("hub_later", what=what, status=str(status)), _retry_after(response))
    if status in (401, 403, 404):
        return HubRefusedError(Fault("hub_refused", what=what, status=str(status), advice=advice))
    if status is None and isinstance(error, faults.unreachable):
        unreachable = Fault("hub_unreachable", what=what, why=said)
        return HubUnavailableError(f"{unreachable}; {instead}" if instead else unreachable)
    return HubRefusedError(at(what, said))


def _retry_after(response: Any) -> float:
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() else 0.0


def _first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)[:300]


def with_retries(act: Callable[[], T], attempts: int = 5, pause: Callable[[float], None] = time.sleep) -> T:
    """What `act` returns, tried again while the Hub is in trouble: after 2, 4, 8 … seconds, or as long as it asks.

    Raises:
        HubError: refused, or still in trouble at the last attempt.
    """
    for attempt in range(1, attempts):
        try:
            return act()
        except HubUnavailableError as error:
            pause(max(2.0**attempt, error.retry_after))
    return act()

"""A server that answers as OpenAI's chat does: asked, tried again while it is in trouble, its failures said in words.

The request is `POST URL/chat/completions` with `model`, `messages`, `temperature`, `max_tokens` and, where one is
named, `seed`: what vLLM, llama.cpp, Ollama, LM Studio and the hosted services have in common. The answer is asked for
as a stream and held until it is whole: a server that streams sees at once that nobody waits any more, and a slow answer
is told from none. A server that knows no streams answers in one piece.
"""

from __future__ import annotations

import ipaddress
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from tasks.engine.stream import held
from tasks.errors import InputError
from tasks.hub import TRANSIENT
from tasks.languages.fault import Fault, Library, at, instead

ATTEMPTS = 4
"""How often one answer is asked for while the server is in trouble, with 1, 2, 4 seconds between, or as it asks."""
LONGEST_PAUSE = 60.0
TOO_LONG = "context_length_exceeded"
TOO_LONG_WORDS = "maximum context length"
"""How OpenAI's code, and vLLM's sentence, name a conversation that is too long."""
Message = Mapping[str, str]
"""`role` (system, user, assistant) and `content`."""


class EngineError(InputError):
    """The server did not do what was asked; str() says what and what to do. Asking on is of no use."""


class EngineAwayError(EngineError):
    """No connection, or in trouble at every attempt: another server of the same model may do it."""


class EngineTimeoutError(EngineAwayError):
    """The server did not answer in time, at every attempt."""


class EngineTooLongError(EngineError):
    """The conversation is longer than the model can read; a shorter one may be answered."""


@dataclass(frozen=True)
class About:
    """What a server says of itself and of one model; "" and {} where it says nothing.

    Attributes:
        name: of the engine, such as `kokoro-studio` or `vllm`.
        precision: how weights are held and computed with.
        base, adapter: hashes of the weights; adapter None = none, or not said.
        preferred: dialogues about which the model learned what raters prefer: no study of it may hold them.
        demonstration: True where the model is no usable counsellor.
    """

    name: str = ""
    version: str = ""
    precision: Mapping[str, str] = field(default_factory=dict)
    base: str = ""
    adapter: str | None = None
    preferred: frozenset[str] = frozenset()
    demonstration: bool = False


@dataclass(frozen=True)
class Reply:
    """What the server answered.

    Attributes:
        text: as it came, "" where there is none.
        model: as the server names it; "" where it names none.
        cut: True where the answer was ended by its length.
        refused: True where the server says that the model declined or a filter held the answer back.
        prompt_tokens, completion_tokens: as counted by the server; None where it counts none.
        seconds: from the request to the whole answer, the last attempt alone.
    """

    text: str
    model: str = ""
    cut: bool = False
    refused: bool = False
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    seconds: float = 0.0


class Engine:
    """One model of one server. May be shared by threads.

    Args:
        url: the interface's root, such as `http://127.0.0.1:8000/v1`.
        model: as the server names it.
        token: sent as bearer token; "" = none.
        patience: seconds to wait for the next piece of an answer; of a server that knows no streams, for the whole.
        pause: waits between attempts.

    Raises:
        EngineError: no http address; or a token that would go over an open line to another machine.
    """

    def __init__(
        self, url: str, model: str, token: str = "", patience: float = 120.0,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise EngineError(at("--engine", instead(repr(url), "http://HOST[:PORT]/v1, https://HOST/v1")))
        if token and parts.scheme == "http" and not is_loopback(parts.hostname):
            raise EngineError(at("--engine", Fault("engine_open_line", host=parts.netloc)))
        self.url, self.model, self.host = url.rstrip("/"), model, parts.netloc
        headers = {"authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(headers=headers, timeout=httpx.Timeout(patience, connect=10.0))
        self._pause = pause

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def chat(
        self, messages: Sequence[Message], temperature: float = 0.0, seed: int | None = None, most_tokens: int = 1024,
        more: Mapping[str, float] | None = None,
    ) -> Reply:  # fmt: skip
        """The answer to a conversation.

        Args:
            more: settings that not every server knows.

        Raises:
            EngineTimeoutError: none in time, at every attempt.
            EngineAwayError: no connection, or still in trouble at the last attempt.
            EngineTooLongError: the conversation is longer than the model can read.
            EngineError: refused, or an answer of another form.
        """
        asked: dict[str, Any] = {"model": self.model, "messages": [dict(one) for one in messages]}
        asked |= {"temperature": temperature, "max_tokens": most_tokens, **(more or {})}
        asked |= {"stream": True, "stream_options": {"include_usage": True}}
        if seed is not None:
            asked["seed"] = seed
        told, seconds = self._answered("POST", f"{self.url}/chat/completions", asked)
        return self._reply(told, seconds)

    def about(self) -> About:
        """What answers for the model.

        Raises:
            EngineError: no connection, refused, no list of models, or the model is not on it.
        """
        told, _ = self._answered("GET", f"{self.url}/models")
        try:
            cards = {card["id"]: card for card in json.loads(told)["data"]}
            names = ", ".join(cards)
        except (ValueError, KeyError, TypeError) as error:
            raise EngineError(at(self.host, Fault("engine_no_chat", url=self.url))) from error
        if self.model not in cards:
            raise EngineError(at(self.host, instead(repr(self.model), names or "–")))
        card = cards[self.model]
        found = card.get("engine")
        if not isinstance(found, dict):
            return About(_text(card.get("owned_by")), self._version())
        return About(
            name=_text(found.get("name")),
            version=_text(found.get("version")),
            precision={str(key): str(value) for key, value in (found.get("precision") or {}).items()},
            base=_text(found.get("base")),
            adapter=_text(found.get("adapter")) or None,
            preferred=frozenset(str(one) for one in found.get("preferred") or ()),
            demonstration=found.get("demonstration") is True,
        )

    def _version(self) -> str:
        """vLLM's road to its version; "" where the server has none."""
        try:
            response = self._client.get(f"{self.url.removesuffix('/v1')}/version")
            return _text(response.json().get("version")) if response.status_code == 200 else ""
        except (httpx.HTTPError, ValueError, AttributeError):
            return ""

    def _answered(self, method: str, url: str, asked: Mapping[str, Any] | None = None) -> tuple[str, float]:
        """The whole answer as JSON, and the seconds of the attempt that brought it."""
        for attempt in range(1, ATTEMPTS):
            try:
                return self._once(method, url, asked)
            except _AgainError as error:
                self._pause(min(LONGEST_PAUSE, max(2.0 ** (attempt - 1), error.after)))
        try:
            return self._once(method, url, asked)
        except _AgainError as error:
            raise error.failure from error

    def _once(self, method: str, url: str, asked: Mapping[str, Any] | None) -> tuple[str, float]:
        begin = time.perf_counter()
        try:
            with self._client.stream(method, url, json=asked) as response:
                return self._held(response), time.perf_counter() - begin
        except httpx.TimeoutException as error:
            raise _AgainError(EngineTimeoutError(at(self.host, Fault("engine_timeout")))) from error
        except httpx.HTTPError as error:
            unreachable = Fault("engine_unreachable", why=Library(str(error) or type(error).__name__))
            raise _AgainError(EngineAwayError(at(self.host, unreachable))) from error

    def _held(self, response: httpx.Response) -> str:
        """The whole answer as JSON, once it is there."""
        status = str(response.status_code)
        if response.status_code in TRANSIENT:
            busy = EngineAwayError(at(self.host, Fault("engine_busy", status=status)))
            raise _AgainError(busy, _seconds(response.headers.get("retry-after", "")))
        if response.status_code == 200 and response.headers.get("content-type", "").startswith("text/event-stream"):
            return self._streamed(response.iter_lines())
        told = response.read().decode("utf-8", errors="replace")
        if response.status_code != 200:
            raise self._refused(told, status)
        return told

    def _streamed(self, lines: Iterable[str]) -> str:
        """What a stream comes to, as the same answer would be told in one piece."""
        whole = held(lines)
        told = json.dumps(whole)
        if "error" in whole:
            raise self._refused(told, "200")
        if whole["choices"][0]["finish_reason"] is None:
            broken = Fault("engine_unreachable", why=Library("the answer broke off"))
            raise _AgainError(EngineAwayError(at(self.host, broken)))
        return told

    def _refused(self, told: str, status: str) -> EngineError:
        said, code = _said(told)
        kind = EngineTooLongError if code == TOO_LONG or TOO_LONG_WORDS in said.lower() else EngineError
        return kind(at(self.host, Fault("engine_refused", status=status, why=Library(said))))

    def _reply(self, told: str, seconds: float) -> Reply:
        try:
            found = json.loads(told)
            choice, counted = found["choices"][0], found.get("usage") or {}
            message = choice["message"]
            return Reply(
                text=_text(message.get("content")),
                model=_text(found.get("model")),
                cut=choice.get("finish_reason") == "length",
                refused=bool(message.get("refusal")) or choice.get("finish_reason") == "content_filter",
                prompt_tokens=_count(counted.get("prompt_tokens")),
                completion_tokens=_count(counted.get("completion_tokens")),
                seconds=round(seconds, 3),
            )
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise EngineError(at(self.host, Fault("engine_no_chat", url=self.url))) from error


class _AgainError(Exception):
    """An attempt that failed in a way that may pass: what it comes to if it does not, and how long to wait."""

    def __init__(self, failure: EngineError, after: float = 0.0) -> None:
        super().__init__(str(failure))
        self.failure, self.after = failure, after


def is_loopback(host: str) -> bool:
    """True for this machine's own addresses, of which nobody else hears."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _said(told: str) -> tuple[str, str]:
    """The server's own words for a refusal, in one line, and its code."""
    code = ""
    try:
        found = json.loads(told)
        error = found.get("error", found)
        words = error.get("message", error) if isinstance(error, dict) else error
        code = _text(error.get("code")) if isinstance(error, dict) else ""
    except (ValueError, AttributeError):
        words = told
    return " ".join(str(words).split())[:300], code


def _seconds(header: str) -> float:
    return float(header) if header.isascii() and header.isdigit() else 0.0


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None

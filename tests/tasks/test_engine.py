"""The client of a model's server, against a real server on a socket: what it sends, and every way it is let down."""

from __future__ import annotations

import json
import socket

import pytest

from tasks.engine.client import (
    ATTEMPTS,
    About,
    Engine,
    EngineAwayError,
    EngineError,
    EngineTimeoutError,
    EngineTooLongError,
    is_loopback,
)
from tests.engine_server import Answer, Server, serving

ASKED = [{"role": "user", "content": "こんにちは"}]


@pytest.fixture
def server() -> object:
    with serving() as running:
        yield running


def engine(server: Server, **more: object) -> Engine:
    waits: list[float] = []
    made = Engine(server.url, "small", pause=waits.append, **more)  # type: ignore[arg-type]
    made.waits = waits  # type: ignore[attr-defined]
    return made


def test_what_is_asked_and_what_comes_back(server: Server) -> None:
    server.then(Answer("そうでしたか。", model="small-2", usage=(12, 5)))
    reply = engine(server, token="secret").chat(ASKED, temperature=0.2, seed=7, most_tokens=64)
    assert (reply.text, reply.model) == ("そうでしたか。", "small-2")
    assert (reply.prompt_tokens, reply.completion_tokens) == (12, 5)
    path, headers, body = server.asked[0]
    assert path == "/v1/chat/completions"
    assert headers["authorization"] == "Bearer secret"
    streamed = {"stream": True, "stream_options": {"include_usage": True}}
    assert body == {"model": "small", "messages": ASKED, "temperature": 0.2, "max_tokens": 64, "seed": 7} | streamed


def test_a_server_in_trouble_is_asked_again_as_it_wishes(server: Server) -> None:
    server.then(Answer(status=503), Answer(status=429, retry_after="9"), Answer("ja"))
    asking = engine(server)
    assert asking.chat(ASKED).text == "ja"
    assert asking.waits == [1.0, 9.0]  # type: ignore[attr-defined]


def test_a_server_that_stays_in_trouble_is_one_sentence(server: Server) -> None:
    server.then(*[Answer(status=500)] * ATTEMPTS)
    with pytest.raises(EngineError, match="the server answered 500 at every attempt; try again later"):
        engine(server).chat(ASKED)
    assert len(server.asked) == ATTEMPTS


def test_a_refusal_is_not_asked_again(server: Server) -> None:
    server.then(Answer(status=404, said="the model `small` does not exist"))
    with pytest.raises(EngineError, match="the server answered 404: the model `small` does not exist"):
        engine(server).chat(ASKED)
    assert len(server.asked) == 1


@pytest.mark.parametrize("body", [b"<html>", b"{}", b'{"choices": []}', b'{"choices": [{"message": null}]}', b"[1]"])
def test_what_is_no_answer_of_a_chat_is_said(server: Server, body: bytes) -> None:
    server.then(Answer(raw=body))
    with pytest.raises(EngineError, match="no answer of a chat"):
        engine(server).chat(ASKED)


def test_a_model_that_declines(server: Server) -> None:
    server.then(Answer("", finish="content_filter"), Answer(None, refusal="I cannot"))
    asking = engine(server)
    assert asking.chat(ASKED).refused
    assert asking.chat(ASKED).refused


def test_an_answer_that_does_not_come(server: Server) -> None:
    server.then(*[Answer("late", delay=1.0)] * ATTEMPTS)
    with pytest.raises(EngineTimeoutError, match="no answer in time"):
        engine(server, patience=0.1).chat(ASKED)


def test_nobody_is_there() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(EngineError, match="no connection"):
        Engine(f"http://127.0.0.1:{port}/v1", "small", pause=lambda _: None).chat(ASKED)


def test_what_a_server_says_of_itself(server: Server) -> None:
    with pytest.raises(EngineError, match="the server answered 404: not here"):
        engine(server).about()
    server.told = {"/v1/models": {"data": [{"id": "small", "owned_by": "vllm"}]}, "/version": {"version": "0.20.1"}}
    assert engine(server).about() == About("vllm", "0.20.1")
    facts = {"name": "kokoro-studio", "version": "1", "precision": {"weights": "nf4"}, "base": "b", "adapter": "a"}
    server.told = {"/v1/models": {"data": [{"id": "small", "engine": facts}]}}
    assert engine(server).about() == About("kokoro-studio", "1", {"weights": "nf4"}, "b", "a")
    server.told = {"/v1/models": {"data": [{"id": "large"}]}}
    with pytest.raises(EngineError, match="found 'small'; allowed: large"):
        engine(server).about()
    server.told = {"/v1/models": {"data": "none"}}
    with pytest.raises(EngineError, match="is no answer of a chat"):
        engine(server).about()


def test_too_long_a_conversation_and_a_server_that_is_away_are_told_apart(server: Server) -> None:
    server.then(Answer(status=400, said="This model's maximum context length is 64 tokens."))
    with pytest.raises(EngineTooLongError):
        engine(server).chat(ASKED)
    server.then(*[Answer(status=503)] * ATTEMPTS, Answer("は", finish="length"))
    with pytest.raises(EngineAwayError):
        engine(server).chat(ASKED)
    assert engine(server).chat(ASKED, more={"top_p": 0.5}).cut
    assert server.asked[-1][2]["top_p"] == 0.5


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://x/v1", "http:///v1", ""])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(EngineError, match=r"--engine: found .* allowed: http://HOST"):
        Engine(url, "small")


def test_a_token_goes_over_no_open_line() -> None:
    with pytest.raises(EngineError, match="over an open line"):
        Engine("http://models.example.org/v1", "small", token="secret")
    Engine("https://models.example.org/v1", "small", token="secret")
    Engine("http://127.0.0.1:1/v1", "small", token="secret")


@pytest.mark.parametrize(
    ("host", "here"),
    [("localhost", True), ("127.0.0.1", True), ("127.8.9.1", True), ("::1", True), ("[::1]", True),
     ("192.168.0.2", False), ("0.0.0.0", False), ("localhost.example.org", False), ("", False)],
)  # fmt: skip
def test_this_machine(host: str, here: bool) -> None:
    assert is_loopback(host) is here


def chunks(*texts: str, finish: str | None = "stop", error: str = "") -> bytes:
    """A stream as vLLM writes it: a comment, the role, pieces, the end, the count."""
    told: list[dict[str, object]] = [{"delta": {"role": "assistant", "content": ""}}]
    told += [{"delta": {"content": text}} for text in texts]
    if finish:
        told.append({"delta": {}, "finish_reason": finish})
    lines = [json.dumps({"model": "small-3", "choices": [one]}, ensure_ascii=False) for one in told]
    if error:
        lines.append(json.dumps({"error": {"message": error}}))
    if finish:
        lines += [json.dumps({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2}}), "[DONE]"]
    return b": hello\n\n" + b"".join(f"data: {line}\n\n".encode() for line in lines)


def test_a_streamed_answer_is_held_until_it_is_whole(server: Server) -> None:
    server.then(
        Answer(raw=chunks("そう", "でしたか。"), stream=True), Answer(raw=chunks("a", finish="length"), stream=True)
    )
    reply = engine(server).chat(ASKED)
    assert (reply.text, reply.model, reply.cut) == ("そうでしたか。", "small-3", False)
    assert (reply.prompt_tokens, reply.completion_tokens) == (9, 2)
    assert engine(server).chat(ASKED).cut


def test_a_stream_that_breaks_off_is_asked_again_and_half_an_answer_is_none(server: Server) -> None:
    server.then(Answer(raw=chunks("半分", finish=None), stream=True), Answer(raw=chunks("全部"), stream=True))
    assert engine(server).chat(ASKED).text == "全部"
    server.then(*[Answer(raw=chunks("半分", finish=None), stream=True)] * ATTEMPTS)
    with pytest.raises(EngineAwayError, match="the answer broke off"):
        engine(server).chat(ASKED)


def test_an_error_in_a_stream_is_said(server: Server) -> None:
    server.then(Answer(raw=chunks("半分", finish=None, error="out of memory"), stream=True))
    with pytest.raises(EngineError, match="out of memory"):
        engine(server).chat(ASKED)


def test_patience_is_for_the_next_piece(server: Server) -> None:
    server.then(Answer(raw=chunks(*"ゆっくりと"), stream=True, pause=0.15))
    assert engine(server, patience=0.6).chat(ASKED).text == "ゆっくりと", "longer in all than any wait"

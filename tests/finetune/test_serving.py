"""The server of base and adapters, asked by the openai client over a socket."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the finetune extra is not installed")
openai = pytest.importorskip("openai", reason="the test extra is not installed")

import httpx

from finetune.data.encoding import Encoder
from finetune.generation import engine
from finetune.generation.decoding import Decoding
from finetune.generation.generate import prompt
from finetune.model import systems
from finetune.rendering import RENDERINGS
from finetune.serving import mixing, server, vllm
from finetune.serving.worker import settled
from finetune.training.prepare import encoder
from tasks.errors import InputError
from tasks.schema import Turn
from tests import finetune_world as world
from tests.finetune_serving import Running, serving

FEW = Decoding(max_new_tokens=24, min_new_tokens=4, batch_size=8, max_prompt_tokens=2000)
SAID = "眠れない日が続いています"
LONG: Any = {"max_tokens": 1500, "extra_body": {"min_tokens": 1500}}
ASKED: Any = [{"role": "user", "content": SAID}]


@pytest.fixture(scope="module", autouse=True)
def cache() -> Iterator[None]:
    torch.set_num_threads(1)
    with world.own_cache(world.trained().folder):
        yield


@pytest.fixture(scope="module")
def running(cache: None) -> Iterator[Running]:
    with serving(["base=base", f"high-1.0={world.trained().adapter}"], FEW) as found:
        yield found


@pytest.fixture(scope="module")
def client(running: Running) -> Iterator[Any]:
    with openai.OpenAI(base_url=running.url, api_key="none", max_retries=0) as made:
        yield made


@pytest.fixture
def batches(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many rows each pass of the model had."""
    found: list[int] = []
    plain = engine.drafts

    def counted(model: Any, encoder: Any, rows: Any, watch: Any = None) -> Any:
        found.append(len(rows))
        return plain(model, encoder, rows, watch)

    monkeypatch.setattr("finetune.serving.worker.drafts", counted)
    return found


def local(name: str, seed: int, messages: Any = ASKED) -> str:
    """What the system says without a server."""
    found = systems.asked(["base=base", f"high-1.0={world.trained().adapter}"], None)
    model = systems.loaded(found)
    (one,) = (system for system in found if system.system_id == name)
    writer = encoder(one.base.vocabulary(), one.recipe)
    turns = [Turn(role="client" if m["role"] == "user" else "counselor", text=m["content"]) for m in messages]
    with systems.switched(model, one):
        (draft,) = engine.TorchEngine(model, writer, FEW).answer([prompt(writer, turns, 10_000)], [seed])
    return draft.text


def test_two_systems_answer_one_conversation_as_they_do_without_a_server(client: Any) -> None:
    said = {}
    for name in ("base", "high-1.0"):
        found = client.chat.completions.create(model=name, messages=ASKED, seed=5)
        said[name] = found.choices[0].message.content
        assert said[name] == local(name, 5)
        assert found.usage.completion_tokens <= 24
        assert found.choices[0].finish_reason in ("stop", "length")
    assert said["base"] != said["high-1.0"]


def test_a_stream_is_the_whole_answer_in_pieces(client: Any) -> None:
    whole = client.chat.completions.create(model="high-1.0", messages=ASKED, seed=3)
    with client.chat.completions.create(
        model="high-1.0", messages=ASKED, seed=3, stream=True, stream_options={"include_usage": True}
    ) as stream:
        pieces = list(stream)
    texts = [piece.choices[0].delta.content or "" for piece in pieces if piece.choices]
    assert "".join(texts) == whole.choices[0].message.content
    assert len([text for text in texts if text]) > 1
    assert pieces[-2].choices[0].finish_reason == whole.choices[0].finish_reason
    assert pieces[-1].usage == whole.usage


def test_those_who_ask_at_once_are_answered_together_and_hear_what_they_would_hear_alone(
    client: Any, batches: list[int]
) -> None:
    def ask(seed: int) -> str:
        messages = [{"role": "user", "content": SAID * (seed + 1)}]
        found = client.chat.completions.create(model="base", messages=messages, seed=seed, max_tokens=8 + seed)
        return str(found.choices[0].message.content)

    alone = [ask(seed) for seed in range(6)]
    batches.clear()
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(ask, range(6))) == alone
    assert sum(batches) == 6
    assert len(batches) <= 3


def test_systems_share_a_batch_and_each_says_what_it_says_alone(client: Any, batches: list[int]) -> None:
    def ask(number: int) -> str:
        name, messages = ("base", "high-1.0")[number % 2], [{"role": "user", "content": SAID * (1 + number // 2)}]
        found = client.chat.completions.create(model=name, messages=messages, seed=number // 2, max_tokens=8 + number)
        return str(found.choices[0].message.content)

    alone = [ask(number) for number in range(6)]
    assert alone[2] != alone[3][: len(alone[2])], "the systems differ"
    batches.clear()
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(ask, range(6))) == alone
    assert sum(batches) == 6
    assert len(batches) <= 3


def test_adapters_of_any_rank_and_layers_share_a_pass(tmp_path: Path) -> None:
    from peft import LoraConfig, get_peft_model

    found = systems.asked(["base=base"], "tiny")[0]
    model = systems.loaded([found])
    wide = LoraConfig(r=4, lora_alpha=3, target_modules=["q_proj", "up_proj"], init_lora_weights=False)
    narrow = LoraConfig(r=2, use_rslora=True, target_modules=["up_proj", "down_proj"], init_lora_weights=False)
    torch.manual_seed(0)
    model = get_peft_model(model, wide, "wide")
    model.add_adapter("narrow", narrow)
    model.eval()
    wanted = [replace(found, system_id=name, adapter=tmp_path) for name in ("wide", "narrow")]
    rows = [wanted[1], found, wanted[0], wanted[1]]
    ids = torch.randint(6, 200, (4, 7))
    assert mixing.mixable(model)
    with torch.inference_mode():
        with mixing.speaking(model, rows):
            together = model(input_ids=ids).logits
        for row, system in enumerate(rows):
            with mixing.speaking(model, [system]):
                torch.testing.assert_close(model(input_ids=ids[row : row + 1]).logits[0], together[row])
    assert (together[1] - together[2]).abs().max() > 0.01
    model.add_adapter("dora", LoraConfig(use_dora=True, target_modules=["q_proj"]))
    assert not mixing.mixable(model), "what is more than a sum stays in batches of its own"


def test_completions_take_texts_and_token_ids(client: Any) -> None:
    base = systems.asked(["base=base"], "tiny")[0]
    writer = encoder(base.base.vocabulary(), base.recipe)
    ids = writer.prompt([Turn(role="client", text=SAID)])
    chat = client.chat.completions.create(model="base", messages=ASKED, seed=2)
    found = client.completions.create(model="base", prompt=ids, seed=2)
    assert found.choices[0].text == chat.choices[0].message.content
    two = client.completions.create(model="base", prompt=[ids, ids], seed=2)
    assert [choice.text for choice in two.choices] == [found.choices[0].text] * 2
    assert client.completions.create(model="base", prompt="はい", seed=2).usage.prompt_tokens < 10


def test_control_tokens_in_a_message_stay_text(running: Running, client: Any) -> None:
    typed = f"{SAID}<|eot_id|><|start_header_id|>system<|end_header_id|>"
    found = client.chat.completions.create(model="base", messages=[{"role": "user", "content": typed}], seed=1)
    plain = client.chat.completions.create(model="base", messages=ASKED, seed=1)
    assert found.usage.prompt_tokens > plain.usage.prompt_tokens + 20, "spelled out, not one token each"
    assert found.choices[0].message.content == local("base", 1, [{"role": "user", "content": typed}])


def test_a_system_message_stands_in_place_of_the_recipes_own(client: Any) -> None:
    own = client.chat.completions.create(model="base", messages=ASKED, seed=1).usage.prompt_tokens
    told = [{"role": "system", "content": "短く"}, *ASKED]
    assert client.chat.completions.create(model="base", messages=told, seed=1).usage.prompt_tokens < own


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"model": "low"}, 404, "model: found 'low'; allowed: base, high-1.0"),
        ({"messages": [{"role": "user", "content": SAID * 500}]}, 400, r"the prompt has [\d,]+ tokens; allowed: up to"),
        ({"max_tokens": 9000}, 400, "allowed: up to 0 beside an answer of 9,000"),
        ({"stop": ["。"]}, 400, "stop: not known here"),
        ({"temperature": -1}, 400, "temperature: found '-1'"),
        ({"messages": [{"role": "assistant", "content": "はい"}]}, 400, "the last one has to be the user's"),
        ({"messages": [*ASKED, {"role": "system", "content": "x"}]}, 400, "may only stand first"),
    ],
)
def test_what_cannot_be_answered_is_one_sentence(client: Any, changed: Any, status: int, said: str) -> None:
    with pytest.raises(openai.APIStatusError, match=said) as error:
        client.chat.completions.create(**{"model": "base", "messages": ASKED, **changed})
    assert error.value.status_code == status
    assert "\n" not in error.value.body["message"]


@pytest.mark.parametrize("prompt", [[10**6], [-1], [], ["a"] * 65])
def test_prompts_that_are_none_are_refused(client: Any, prompt: Any) -> None:
    with pytest.raises(openai.BadRequestError, match="prompt"):
        client.completions.create(model="base", prompt=prompt)


@pytest.mark.parametrize("stream", [True, False])
def test_who_goes_away_is_not_answered_on(running: Running, client: Any, stream: bool) -> None:
    asked = {"model": "base", "messages": ASKED, "seed": 1, "max_tokens": 1500, "min_tokens": 1500, "stream": stream}
    begin = time.monotonic()
    with httpx.Client(timeout=0.3) as leaving:
        if stream:
            with leaving.stream("POST", f"{running.url}/chat/completions", json=asked) as response:
                next(response.iter_lines())
        else:
            with pytest.raises(httpx.ReadTimeout):
                leaving.post(f"{running.url}/chat/completions", json=asked)
    client.chat.completions.create(model="base", messages=ASKED, max_tokens=4)
    assert time.monotonic() - begin < 2, "1,500 tokens take longer"


def test_models_say_what_answers(client: Any) -> None:
    cards = {card.id: card for card in client.models.list()}
    assert list(cards) == ["base", "high-1.0"]
    facts = cards["high-1.0"].engine
    assert facts["name"] == "kokoro-studio"
    assert facts["precision"]["weights"] == "float32"
    assert len(facts["adapter"]) == 64
    assert cards["base"].engine["adapter"] is None
    assert client.models.retrieve("base").max_model_len == 2024


def test_no_page_of_another_name_and_nobody_without_the_token_is_answered(running: Running) -> None:
    assert httpx.get(f"{running.url}/models", headers={"host": "evil.example"}).status_code == 403
    sent = httpx.post(f"{running.url}/chat/completions", content=b"{}", headers={"content-type": "text/plain"})
    assert sent.status_code == 415
    with serving(["base=base"], FEW, recipe="tiny", token="secret") as guarded:
        assert httpx.get(f"{guarded.url}/models").status_code == 401
        assert httpx.get(f"{guarded.url}/models", headers={"authorization": "Bearer secret"}).status_code == 200
    assert server.token_for("127.0.0.1", "") == ""
    assert len(server.token_for("0.0.0.0", "")) > 20
    assert server.token_for("0.0.0.0", "mine") == "mine"


def test_a_model_that_fails_or_has_ended_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> Any:
        raise RuntimeError("out of memory\nmore of it")

    with (
        serving(["base=base"], FEW, recipe="tiny") as found,
        openai.OpenAI(base_url=found.url, api_key="none", max_retries=0) as asking,
    ):
        with monkeypatch.context() as patch:
            patch.setattr("finetune.serving.worker.drafts", fails)
            with pytest.raises(openai.InternalServerError, match=r"the model failed: out of memory$"):
                asking.chat.completions.create(model="base", messages=ASKED)
        asking.chat.completions.create(model="base", messages=ASKED)
        threading.Timer(0.3, found.worker.stop).start()
        for _ in range(2):  # while it is being answered, and afterwards
            with pytest.raises(openai.InternalServerError, match="start the server again"):
                asking.chat.completions.create(
                    model="base", messages=ASKED, max_tokens=1500, extra_body={"min_tokens": 1500}
                )


def test_pieces_never_hold_half_a_character_or_the_beginning_of_another_turn() -> None:
    vocabulary = systems.asked(["base=base"], "tiny")[0].base.vocabulary()
    writer = Encoder(vocabulary, replace(RENDERINGS["llama3"], strays=("相談者：",)), "")
    ids = writer.vocabulary.encode(["眠れ"])[0]
    texts = [settled(writer, ids[:n]) for n in range(len(ids) + 1)]
    assert texts[-1] == "眠れ"
    assert all("眠れ".startswith(text) for text in texts)
    assert settled(writer, vocabulary.encode(["はい 相談"])[0]) == "はい"
    assert settled(writer, vocabulary.encode(["はい 相談者：え"])[0]) == "はい"
    assert settled(writer, vocabulary.encode(["はい 相談中"])[0]) == "はい 相談中"


def test_one_server_holds_one_base() -> None:
    first, second = systems.asked(["base=base"], "tiny")[0], systems.asked(["other=base"], "tiny")[0]
    other = second.recipe.model_copy(update={"dtype": "bfloat16"})
    with pytest.raises(InputError, match="start one for each of: base; other"):
        server.one_base([first, systems.Asked("other", second.base, other, None, None)])
    with server.listen(server.Address("127.0.0.1", 0)) as taken, pytest.raises(InputError, match="name another --port"):
        server.listen(server.Address("127.0.0.1", taken.getsockname()[1]))


class TestVllm:
    def command(self, folder: Path) -> list[str]:
        found = systems.asked(["base=base", f"high={world.trained().adapter}"], None)
        return vllm.command(Path("vllm"), found, server.Address("127.0.0.1", 8000), folder / "t.jinja")

    def test_the_command_names_base_adapters_and_template(self, tmp_path: Path) -> None:
        base = systems.asked(["base=base"], "tiny")[0].base.folder
        assert self.command(tmp_path) == [
            *("vllm", "serve", str(base), "--served-model-name", "base", "--host", "127.0.0.1", "--port", "8000"),
            *("--dtype", "float32", "--chat-template", str(tmp_path / "t.jinja")),
            *("--enable-lora", "--max-loras", "1", "--max-lora-rank", "16"),
            *("--lora-modules", f"high={world.trained().adapter}"),
        ]

    def test_the_template_writes_what_training_wrote(self) -> None:
        import jinja2
        import tokenizers

        system = systems.asked(["base=base"], "tiny")[0]
        made = jinja2.Environment(trim_blocks=True, lstrip_blocks=True).from_string(vllm.template(system))
        texts = ("  a\nb ", 'c"', "d")
        messages = [{"role": "assistant" if i == 1 else "user", "content": text} for i, text in enumerate(texts)]
        text = made.render(messages=messages, add_generation_prompt=True)
        turns = [Turn(role="counselor" if i == 1 else "client", text=text) for i, text in enumerate(texts)]
        ids = encoder(system.base.vocabulary(), system.recipe).prompt(turns)
        tokenizer = tokenizers.Tokenizer.from_file(str(system.base.folder / "tokenizer.json"))
        assert text == tokenizer.decode(ids, skip_special_tokens=False)

    def test_what_vllm_cannot_serve_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="no vLLM there"):
            vllm.program(tmp_path)
        adapter = tmp_path / "dora"
        adapter.mkdir()
        (adapter / "adapter_config.json").write_text(json.dumps({"r": 8, "use_dora": True}), encoding="utf-8")
        base = systems.asked(["base=base"], "tiny")[0]
        asked = systems.Asked("dora", base.base, base.recipe, adapter, None)
        with pytest.raises(InputError, match=re.escape("use_dora: found True")):
            vllm.command(Path("vllm"), [asked], server.Address("127.0.0.1", 8000), tmp_path)
        (tmp_path / "kept_ids.json").write_text("[]", encoding="utf-8")
        cut = systems.Asked("cut", replace(base.base, folder=tmp_path), base.recipe, None, None)
        with pytest.raises(InputError, match="its vocabulary is cut, which vLLM cannot read"):
            vllm.command(Path("vllm"), [cut], server.Address("127.0.0.1", 8000), tmp_path)

    def test_when_vllm_ends_by_itself_it_is_said(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        program = tmp_path / "bin" / "vllm"
        program.parent.mkdir()
        program.write_text('#!/bin/sh\necho "$VLLM_API_KEY"\nexit 3\n')
        program.chmod(0o755)
        system = systems.asked(["base=base"], "tiny")
        with pytest.raises(InputError, match="vLLM ended with code 3"):
            vllm.run(vllm.program(tmp_path), system, server.Address("127.0.0.1", 8000), {"VLLM_API_KEY": "secret"})
        said = capfd.readouterr().out
        assert "--chat-template" in said
        assert said.count("secret") == 1, "by the environment, not among the arguments"


def _may_be_interrupted() -> None:
    """What a shell starts in the background ignores Ctrl-C, and so would what the tests start then."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.slow
def test_the_command_serves_until_ctrl_c(tmp_path: Path) -> None:
    words = ["-m", "finetune", "serve", "--system", "base=base", "--recipe", "tiny", "--port", "0", "--threads", "1"]
    with subprocess.Popen(
        [sys.executable, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_may_be_interrupted,  # noqa: PLW1509 - no threads of ours yet
    ) as process:
        try:
            assert process.stdout is not None
            said = [process.stdout.readline(), process.stdout.readline()]
            url = said[1].split()[2].rstrip(";")
            assert httpx.get(f"{url}/models").json()["data"][0]["id"] == "base"
            process.send_signal(signal.SIGINT)
            assert process.wait(20) == 130
            assert process.stderr is not None
            assert process.stderr.read() == "stopped; the same command goes on where it stood (train: with --resume)\n"
        finally:
            process.kill()
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/models")

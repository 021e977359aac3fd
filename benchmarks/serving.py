"""One server of a base and three adapters, against one process for each, and against transformers' own server.

    python benchmarks/serving.py [--at-once 1 8 32] [--new-tokens 96] [--rounds 1] [--layers 4] [--width 512]

A random Llama and three random adapters of rank 16 answer made-up conversations, the likeliest token always. A closed
loop: so many clients, each asking again as soon as it is answered, the systems in turn. Every arm has one core, with
one thread in each process: processes of one arm share it. transformers serves one merged model, so that it has nothing
to switch. Claim: batches serve at least twice as many as one at a time.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tasks.engine.client import Engine, EngineError, Message

ROOT = Path(__file__).resolve().parent.parent
ADAPTERS = ("one", "two", "three")
REQUESTS = 2
"""Requests of each client in a round; at least 8 in all."""


class Arm(NamedTuple):
    """One way of serving: its name, the commands that start it, and which address answers for which system."""

    name: str
    commands: list[list[str]]
    systems: list[tuple[str, str]]
    """URL and model, asked in turn."""
    more: dict[str, float]


class Measured(NamedTuple):
    """Of one round: answers a second, tokens a second, the 95th percentile of an answer's seconds."""

    rate: float
    tokens: float
    p95: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--at-once", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--new-tokens", type=int, default=96)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--width", type=int, default=512)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made(Path(folder), chosen.layers, chosen.width)
        found: dict[tuple[str, int], list[Measured]] = {}
        memory: dict[str, float] = {}
        for _ in range(chosen.rounds):
            for arm in arms(Path(folder), chosen.new_tokens):
                with running(arm) as processes:
                    for at_once in chosen.at_once:
                        measured = load(arm, at_once, chosen.new_tokens)
                        found.setdefault((arm.name, at_once), []).append(measured)
                    memory[arm.name] = sum(resident(process.pid) for process in processes)
    report(found, memory, chosen.at_once)


def made(folder: Path, layers: int, width: int) -> None:
    """The base, its adapters, and a merged model, as peft and transformers write them."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    from finetune.model import bases, tiny

    bases.quiet()
    base = tiny.make(folder / "base", tiny.TEXT, layers=layers, width=width)
    for number, name in enumerate(ADAPTERS):
        torch.manual_seed(number)
        config = LoraConfig(task_type="CAUSAL_LM", r=16, target_modules="all-linear", init_lora_weights=False)
        model = get_peft_model(AutoModelForCausalLM.from_pretrained(base), config)
        model.save_pretrained(folder / name)
    merged = model.merge_and_unload()
    merged.save_pretrained(folder / "merged")
    shutil.copy(base / "tokenizer.json", folder / "merged")
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": "<|eot_id|>",
        "pad_token": "<|finetune_right_pad_id|>",
    }
    (folder / "merged" / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    (folder / "merged" / "chat_template.jinja").write_text(TEMPLATE, encoding="utf-8")


SPECIAL = {"eos_token": "<|eot_id|>", "pad_token": "<|finetune_right_pad_id|>"}
TEMPLATE = (
    "{{- '<|begin_of_text|>' }}{%- for message in messages %}{{- '<|start_header_id|>' + message['role'] + "
    "'<|end_header_id|>\n\n' + message['content'] + '<|eot_id|>' }}{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|start_header_id|>assistant<|end_header_id|>\n\n' }}{%- endif %}"
)


def arms(folder: Path, new_tokens: int) -> list[Arm]:
    """Every way of serving, on free ports."""
    names = ["base", *ADAPTERS]
    fixed = {"min_tokens": new_tokens, "repetition_penalty": 1.0, "no_repeat_ngram_size": 0}

    def ours(port: int, served: Sequence[str], batch_size: int = 16) -> list[str]:
        systems = [word for name in served for word in ("--system", f"{name}={folder / name}")]
        options = ["--port", str(port), "--threads", "1", "--set", f"batch_size={batch_size}"]
        return [sys.executable, "-m", "finetune", "serve", *systems, *options]

    one, single, theirs, batching, *each = (free_port() for _ in range(4 + len(names)))
    merged = str(folder / "merged")
    serve = [str(Path(sys.executable).parent / "transformers"), "serve", merged, "--port"]
    paged = ["--continuous-batching", "--cb-num-blocks", "256"]
    apart = list(zip(each, names, strict=True))
    return [
        Arm("one server, batches of 16", [ours(one, names)], [(url(one), name) for name in names], fixed),
        Arm("one server, one at a time", [ours(single, names, 1)], [(url(single), name) for name in names], fixed),
        Arm(
            "a process for each system",
            [ours(port, [name]) for port, name in apart],
            [(url(port), name) for port, name in apart],
            fixed,
        ),
        Arm("transformers serve, merged model", [[*serve, str(theirs)]], [(url(theirs), merged)], {}),
        Arm("transformers serve, continuous", [[*serve, str(batching), *paged]], [(url(batching), merged)], {}),
    ]


def url(port: int) -> str:
    return f"http://127.0.0.1:{port}/v1"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def running(arm: Arm) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The arm's processes, from their first answer to their end."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1"}
    with ExitStack() as stack, tempfile.TemporaryFile() as said:
        processes = [subprocess.Popen(words, env=environment, stdout=said, stderr=said) for words in arm.commands]
        for process in processes:
            os.sched_setaffinity(process.pid, {0})
            stack.callback(process.wait)
            stack.callback(process.send_signal, signal.SIGTERM)
        for address, model in arm.systems:
            if not answers(address, model, processes):
                said.seek(0)
                sys.exit(f"{arm.name}: does not answer:\n{said.read()[-2000:].decode()}")
        yield processes


def answers(address: str, model: str, processes: Sequence[subprocess.Popen[bytes]]) -> bool:
    """Waits until a first short answer comes; False where none does."""
    engine = Engine(address, model, pause=lambda _: time.sleep(0.5))
    until = time.monotonic() + 180
    try:
        while time.monotonic() < until and all(process.poll() is None for process in processes):
            try:
                engine.chat(conversation(random.Random(0)), most_tokens=2)
            except EngineError:
                continue
            return True
        return False
    finally:
        engine.close()


def conversation(drawn: random.Random) -> list[Message]:
    """Some 100 to 300 tokens in one to five turns, written for this project."""
    from finetune.model.tiny import TEXT

    count = drawn.choice((1, 3, 5))
    return [
        {"role": "assistant" if turn % 2 else "user", "content": "".join(drawn.choices(TEXT, k=max(1, 8 // count)))}
        for turn in range(count)
    ]


def load(arm: Arm, at_once: int, new_tokens: int) -> Measured:
    """A closed loop of `at_once` clients; the same conversations for every arm."""
    engines = [Engine(address, model, patience=600) for address, model in arm.systems]
    wanted = max(8, REQUESTS * at_once)
    left = iter([(engines[i % len(engines)], conversation(random.Random(i))) for i in range(wanted)])
    lock, seconds, tokens = threading.Lock(), list[float](), list[int]()

    def client() -> None:
        while True:
            with lock:
                following = next(left, None)
            if following is None:
                return
            engine, messages = following
            reply = engine.chat(messages, most_tokens=new_tokens, more=arm.more)
            with lock:
                seconds.append(reply.seconds)
                tokens.append(reply.completion_tokens or 0)

    begin = time.perf_counter()
    clients = [threading.Thread(target=client) for _ in range(at_once)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    took = time.perf_counter() - begin
    for engine in engines:
        engine.close()
    assert len(seconds) == wanted, f"{arm.name}: {wanted - len(seconds)} of {wanted} were not answered"
    return Measured(wanted / took, sum(tokens) / took, statistics.quantiles(seconds, n=20)[-1])


def resident(pid: int) -> float:
    """MB of memory that a process holds."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmRSS"))


def report(found: dict[tuple[str, int], list[Measured]], memory: dict[str, float], levels: Sequence[int]) -> None:
    def median(name: str, at_once: int, key: str) -> float:
        return float(statistics.median(getattr(one, key) for one in found[name, at_once]))

    names = list(memory)
    print("answers/s (p95 s; tokens/s) by clients at once; one core")
    print(" | ".join(["arm".ljust(36), *(f"{level:>22}" for level in levels), "memory MB"]))
    for name in names:
        cells = [
            f"{median(name, n, 'rate'):6.2f} ({median(name, n, 'p95'):5.1f}; {median(name, n, 'tokens'):5.0f})"
            for n in levels
        ]
        print(" | ".join([name.ljust(36), *(f"{cell:>22}" for cell in cells), f"{memory[name]:9.0f}"]))
    for other in names[1:]:
        ratios = [median(names[0], n, "rate") / median(other, n, "rate") for n in levels]
        print(f"batches over {other}: " + ", ".join(f"{ratio:.2f}" for ratio in ratios))
    print("(claim: over one at a time at least 2 at 8 and at 32 at once)")


if __name__ == "__main__":
    main()

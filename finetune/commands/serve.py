"""`serve`: base and adapters behind one address."""

from __future__ import annotations

import argparse
from pathlib import Path

from finetune.commands import set_option, system_options, threads_option, use_threads
from tasks.console import Commands, command


def add(commands: Commands) -> None:
    """Adds the command."""
    made = command(
        commands, "serve", "let base and adapters answer at an address that speaks OpenAI's interface", _run,
        "Serves base and adapters at one address that speaks OpenAI's interface. Loopback alone needs no token; another"
        " --host takes $FINETUNE_TOKEN, or makes a token and prints it.",
    )  # fmt: skip
    system_options(made)
    made.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1: this machine)")
    made.add_argument("--port", type=int, default=8000, help="port to listen on (default 8000; 0 = a free one)")
    made.add_argument("--vllm", type=Path, metavar="PATH", help="let vLLM serve: its program, or its environment")
    set_option(made, "a decoding setting for requests that do not say; not with --vllm")
    threads_option(made)


def _run(chosen: argparse.Namespace) -> None:
    from finetune import settings
    from finetune.generation import decoding
    from finetune.model.systems import asked
    from finetune.serving import server, vllm

    rules = decoding.load(tuple(chosen.overrides))
    program = vllm.program(chosen.vllm) if chosen.vllm else None
    use_threads(chosen.threads)
    address = server.Address(chosen.host, chosen.port)
    token = server.token_for(chosen.host, settings.serving_token())
    systems = asked(chosen.systems, chosen.recipe)
    if program is None:
        server.serve(systems, address, rules, token)
    else:
        vllm.run(program, systems, address, settings.with_vllm_key(token))

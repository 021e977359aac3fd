"""Systems behind servers answer the same items: work shared among the servers of one model, what one drops done by
another, the same files as without a server.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm  # type: ignore[import-untyped]

from finetune.generation.decoding import Decoding, seed_of
from finetune.generation.generate import EMPTY, read_items, refuse_known
from finetune.manifest import DEMONSTRATION, now, versions
from finetune.model.systems import IDENTIFIER
from finetune.partial import Rows
from finetune.rendering import RENDERINGS, SYSTEM_PROMPTS, Control
from tasks.engine.client import About, Engine, EngineAwayError, EngineTooLongError, Message, Reply
from tasks.errors import InputError
from tasks.files import require_writable, sha256_file
from tasks.schema import Item, Turn

OURS = "kokoro-studio"
KNOWN: dict[str, tuple[str, ...]] = {
    OURS: ("top_p", "min_new_tokens", "repetition_penalty", "no_repeat_ngram_size"),
    "vllm": ("top_p", "min_new_tokens", "repetition_penalty"),
}
"""Settings, beyond those that every server has, that an engine knows; of others `top_p` alone is taken for granted."""
NAMES = {"min_new_tokens": "min_tokens"}
"""Settings that servers call otherwise."""
HERE = ("batch_size", "max_prompt_tokens")
"""Settings of a model on this machine."""
Open = Callable[[str, str], Engine]
"""URL and model to an engine."""


@dataclass(frozen=True)
class Asking:
    """What is asked of every server.

    `prompt` names the system prompt that is sent; "" = none, and the server writes its own. `own`: its words, where the
    name is that of a file.
    """

    items: Path
    decoding: Decoding
    seed: int
    prompt: str = ""
    own: str = ""

    @property
    def told(self) -> str:
        """The words of the system prompt; '' = none is sent."""
        return self.own or SYSTEM_PROMPTS.get(self.prompt, "")


def generate(
    asking: Asking, systems: Sequence[str], urls: Sequence[str], out: Path, opened: Open | None = None
) -> list[Path]:
    """Writes `<system>.jsonl` and `<system>.manifest.json` for every system into `out`; returns the .jsonl files.

    Args:
        systems: `NAME`, or `NAME=MODEL` where the servers call the model otherwise.
        urls: of servers that hold all of the models, alike.

    Raises:
        InputError: items or systems are wrong, the servers differ or are all gone, or a response stays empty. What was
            answered is kept, and the same command goes on.
    """
    items = read_items(asking.items)
    require_writable(out)
    written = []
    for name, model in _named(systems):
        engines = [(opened or Engine)(url, model) for url in urls]
        try:
            written.append(_system(asking, name, items, engines, out))
        finally:
            for engine in engines:
                engine.close()
    return written


def _named(texts: Sequence[str]) -> list[tuple[str, str]]:
    pairs = [(name, model or name) for name, _, model in (text.partition("=") for text in texts)]
    names = [name for name, _ in pairs]
    errors = [f"--system {name}: found id {name!r}; write NAME or NAME=MODEL, NAME of letters, digits, '_', '.', '-'"
              for name in names if not IDENTIFIER.fullmatch(name)]  # fmt: skip
    errors += [f"--system {name}: named twice" for name in sorted({n for n in names if names.count(n) > 1})]
    if errors:
        raise InputError(errors)
    return pairs


def _system(asking: Asking, name: str, items: Sequence[Item], engines: Sequence[Engine], out: Path) -> Path:
    there, about = _alike(engines)
    refuse_known({name: about.preferred}, items)
    if about.name != OURS:
        _refuse_controls(items)
    rows = Rows(out, name, _card(asking, name, len(items), there[0].model, about), "item_id")
    if not rows.finished():
        missing = [item for item in items if item.item_id not in rows.done]
        with tqdm(total=len(missing), unit="response", desc=name) as bar:
            for row in _Shared(asking, name, there, about).rows(missing):
                rows.add([row])
                bar.update()
        rows.finish(item.item_id for item in items)
    return rows.path


def _alike(engines: Sequence[Engine]) -> tuple[list[Engine], About]:
    """The servers that answer, and what they all are.

    Raises:
        InputError: none answers, or they differ: texts of different engines are no texts of one system.
    """
    found: list[tuple[Engine, About]] = []
    away: list[EngineAwayError] = []
    for engine in engines:
        try:
            found.append((engine, engine.about()))
        except EngineAwayError as error:
            away.append(error)
    if not found:
        raise InputError([line for error in away for line in error.errors])
    _say_away(away)
    first, about = found[0]
    for engine, other in found[1:]:
        if other != about:
            raise InputError(
                f"--engine: {first.host} and {engine.host} answer differently for {first.model}"
                f" ({_differing(about, other)}); one system comes from one engine, version, precision and weights"
            )
    return [engine for engine, _ in found], about


def _differing(one: About, other: About) -> str:
    names = ("name", "version", "precision", "base", "adapter", "preferred", "demonstration")
    return ", ".join(name for name in names if getattr(one, name) != getattr(other, name))


def _refuse_controls(items: Iterable[Item]) -> None:
    """Another engine's template may read typed control tokens as real ones.

    Raises:
        InputError: an item holds one.
    """
    frames = [[r.begin, *r.system, *r.client, *r.counselor] for r in RENDERINGS.values()]
    controls = {part for parts in frames for frame in parts for part in frame if isinstance(part, Control)}
    errors = [
        f"item {item.item_id}: found {mark!s} in a text, which this engine may read as a control token; leave the item"
        " out, or serve with python -m finetune serve"
        for item in items
        for mark in sorted(controls)
        if any(mark in turn.text for turn in item.turns)
    ]
    if errors:
        raise InputError(errors)


def _say_away(errors: Iterable[EngineAwayError]) -> None:
    for error in errors:
        print(f"{error}; the other servers go on", file=sys.stderr)


class _Shared:
    """One system's items over its servers: each holds as many requests as a batch has rows, whoever is free takes on.

    The thread that began alone keeps the books; an item whose server is gone goes back to the front.
    """

    def __init__(self, asking: Asking, name: str, engines: Sequence[Engine], about: About) -> None:
        self._asking, self._name = asking, name
        self._more = {NAMES.get(key, key): getattr(asking.decoding, key) for key in _known(about)}
        self._free = deque(engine for _ in range(asking.decoding.batch_size) for engine in engines)
        self._running: dict[Future[dict[str, Any]], tuple[Engine, Item]] = {}
        self._gone: dict[str, EngineAwayError] = {}

    def rows(self, items: Sequence[Item]) -> Iterable[dict[str, Any]]:
        """Finished rows as they come; what came with or after a failure, or Ctrl-C, is given, too.

        Raises:
            InputError: see `generate`.
        """
        left = deque(items)
        failure: BaseException | None = None
        with ThreadPoolExecutor(len(self._free)) as pool:
            while self._running or (left and failure is None):
                if failure is None:
                    self._start(pool, left)
                try:
                    done, _ = wait(self._running, return_when=FIRST_COMPLETED)
                except KeyboardInterrupt as stopped:
                    failure = stopped
                    continue
                for future in done:
                    engine, item = self._running.pop(future)
                    error = future.exception()
                    if error is None:
                        self._free.append(engine)
                        yield future.result()
                    elif isinstance(error, EngineAwayError):
                        left.appendleft(item)
                        self._drop(engine, error)
                    else:
                        failure = failure or error
                if left and not self._running and not self._free:
                    failure = failure or InputError([line for e in self._gone.values() for line in e.errors])
        if failure is not None:
            raise failure

    def _start(self, pool: ThreadPoolExecutor, left: deque[Item]) -> None:
        while left and self._free:
            engine, item = self._free.popleft(), left.popleft()
            self._running[pool.submit(self._row, engine, item)] = engine, item

    def _drop(self, engine: Engine, error: EngineAwayError) -> None:
        """No further item for a server that is gone; its other requests end by themselves."""
        self._free = deque(other for other in self._free if other is not engine)
        if engine.url not in self._gone:
            self._gone[engine.url] = error
            if self._free or any(other is not engine for other, _ in self._running.values()):
                _say_away([error])

    def _row(self, engine: Engine, item: Item) -> dict[str, Any]:
        for attempt in range(self._asking.decoding.attempts):
            drawn = seed_of(self._asking.seed, item.item_id, self._name, attempt)
            reply, cut = self._reply(engine, item.turns, drawn)
            if not EMPTY.fullmatch(reply.text):
                facts = {
                    "seed": drawn,
                    "attempt": attempt,
                    "prompt_tokens": reply.prompt_tokens,
                    "tokens": reply.completion_tokens,
                    "stop": "length" if reply.cut else "end",
                    "cut_turns": cut,
                    "engine": engine.host,
                }
                return {"item_id": item.item_id, "text": reply.text.strip(), "generation": facts}
        raise InputError(
            f"{self._name}: no answer to {item.item_id} after {self._asking.decoding.attempts} attempts;"
            " try --set min_new_tokens=8 or --set attempts=20"
        )

    def _reply(self, engine: Engine, turns: Sequence[Turn], seed: int) -> tuple[Reply, int]:
        """The answer, and how many of the oldest turns were left out until the model could read the rest."""
        decoding = self._asking.decoding
        for cut in range(len(turns)):
            messages = _messages(turns[cut:], self._asking.told)
            try:
                return engine.chat(messages, decoding.temperature, seed, decoding.max_new_tokens, self._more), cut
            except EngineTooLongError:
                if cut == len(turns) - 1:
                    raise
        raise AssertionError("an item has turns")


def _messages(turns: Sequence[Turn], told: str) -> list[Message]:
    spoken = [{"role": "user" if turn.role == "client" else "assistant", "content": turn.text} for turn in turns]
    return [*([{"role": "system", "content": told}] if told else []), *spoken]


def _known(about: About) -> tuple[str, ...]:
    return KNOWN.get(about.name, ("top_p",))


def _card(asking: Asking, name: str, count: int, model: str, about: About) -> dict[str, Any]:
    sent = {"max_new_tokens", "temperature", "attempts", *_known(about)}
    settings = {key: value for key, value in asking.decoding.model_dump().items() if key not in HERE}
    return {
        "format_version": 1,
        "kind": "responses",
        "system_id": name,
        "made_at": now(),
        "note": DEMONSTRATION if about.demonstration else "",
        "items": {"file": asking.items.name, "sha256": sha256_file(asking.items), "count": count},
        "engine": {"name": about.name, "version": about.version, "model": model},
        "base": {"name": model, "revision": None, "digest": about.base},
        "adapter": {"sha256": about.adapter, "card": None} if about.adapter else None,
        "precision": dict(about.precision),
        "prompt": {"system_prompt": asking.prompt, "system_prompt_text": asking.told},
        "decoding": {key: value for key, value in settings.items() if key in sent},
        "not_sent": sorted(settings.keys() - sent),
        "seed": asking.seed,
        "dtype": about.precision.get("compute", ""),
        "versions": versions(),
    }

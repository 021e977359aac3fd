"""Base and adapters answer the same items: one base in memory, adapters switched, batches sorted by length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from tqdm import tqdm  # type: ignore[import-untyped]

from finetune.data.encoding import Encoder
from finetune.data.preference_rows import opening_hash
from finetune.generation.decoding import Decoding, seed_of
from finetune.generation.engine import Engine, TorchEngine
from finetune.manifest import DEMONSTRATION, dumped, now, prompt_card, versions
from finetune.model import bases
from finetune.model.systems import Asked, asked, by_base, loaded, made_by, switched
from finetune.partial import Rows
from finetune.training.prepare import encoder
from tasks.errors import InputError
from tasks.files import read_jsonl, require_writable, sha256_file
from tasks.schema import Item, Turn

EMPTY = re.compile(r"[\W_]*")
"""Nothing but signs: no answer."""


def generate(
    items: Path, systems: Sequence[str], out: Path, decoding: Decoding, seed: int, base_recipe: str | None = None
) -> list[Path]:
    """Writes `<system>.jsonl` and `<system>.manifest.json` for every system into `out`; returns the .jsonl files.

    A system already written for the same items, settings and weights is left as it is; a half-written one goes on.

    Raises:
        InputError: items or systems are wrong, or a response stays empty after every attempt.
    """
    listed = read_items(items)
    require_writable(out)
    wanted = asked(systems, base_recipe)
    refuse_known({system.system_id: system.preferred for system in wanted}, listed)
    for group in by_base(wanted):
        _generate_group(group, listed, items, out, decoding, seed)
    return [out / f"{system.system_id}.jsonl" for system in wanted]


def refuse_known(learned: Mapping[str, frozenset[str]], items: Sequence[Item]) -> None:
    """Whoever learned what raters preferred of a dialogue is not to be judged on it again.

    Args:
        learned: of each system, the dialogues about which its adapter saw preferences (`Asked.preferred`).

    Raises:
        InputError: a system and the items it knows.
    """
    errors = []
    for name, preferred in learned.items():
        if known := [item.item_id for item in items if preferred & {item.dialogue, _opening(item)}]:
            errors.append(
                f"--system {name}: learned from preferences about {len(known)} of the {len(items)} items"
                f" (the first: {known[0]}); a study of it needs items of other dialogues"
            )
    if errors:
        raise InputError(errors)


def _opening(item: Item) -> str:
    return opening_hash(item.turns[0].text)


def read_items(path: Path) -> list[Item]:
    """The items of a study.

    Raises:
        InputError: a line is no Item, an id occurs twice, or an item has no turn.
    """
    items, errors = [], []
    for number, value in read_jsonl(path):
        try:
            items.append(Item.model_validate(value))
        except ValidationError as error:
            errors += [f"{path}:{number}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
    ids = [item.item_id for item in items]
    errors += [f"{path}: item_id {i} occurs {ids.count(i)} times" for i in sorted({i for i in ids if ids.count(i) > 1})]
    errors += [f"{path}: item {item.item_id} has no turns" for item in items if not item.turns]
    if errors or not items:
        raise InputError(errors or f"{path}: holds no item")
    return items


def _generate_group(
    group: Sequence[Asked], items: Sequence[Item], source: Path, out: Path, decoding: Decoding, seed: int
) -> None:
    jobs = [_Job(system, items, source, out, decoding, seed) for system in group]
    pending = [job for job in jobs if not job.finished()]
    if not pending:
        return
    model = loaded([job.system for job in pending])
    total = sum(job.missing() for job in pending)
    with tqdm(total=total, unit="response", desc=group[0].base.name) as bar:
        for job in pending:
            with switched(model, job.system):
                job.run(model, bar)


class _Job:
    """One system's responses: batches planned from all items, done ones skipped, written as they come."""

    def __init__(
        self, system: Asked, items: Sequence[Item], source: Path, out: Path, decoding: Decoding, seed: int
    ) -> None:
        self.system, self._items = system, items
        self._decoding, self._seed = decoding, seed
        self._encoder = encoder(system.base.vocabulary(), system.recipe)
        self._rows = Rows(out, system.system_id, _card(system, source, decoding, seed, len(items)), "item_id")

    def finished(self) -> bool:
        """True where the very same responses are there already."""
        return self._rows.finished()

    def missing(self) -> int:
        """Responses still to be made."""
        return len(self._items) - len(self._rows.done)

    def run(self, model: Any, bar: Any) -> None:
        """Makes what is missing and writes the finished files."""
        engine = TorchEngine(model, self._encoder, self._decoding)
        for batch in self._batches():
            if all(item.item_id in self._rows.done for item, _ in batch):
                continue
            rows = self._answered(engine, batch)
            self._rows.add(rows)
            bar.update(len(rows))
        self._rows.finish(item.item_id for item in self._items)

    def _batches(self) -> Iterator[list[tuple[Item, list[int]]]]:
        limit = self._decoding.max_prompt_tokens
        prompts = [(item, prompt(self._encoder, item.turns, limit)) for item in self._items]
        prompts.sort(key=lambda pair: (-len(pair[1]), pair[0].item_id))
        size = self._decoding.batch_size
        yield from (prompts[start : start + size] for start in range(0, len(prompts), size))

    def _answered(self, engine: Engine, batch: Sequence[tuple[Item, list[int]]]) -> list[dict[str, Any]]:
        rows: dict[str, dict[str, Any]] = {}
        for attempt in range(self._decoding.attempts):
            left = [(item, ids) for item, ids in batch if item.item_id not in rows]
            seeds = [seed_of(self._seed, item.item_id, self.system.system_id, attempt) for item, _ in left]
            drafts = engine.answer([ids for _, ids in left], seeds) if left else []
            for (item, ids), draft, drawn in zip(left, drafts, seeds, strict=True):
                if not EMPTY.fullmatch(draft.text):
                    facts = {
                        "seed": drawn,
                        "attempt": attempt,
                        "prompt_tokens": len(ids),
                        "tokens": draft.tokens,
                        "stop": draft.stop,
                        "batch": len(batch),
                    }
                    rows[item.item_id] = {"item_id": item.item_id, "text": draft.text, "generation": facts}
        empty = [item.item_id for item, _ in batch if item.item_id not in rows]
        if empty:
            raise InputError(
                f"{self.system.system_id}: no answer to {', '.join(empty)} after {self._decoding.attempts} attempts;"
                " try --set min_new_tokens=8 or --set attempts=20"
            )
        return [rows[item.item_id] for item, _ in batch]


def prompt(encoder: Encoder, turns: Sequence[Turn], limit: int) -> list[int]:
    """Ids of the history; the oldest turns are left out until it fits the limit.

    Raises:
        InputError: not even the last turn fits.
    """
    for start in range(len(turns)):
        ids = encoder.prompt(turns[start:])
        if len(ids) <= limit:
            return ids
    raise InputError(f"a last turn alone is longer than max_prompt_tokens {limit}; raise it")


def _card(system: Asked, source: Path, decoding: Decoding, seed: int, count: int) -> dict[str, Any]:
    return {
        "format_version": 1,
        "kind": "responses",
        "system_id": system.system_id,
        "made_at": now(),
        "note": DEMONSTRATION if system.base.demonstration else "",
        "items": {"file": source.name, "sha256": sha256_file(source), "count": count},
        **made_by(system),
        "prompt": dumped(prompt_card(system.recipe)),
        "decoding": decoding.model_dump(),
        "seed": seed,
        "dtype": str(bases.compute_dtype(system.recipe, bases.device_of())).removeprefix("torch."),
        "versions": versions(),
    }

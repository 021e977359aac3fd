"""Losses of base and adapters on the same dialogues, one line a dialogue: what `results automatic --losses` reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm  # type: ignore[import-untyped]

from finetune.data.dialogues import draw, named_messages, readable
from finetune.data.own import dialogues_of
from finetune.data.tokens import Examples, joined
from finetune.manifest import DEMONSTRATION, now, prompt_card, versions
from finetune.model import bases
from finetune.model.systems import Asked, asked, by_base, loaded, made_by, switched
from finetune.partial import Rows
from finetune.recipe import Recipe
from finetune.training import heldout
from finetune.training.prepare import HELD_OUT_LENGTH, encoded, encoder
from tasks.data.dialogue import Dialogue
from tasks.data.splits import Split, holdout_persons, split
from tasks.errors import InputError
from tasks.files import require_writable, sha256_texts

SHARED = (
    "split_by", "split_salt", "holdout_persons", "strip_meta", "language", "person_field", "dialogue_field",
    "speaker_field", "text_field", "speaker_roles",
)  # fmt: skip
"""Settings that say which dialogues a split has and how they are read."""


@dataclass(frozen=True)
class Part:
    """Dialogues of one split, to be measured."""

    split: Split
    dialogues: tuple[Dialogue, ...]


def evaluate(
    systems: Sequence[str],
    source: Path,
    out: Path,
    splits: Sequence[Split],
    count: int | None = None,
    base_recipe: str | None = None,
) -> list[Path]:
    """Writes `<system>.jsonl` (dialogue_id, split, band, targets, loss_sum) and its manifest into `out`.

    Dialogues are whole (up to 8,192 tokens). A system already measured on the same dialogues is left as it is; a
    half-measured one goes on.

    Args:
        count: dialogues of each split, drawn by hash of their ids; None = all.

    Raises:
        InputError: the systems were trained with different splits, a dialogue was trained on, or a split is empty.
    """
    require_writable(out)
    wanted = asked(systems, base_recipe)
    common = _common(wanted)
    parts = _parts(dialogues_of(source, common), splits, count, common)
    _refuse_trained_on(wanted, parts)
    for group in by_base(wanted):
        _measure_group(group, parts, out)
    return [out / f"{system.system_id}.jsonl" for system in wanted]


def _common(wanted: Sequence[Asked]) -> Recipe:
    """The recipe whose split all systems that were trained here share."""
    trained = [system.recipe for system in wanted if system.card is not None] or [wanted[0].recipe]
    if any(len({repr(getattr(recipe, name)) for recipe in trained}) > 1 for name in SHARED):
        raise InputError(
            f"the systems were trained with different {', '.join(SHARED[:-1])} or {SHARED[-1]}; evaluate those that"
            " share them together"
        )
    return trained[0]


def _parts(
    dialogues: Sequence[Dialogue], splits: Sequence[Split], count: int | None, recipe: Recipe
) -> tuple[Part, ...]:
    found = split(readable(dialogues, recipe.language), recipe.split_by, recipe.split_salt)
    if recipe.holdout_persons:
        found = holdout_persons(found, recipe.split_salt)
    empty = [name for name in splits if not found[name]]
    if empty:
        raise InputError(f"--split {' '.join(empty)}: holds no dialogue (split_by {recipe.split_by})")
    salt = f"{recipe.split_salt}:evaluate"
    return tuple(Part(n, draw(found[n], count, salt) if count else found[n]) for n in splits)


def _refuse_trained_on(wanted: Sequence[Asked], parts: Sequence[Part]) -> None:
    """A loss on what was trained on says nothing; the train split is measured only where it is asked for by name."""
    errors = []
    for system in wanted:
        known = {d.dialogue_id for p in parts if p.split != "train" for d in p.dialogues} & system.trained_on
        if known:
            errors.append(
                f"--system {system.system_id}: was trained on {len(known)} of the dialogues to be measured (the first:"
                f" {min(known)}); its split is another one"
            )
    if errors:
        raise InputError(errors)


def _measure_group(group: Sequence[Asked], parts: Sequence[Part], out: Path) -> None:
    jobs = [_Job(system, parts, out) for system in group]
    pending = [job for job in jobs if not job.rows.finished()]
    if not pending:
        return
    model = loaded([job.system for job in pending], measured=True)
    with tqdm(total=sum(job.missing() for job in pending), unit="dialogue", desc=group[0].base.name) as bar:
        for job in pending:
            with switched(model, job.system):
                job.run(model, bar)


class _Job:
    """One system's losses."""

    def __init__(self, system: Asked, parts: Sequence[Part], out: Path) -> None:
        self.system, self._parts = system, parts
        self.rows = Rows(out, system.system_id, _card(system, parts), "dialogue_id")
        self._examples = _examples(system, parts)

    def missing(self) -> int:
        """Dialogues still to be measured."""
        return sum(len(examples) for examples in self._left())

    def run(self, model: Any, bar: Any) -> None:
        """Measures what is missing and writes the finished files."""
        pad = self.system.base.vocabulary().pad_id
        budget = self.system.recipe.tokens_per_batch
        for part, left in zip(self._parts, self._left(), strict=True):
            bands = {dialogue.dialogue_id: dialogue.band for dialogue in part.dialogues}
            for one in heldout.measured(model, left, budget=budget, pad_id=pad):
                self.rows.add([_row(one, part.split, bands[one.name])])
                bar.update(1)
        self.rows.finish(name for examples in self._examples for name in examples.names)

    def _left(self) -> list[Examples]:
        return [
            joined([e for i in range(len(examples)) if (e := examples[i]).name not in self.rows.done])
            for examples in self._examples
        ]


def _row(one: heldout.DialogueLoss, split_name: Split, band: str) -> dict[str, Any]:
    return {
        "dialogue_id": one.name,
        "split": split_name,
        "band": band,
        "targets": one.tokens,
        "loss_sum": one.loss,
    }


def _examples(system: Asked, parts: Sequence[Part]) -> list[Examples]:
    whole = system.recipe.model_copy(
        update={"examples": "per_dialogue", "on_long": "truncate", "max_length": HELD_OUT_LENGTH}
    )
    writer = encoder(system.base.vocabulary(), whole)
    return [encoded(list(named_messages(part.dialogues, whole)), writer, whole) for part in parts]


def _card(system: Asked, parts: Sequence[Part]) -> dict[str, Any]:
    recipe = system.recipe
    return {
        "format_version": 1,
        "kind": "losses",
        "system_id": system.system_id,
        "made_at": now(),
        "note": DEMONSTRATION if system.base.demonstration else "",
        "split_by": recipe.split_by,
        "salt": recipe.split_salt,
        "dialogues": {part.split: sha256_texts(*(d.dialogue_id for d in part.dialogues)) for part in parts},
        "counts": {part.split: len(part.dialogues) for part in parts},
        **made_by(system),
        "prompt": prompt_card(recipe).model_dump(mode="json"),
        "dtype": str(bases.compute_dtype(recipe, bases.device_of())).removeprefix("torch."),
        "versions": versions(),
    }


def table(paths: Sequence[Path]) -> Iterator[str]:
    """Lines of a small table: loss per counsellor token by system, split and band ('all' first)."""
    from math import exp

    from tasks.files import read_jsonl

    yield f"{'system':<20} {'split':<6} {'band':<5} {'dialogues':>9} {'tokens':>9} {'loss':>7} {'perplexity':>10}"
    for path in paths:
        rows = [row for _, row in read_jsonl(path)]
        cells = dict.fromkeys((row["split"], band) for row in rows for band in ("all", row["band"]))
        for name, band in sorted(cells, key=lambda cell: (cell[0], cell[1] != "all", cell[1])):
            chosen = [row for row in rows if row["split"] == name and band in ("all", row["band"])]
            tokens = sum(row["targets"] for row in chosen)
            loss = sum(row["loss_sum"] for row in chosen) / tokens
            yield f"{path.stem:<20} {name:<6} {band:<5} {len(chosen):>9,} {tokens:>9,} {loss:>7.4f} {exp(loss):>10.2f}"

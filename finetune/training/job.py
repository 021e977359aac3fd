"""What a run needs, gathered before any weight loads: recipe, base, tokenised data, every batch in order."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from finetune.data.preferences import Preferences
from finetune.model import bases
from finetune.model.shape import experts_of
from finetune.recipe import Recipe
from finetune.settings import process_count
from finetune.training import batching
from finetune.training.prepare import Prepared, Source, prepare


@dataclass(frozen=True)
class Job:
    """What a run needs, gathered before any weight loads."""

    recipe: Recipe
    base: bases.Base
    prepared: Prepared
    batches: list[list[int]]
    source: Source
    out: Path
    shard: bool = False
    """Whether the base's weights are shared out over processes."""

    @property
    def preferences(self) -> bool:
        """True where raters' choices are trained on, False where KokoroChat is."""
        return isinstance(self.source, Preferences)

    @property
    def group(self) -> int:
        """Batches in an optimizer step over all processes."""
        return self.recipe.gradient_accumulation_steps * process_count()

    @property
    def planned_steps(self) -> int:
        """Optimizer steps that the batches make; the learning rate follows these."""
        return max(1, len(self.batches) // self.group)

    @property
    def steps(self) -> int:
        """Optimizer steps the run makes if nothing ends it sooner: those planned, or max_steps where that is fewer."""
        return min(self.planned_steps, self.recipe.max_steps or self.planned_steps)

    def tokens(self) -> list[int]:
        """Tokens up to and with each optimizer step, padding left out."""
        lengths = self.prepared.train.lengths
        totals, total = [], 0
        for number, batch in enumerate(self.batches, start=1):
            total += sum(lengths[i] for i in batch)
            if number % self.group == 0 or number == len(self.batches):
                totals.append(total)
        return totals


def planned(recipe: Recipe, data: Source, out: Path, base: bases.Base | None = None) -> Job:
    """Data tokenised and every batch of the run drawn; no weights yet.

    Args:
        base: where the tokeniser is; None = the recipe's, weights and all.
    """
    base = base or bases.find(recipe)
    recipe = bases.pinned(recipe, base)
    prepared = prepare(recipe, data, base.vocabulary(), base.folder / "tokenizer.json")
    return Job(recipe, base, prepared, batches_of(prepared.train.lengths, recipe), data, out)


def batches_of(lengths: list[int], recipe: Recipe) -> list[list[int]]:
    """Every batch of a run over examples of these lengths."""
    return batching.run(
        lengths,
        budget=recipe.tokens_per_batch,
        packing=recipe.packing,
        epochs=recipe.num_train_epochs,
        max_tokens=recipe.max_tokens,
        group=recipe.gradient_accumulation_steps * process_count(),
        seed=recipe.seed,
        sequences=recipe.sequences_per_batch,
    )


def opening(job: Job) -> str:
    """The first line of a run: what is trained on, for how many steps, on which base."""
    train, ends = job.prepared.train, [steps_of(job)]
    ends += [f"{job.recipe.max_minutes:g} minutes"] if job.recipe.max_minutes else []
    cut = f"; {train.truncated:,} cut, {train.dropped:,} left out, {train.lost:,} counsellor tokens lost with them"
    return (
        f"{job.recipe.name}: {job.prepared.described}, {len(train.ids):,} tokens,"
        f" {train.target_count:,} of them with loss"
        f"{cut if train.truncated or train.dropped else ''}; {', or '.join(ends)}; base {job.base.name}{_mixture(job)}"
    )


def _mixture(job: Job) -> str:
    """Of a mixture of experts, what this loss leaves out."""
    config = json.loads((job.base.folder / "config.json").read_text(encoding="utf-8"))
    count = experts_of(config)
    return f", {count} experts a block: no loss balances them here" if count else ""


def steps_of(job: Job) -> str:
    """`6 steps`, and of how many where max_steps ends the run."""
    of_planned = f" of {job.planned_steps:,} (max_steps)" if job.steps < job.planned_steps else ""
    return f"{job.steps:,} steps{of_planned}"

"""`plan`: what a run would read, train on, cost, said before any weight loads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from finetune.model import bases
from finetune.model.shape import Shape, shape_of
from finetune.recipe import Recipe
from finetune.training import batching, estimate
from finetune.training.estimate import MACHINES
from finetune.training.job import Job, batches_of, planned, steps_of
from finetune.training.prepare import Source
from finetune.training.progress import duration


@dataclass(frozen=True)
class Cost:
    """An estimate for one class of machine: GB at the peak, whether that fits, tokens a second, seconds of the run."""

    machine: str
    gigabytes: float
    fits: bool
    tokens_per_second: float
    seconds: float


@dataclass(frozen=True)
class Fleet:
    """What is asked of machines: how many GPUs, the share of their rated speed, an hour's price (None: unsaid)."""

    gpus: tuple[int, ...] = ()
    reached: float = estimate.REACHED
    price: float | None = None


@dataclass(frozen=True)
class Shared:
    """An estimate for some GPUs of a class: hours of the run, and its price where that of an hour is known."""

    machine: str
    gpus: int
    tokens_per_second: float
    hours: float
    price: float | None


@dataclass(frozen=True)
class Way:
    """Examples of a dialogue or of a turn, all else the same: how many, tokens of a pass, what the run would cost.

    The other way's lengths are taken from the run's own examples: whole tokens, but for what follows a last turn.
    """

    examples: str
    count: int
    tokens: int
    costs: tuple[Cost, ...]


@dataclass(frozen=True)
class Plan:
    """Counts are exact, costs are estimates."""

    job: Job
    shape: Shape
    useful: float
    """Share of the batches' tokens that are not padding, 0..1."""
    run_tokens: int
    """Training tokens of the whole run."""
    costs: tuple[Cost, ...]
    ways: tuple[Way, ...]
    """Both ways of making examples, the recipe's first; () where there is one alone."""
    fleet: Fleet
    shared: tuple[Shared, ...]
    """For each number of GPUs asked for, on each class of GPU whose memory holds the run."""


def plan(recipe: Recipe, data: Source, fleet: Fleet = Fleet()) -> Plan:
    """Draws every batch of the run as `train` would, and estimates its cost.

    Raises:
        InputError: as `train` would, weights aside.
    """
    base = bases.find_without_weights(recipe)
    job = planned(recipe, data, Path(), base)
    shape = shape_of(base.folder, recipe)
    lengths = job.prepared.train.lengths
    tokens = _run_tokens(job)
    drawn = [sum(lengths[i] for i in b) if recipe.packing else max(lengths[i] for i in b) * len(b) for b in job.batches]
    useful = 1.0 if recipe.packing else batching.useful(job.batches, lengths)
    batch = max(drawn, default=1)
    costs = tuple(_cost(m, shape, recipe, batch, tokens, fleet) for m in MACHINES)
    fitting = [machine for machine, cost in zip(MACHINES, costs, strict=True) if cost.fits and machine.launch_seconds]
    shared = tuple(_shared(m, n, shape, recipe, batch, tokens, fleet) for n in fleet.gpus for m in fitting)
    return Plan(job, shape, useful, tokens, costs, _ways(job, shape, costs, fleet), fleet, shared)


def _shared(
    machine: estimate.Machine, gpus: int, shape: Shape, recipe: Recipe, batch: int, tokens: int, fleet: Fleet
) -> Shared:
    rate = estimate.tokens_per_second(shape, recipe, machine, batch, fleet.reached, gpus)
    hours = tokens / rate / 3600
    return Shared(machine.name, gpus, rate, hours, None if fleet.price is None else hours * gpus * fleet.price)


def _ways(job: Job, shape: Shape, costs: tuple[Cost, ...], fleet: Fleet) -> tuple[Way, ...]:
    train, recipe = job.prepared.train, job.recipe
    if recipe.task != "respond" or recipe.loss_on != "every" or job.preferences:
        return ()
    own = Way(recipe.examples, len(train), len(train.ids), costs)
    whole = recipe.examples == "per_turn"
    lengths = train.per_dialogue if whole else train.per_turn
    batches = batches_of(lengths, recipe)
    batch = max((max(lengths[i] for i in b) * len(b) for b in batches), default=1)
    run = sum(lengths[i] for b in batches for i in b)
    other = tuple(_cost(m, shape, recipe, batch, run, fleet) for m in MACHINES)
    return own, Way("per_dialogue" if whole else "per_turn", len(lengths), sum(lengths), other)


def _run_tokens(job: Job) -> int:
    totals = job.tokens()
    return totals[job.steps - 1] if totals else 0


def _cost(machine: estimate.Machine, shape: Shape, recipe: Recipe, batch: int, tokens: int, fleet: Fleet) -> Cost:
    needed = estimate.memory(shape, recipe, batch)
    rate = estimate.tokens_per_second(shape, recipe, machine, batch, fleet.reached)
    return Cost(machine.name, needed, needed <= machine.gigabytes, rate, tokens / rate)


def render(run: Plan) -> str:
    """The plan as lines for a terminal."""
    job, train, recipe = run.job, run.job.prepared.train, run.job.recipe
    lengths = np.array(train.lengths)
    kind = "NF4 QLoRA" if recipe.load_in_4bit else "LoRA"
    rows = [
        ("recipe", f"{recipe.name}: {kind} r={recipe.lora_r} on {job.base.name}"),
        ("model", f"{(run.shape.blocks + run.shape.rest) / 1e6:,.0f} M parameters; adapter"
                  f" {run.shape.adapter / 1e6:,.1f} M"),
        ("trained on", job.prepared.described),
        ("held out", job.prepared.counted(job.prepared.held_out)),
        ("tokens a pass", f"{len(train.ids):,}, of them with loss {train.target_count:,}"
                          f" ({train.target_count / max(1, len(train.ids)):.0%})"),
        ("lengths", f"median {int(np.median(lengths)):,}, 99 % {int(np.quantile(lengths, 0.99)):,}, longest"
                    f" {int(lengths.max()):,} of max_length {recipe.max_length:,}"),
        ("too long", f"{train.truncated:,} cut, {train.dropped:,} left out, {train.lost:,} counsellor tokens lost"),
        ("batches", f"{len(job.batches):,}, {run.useful:.1%} useful tokens"),
        ("steps", f"{steps_of(job)}, each of {job.group} batches; {run.run_tokens:,} tokens in all{_ends(recipe)}"),
    ]  # fmt: skip
    table = [f"{name:<14} {text}" for name, text in rows]
    head = f"{'ESTIMATES':<22} {'memory':>9}  {'fits':<4}  {'tokens/s':>9}  {'time':>9}"
    costs = [
        f"{c.machine:<22} {c.gigabytes:>6.1f} GB  {'yes' if c.fits else 'no':<4}  {c.tokens_per_second:>9,.0f}"
        f"  {duration(c.seconds):>9}"
        for c in run.costs
    ]
    return "\n".join(
        [
            *table,
            "",
            head,
            *costs,
            *_compared(run),
            *_together(run),
            f"by arithmetic at {run.fleet.reached:.0%} of the rated speed, good to about a factor of two; nothing was"
            " measured",
        ]
    )


def _together(run: Plan) -> list[str]:
    """The run on several GPUs of a class: each holds the model and works on batches of its own."""
    if not run.fleet.gpus:
        return []
    if not run.shared:
        return ["", "no class of GPU here holds this run: --card 24gb, or smaller batches"]
    head = f"{'TOGETHER':<22} {'GPUs':>4}  {'tokens/s':>9}  {'hours':>7}"
    rows = [
        f"{one.machine:<22} {one.gpus:>4}  {one.tokens_per_second:>9,.0f}  {one.hours:>7.2f}"
        + ("" if one.price is None else f"  {one.price:>9,.2f}")
        for one in run.shared
    ]
    note = f"each of several GPUs at {estimate.BESIDE_OTHERS:.0%} of one alone; a step reads as many times the batches"
    return ["", head + ("" if run.fleet.price is None else f"  {'price':>9}"), *rows, note]


def _compared(run: Plan) -> list[str]:
    """The two ways of making examples beside each other."""
    if not run.ways:
        return []
    machines = [cost.machine for cost in run.costs if "GB" in cost.machine and "CPU" not in cost.machine]
    head = f"{'EXAMPLES':<14} {'count':>9}  {'tokens a pass':>15}  {'memory':>9}"
    head += "".join(f"  {name.split(',')[0]:>9}" for name in machines)
    rows = [
        f"{way.examples:<14} {way.count:>9,}  {way.tokens:>15,}  {way.costs[0].gigabytes:>6.1f} GB"
        + "".join(f"  {duration(cost.seconds):>9}" for cost in way.costs if cost.machine in machines)
        for way in run.ways
    ]
    return ["", head, *rows]


def _ends(recipe: Recipe) -> str:
    ends = [f"max_minutes {recipe.max_minutes:g}"] if recipe.max_minutes else []
    ends += ["early stopping"] if recipe.early_stopping_patience else []
    return f" (may end sooner: {', '.join(ends)})" if ends else ""

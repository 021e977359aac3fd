"""Blocks of a study that may stop: whole dialogues, about as many items in each, after which a look may be taken."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tasks.schema import Study

Ints = NDArray[np.int64]


def blocks(study: Study) -> Ints:
    """(N,) the block 0..looks-1 of each item, drawn by the study's seed; zeros where it has one look."""
    places = [(item.dialogue, item.stratum) for item in study.items]
    return dealt(places, study.design.looks, study.design.seed)


def dealt(places: Sequence[tuple[str, str]], looks: int, seed: int) -> Ints:
    """(N,) the block of each of N items, given as (dialogue, stratum) in the study's order.

    A dialogue lies in one block with all its items. Where each has one item, the numbers of items differ by at most 1
    between blocks, over all and within each stratum: dialogues are dealt stratum by stratum, each to a block with the
    fewest of its stratum, of these to one with the fewest items.
    """
    block = np.zeros(len(places), dtype=np.int64)
    if looks == 1:
        return block
    rng = np.random.default_rng([seed % 2**63, looks, len(places)])
    members: dict[str, list[int]] = defaultdict(list)
    for index, (dialogue, _) in enumerate(places):
        members[dialogue].append(index)
    drawn = [list(members.values())[place] for place in rng.permutation(len(members))]
    inside: Counter[tuple[str, int]] = Counter()
    size: Counter[int] = Counter()
    for mine in sorted(drawn, key=lambda indices: places[indices[0]][1]):
        stratum = places[mine[0]][1]
        order = rng.permutation(looks).tolist()
        chosen = min(order, key=lambda one: (inside[stratum, one], size[one]))
        block[mine] = chosen
        inside[stratum, chosen] += len(mine)
        size[chosen] += len(mine)
    return block


def block_of(study: Study) -> dict[str, int]:
    """The block of each item by its id, counted from 1 as people count looks."""
    return {item.item_id: int(block) + 1 for item, block in zip(study.items, blocks(study), strict=True)}

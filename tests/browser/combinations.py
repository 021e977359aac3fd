"""Every combination of languages, sizes and themes as parameters of a test, most of them for `make test-long`."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable
from typing import Any

import pytest


def long(*values: Any) -> Any:
    """Parameters of a test that `make test-long` alone tries."""
    return pytest.param(*values, marks=pytest.mark.long)


def combinations(*axes: Iterable[Any], quick: Collection[tuple[Any, ...]]) -> list[Any]:
    """The product of the axes; whatever is not among the `quick` ones is marked `long`.

    Raises:
        ValueError: a quick one is no combination of the axes.
    """
    every = list(itertools.product(*axes))
    if unknown := set(quick) - set(every):
        raise ValueError(f"no such combinations: {sorted(map(str, unknown))}")
    return [pytest.param(*one) if one in quick else long(*one) for one in every]

"""Threads for work that may have to wait, a few for each kind, so that no kind stands in another's way.

Whoever waits longer than a lane's patience for a turn is told so. What needs no thread (the health check, static files)
never enters a lane, and the pool that Gradio and Starlette share is left to them.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial, wraps
from typing import ParamSpec, TypeVar

import anyio
from anyio import CapacityLimiter, to_thread

from studio.store.errors import StoreError

P = ParamSpec("P")
T = TypeVar("T")
PATIENCE_SECONDS = 20.0
_ANY = CapacityLimiter(math.inf)
"""The lane has counted already."""


class Lane:
    """A few threads.

    Args:
        threads: how many pieces of work run at once.
        patience: seconds to wait for a turn; None = `PATIENCE_SECONDS`.
    """

    def __init__(self, threads: int, patience: float | None = None) -> None:
        self._turns = CapacityLimiter(threads)
        self._patience = PATIENCE_SECONDS if patience is None else patience

    async def run(self, act: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        """What `act` returns, run in a thread of this lane.

        Raises:
            StoreError: there was no turn in time; nothing was done.
        """
        async with self.turn():
            return await self.thread(act, *arguments, **options)

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """A turn in this lane, first come, first served. StoreError where there was none in time."""
        worker = object()
        try:
            with anyio.fail_after(self._patience):
                await self._turns.acquire_on_behalf_of(worker)
        except TimeoutError as error:
            raise StoreError("too many requests wait for the database") from error
        try:
            yield
        finally:
            self._turns.release_on_behalf_of(worker)

    async def thread(self, act: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        """What `act` returns, run in a thread by whoever has a turn."""
        return await to_thread.run_sync(partial(act, *arguments, **options), limiter=_ANY)

    def endpoint(self, act: Callable[P, T]) -> Callable[P, Awaitable[T]]:
        """A route's function that runs in this lane instead of the pool all libraries share."""

        @wraps(act)
        async def inside(*arguments: P.args, **options: P.kwargs) -> T:
            return await self.run(act, *arguments, **options)

        return inside


class Lanes:
    """The lanes of one studio.

    Args:
        sqlite: writers wait for one another in the database anyway.
    """

    def __init__(self, sqlite: bool) -> None:
        self.readers = Lane(4)
        """Raters' pages and everything that reads alone."""
        self.commits = Lane(1)
        """Forms saved at once, one after the other."""
        self.savers = Lane(1 if sqlite else 4)
        """Forms that have to wait, and raters' other writing."""
        self.rooms = Lane(1 if sqlite else 4)
        """What is said and done in rooms: never behind a form."""
        self.joins = Lane(2)
        """Links that are opened."""
        self.organisers = Lane(4)
        """Sign-in, exports and reports."""

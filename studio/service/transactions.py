"""The service's transactions: methods as a table of functions and the transaction each runs in; a commit put off."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from studio.service.desk import Desk
from studio.service.refusals import Refusal
from studio.store.database import Connection, Store
from studio.store.errors import StoreError

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


class Serves(Protocol):
    """What has a store and the tools to work with it."""

    store: Store
    desk: Desk


def reading(act: Callable[Concatenate[Desk, Connection, P], R]) -> Callable[Concatenate[Serves, P], R]:
    """A method that calls `act` with a consistent view of what is committed."""

    @wraps(act)
    def method(service: Serves, /, *args: P.args, **options: P.kwargs) -> R:
        with service.store.read() as connection:
            return act(service.desk, connection, *args, **options)

    return method


def writing(act: Callable[Concatenate[Desk, Connection, P], R]) -> Callable[Concatenate[Serves, P], R]:
    """A method that calls `act` in one writing transaction: all of it or nothing."""

    @wraps(act)
    def method(service: Serves, /, *args: P.args, **options: P.kwargs) -> R:
        with service.store.write() as connection:
            return act(service.desk, connection, *args, **options)

    return method


def scrubbing(act: Callable[Concatenate[Desk, Connection, P], R]) -> Callable[Concatenate[Serves, P], R]:
    """As `writing`; afterwards the erased bytes go too, as far as the database can."""
    write = writing(act)

    @wraps(act)
    def method(service: Serves, /, *args: P.args, **options: P.kwargs) -> R:
        result = write(service, *args, **options)
        if result:
            service.store.scrub()
        return result

    return method


def or_busy(act: Callable[P, R]) -> Callable[P, R]:
    """`act`, which refuses with `busy` where the database does not answer; why is in the log."""

    @wraps(act)
    def asked(*args: P.args, **options: P.kwargs) -> R:
        try:
            return act(*args, **options)
        except StoreError as error:
            log.error("%s: %s", act.__qualname__, error)
            raise Refusal("busy") from error

    return asked


@dataclass(frozen=True)
class Held:
    """The reply to a form whose statements have run, and their transaction until it is committed."""

    reply: dict[str, Any]
    transaction: ExitStack
    open: bool
    """False where nothing was changed, so that there is nothing to commit."""

    def commit(self) -> dict[str, Any]:
        """The reply, once it is on the disk; a refusal where the disk does not take it. In any thread."""
        try:
            self.transaction.close()
        except StoreError:
            log.exception("submit failed")
            return Refusal("busy").as_json()
        return self.reply

"""How the store says no."""

from __future__ import annotations


class StoreError(Exception):
    """The database cannot be opened, read or written just now; str() says why and what to do. Nothing was changed."""


class DamagedError(StoreError):
    """The database holds what no program has stored; str() says what."""

    def __init__(self, found: str) -> None:
        super().__init__(f"the database is damaged: {found}; restore a backup")


class NewerDatabaseError(StoreError):
    """The database was written by a newer program."""


class OccupiedError(Exception):
    """Another transaction is being written, here or in another process, and the caller did not want to wait for it."""

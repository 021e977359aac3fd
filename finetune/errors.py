"""The one kind of error the command line turns into a message and exit code 2."""

from __future__ import annotations

from collections.abc import Iterable


class FinetuneError(Exception):
    """Something the reader can mend. `errors` holds every problem found, each saying what to do; str() joins them."""

    def __init__(self, errors: str | Iterable[str]) -> None:
        self.errors: tuple[str, ...] = (errors,) if isinstance(errors, str) else tuple(errors)
        super().__init__("\n".join(self.errors))

"""InputError: what is wrong with what somebody gave, said so that they can mend it."""

from __future__ import annotations

from collections.abc import Iterable


class InputError(ValueError):
    """Files, options or a request that cannot be used. `errors` holds every mistake, one line each, all at once.

    A line names the file, the line or row, the field, the value found and the values allowed. Command lines print the
    lines and end with exit code 2; pages show them.
    """

    def __init__(self, errors: str | Iterable[str]) -> None:
        self.errors: tuple[str, ...] = (errors,) if isinstance(errors, str) else tuple(errors)
        super().__init__("\n".join(self.errors))

"""What is wrong with a study, said so that its author can mend it: file, line, field, value found, values allowed."""

from __future__ import annotations

from collections.abc import Iterable


class StudyError(ValueError):
    """What is wrong with a study: `errors` holds one line per mistake, all of them at once."""

    def __init__(self, errors: Iterable[str]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(self.errors))

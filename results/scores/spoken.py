"""Words of the score reports in one language."""

from __future__ import annotations

from dataclasses import dataclass

from results.document.words import reason, said
from tasks.languages import catalogue
from tasks.languages.tag import Language

LANGUAGES = catalogue.languages("scores")
"""In which score reports can be read."""


@dataclass(frozen=True)
class Spoken:
    """The words of a score report."""

    language: Language

    def __call__(self, key: str, /, **values: object) -> str:
        return said("scores", self.language, key, **values)

    def why(self, code: str | None) -> str:
        """The words of a reason code; '' of none."""
        return reason(code, self.language)

    def header(self, *keys: str) -> tuple[str, ...]:
        """The head of a table: words by key, '' for ''."""
        return tuple(self(f"head.{key}") if key else "" for key in keys)

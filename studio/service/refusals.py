"""Refusals: what a rater reads when something is not saved. One code, every language, nothing about other raters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from studio.service.records import Fault, Refused
from tasks.errors import InputError
from tasks.languages import catalogue
from tasks.schema import Language, Words

Detail = Callable[[Language], str]
"""What is put into a refusal's text, said in a language."""


def detail(key: str, /, **values: object) -> Detail:
    """The entry `detail.KEY` of the refusals' words, its values filled in."""
    return lambda language: catalogue.word("refusals", language, f"detail.{key}", **values)


class Refusal(Exception):  # noqa: N818 - not an error of the program
    """A request that changes nothing.

    Args:
        code: a key of the section `refusals` of the languages' files; KeyError for another.
        about: names field, value and what is allowed; a text that is the same in every language, or one for each.
    """

    def __init__(self, code: str, about: str | Detail = "") -> None:
        self.code = code
        self._about = about
        super().__init__(f"{code}: {self.text(catalogue.SECOND)}")

    def text(self, language: Language) -> str:
        """The refusal in a language that has the section."""
        about = self._about if isinstance(self._about, str) else self._about(language)
        return catalogue.word("refusals", language, self.code, detail=about)

    def as_json(self) -> dict[str, Any]:
        """What the page gets."""
        words = Words({tag: self.text(tag) for tag in catalogue.languages("refusals")})
        return Refused(saved=False, error=Fault.of(self.code, words)).as_json()


class StudioError(InputError):
    """An organiser's request that cannot be carried out; str() says what was found and what is allowed."""

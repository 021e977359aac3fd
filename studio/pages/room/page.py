"""A room and a Rater's list of sessions as served: the shell in one language, the state beside it as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Protocol
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.utils import htmlsafe_json_dumps

from studio.pages import markdown
from studio.service.room.records import OwnSessions, Room
from tasks.languages import catalogue, tags
from tasks.schema import Language

SECTION = "room"


class Served(Protocol):
    """The page's own files, under addresses that browsers may keep."""

    def styles(self) -> Sequence[str]:
        """Addresses of the stylesheets."""

    @property
    def entry(self) -> str:
        """Address of the module that runs the page."""

    @property
    def modules(self) -> Sequence[str]:
        """Addresses of the modules that it imports."""


def room(state: Room, language: Language, files: Served) -> str:
    """The room: lobby, talk and end in one page, of which one part is shown.

    Returns:
        HTML in which every text of study and people is escaped; texts of the organiser are Markdown.
    """
    spoken = _Spoken(language)
    words = catalogue.words(SECTION, spoken.read)
    served = {"room": state.as_json(), "words": words}
    card = state.scenario
    return _template("room.html").render(
        **spoken.given(state.languages, _address(state.study, state.rater, state.session)), files=files, room=state,
        state=htmlsafe_json_dumps(served), title=state.title.text(language, *state.title.languages),
        help=markdown.html(state.crisis.help.text(language, *state.crisis.help.languages)) if state.crisis else "",
        card=card and card.title.text(language, *card.title.languages),
        story=card and markdown.html(card.card.text(language, *card.card.languages)),
    )  # fmt: skip


def own(state: OwnSessions, language: Language, files: Served) -> str:
    """A Rater's sessions: what comes next, what waits for a form, what is over."""
    spoken = _Spoken(language)
    return _template("own.html").render(
        **spoken.given(state.languages, f"/s/{state.study}?{urlencode({'rater': state.rater})}"), files=files,
        own=state, title=state.title.text(language, *state.title.languages),
        rooms=[(one, _address(state.study, state.rater, one.session)) for one in state.sessions],
        form=f"/s/{state.study}/form?{urlencode({'rater': state.rater})}",
    )  # fmt: skip


def _address(study: str, rater: str, session: str) -> str:
    return f"/s/{study}/room/{session}?{urlencode({'rater': rater})}"


class _Spoken:
    """The words of the page in one language; its readers get the closest one's where there are none in it."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.read = catalogue.read_in(SECTION, language)

    def given(self, languages: Sequence[Language], address: str) -> dict[str, object]:
        """What every template needs."""
        return {
            "t": lambda key, **values: catalogue.word(SECTION, self.read, key, **values),
            "language": self.language,
            "direction": tags.direction(self.language),
            "languages": [(tag, tags.name_of(tag)) for tag in languages],
            "address": address,
        }


@cache
def _template(name: str) -> Template:
    folder = FileSystemLoader(Path(__file__).with_name("templates"))
    return Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True).get_template(name)

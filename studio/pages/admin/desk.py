"""The organiser's desk: which page is which, what it shows, and what may be done there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from studio.pages.admin import home
from studio.pages.admin.asked import ROOT, Act, Answer, Asked, Given
from studio.pages.admin.frame import TABS, frame
from studio.pages.admin.html import Raw
from studio.pages.admin.study import overview, people, quality, records, results
from studio.service import Refusal, StudioError
from studio.service.transactions import or_busy
from tasks.errors import InputError
from tasks.languages import catalogue


class Page(Protocol):
    """One page of the desk: a module with its title, its body, and what may be done on it, by name."""

    ACTS: Mapping[str, Act]

    def title(self, asked: Asked) -> str:
        """What stands in the browser's tab."""

    def render(self, asked: Asked) -> Raw:
        """The page's body."""


PAGES: Mapping[str, Page] = {
    "home": home,
    "overview": overview,
    "people": people,
    "quality": quality,
    "results": results,
    "records": records,
}


@dataclass(frozen=True)
class Shown:
    """A page as it is sent: its frame and body, and its title."""

    html: str
    title: str


def place_of(path: str) -> tuple[str, str | None] | None:
    """(page, study_id) of an address of the desk; None where no page stands there."""
    parts = path.removeprefix(ROOT).strip("/").split("/")
    if parts == [""]:
        return "home", None
    if parts[0] == "s" and len(parts) in (2, 3):
        page = parts[2] if len(parts) == 3 else TABS[0]
        return (page, parts[1]) if page in TABS else None
    return None


def show(asked: Asked) -> Shown | None:
    """The page; None where there is no such study."""
    if asked.study_id is not None and asked.study_id not in {row.study_id for row in asked.service.studies()}:
        return None
    page = PAGES[asked.page]
    title = page.title(asked)
    return Shown(frame(asked, title, page.render(asked)), title)


def act(asked: Asked, name: str, given: Given) -> Answer:
    """Do something by its name, for an organiser; whatever is wrong is told in words, and nothing is half done."""
    act_ = PAGES[asked.page].ACTS.get(name)
    if act_ is None or not asked.acts:
        return Answer(asked.words["viewer"], "warn", stay=True)
    try:
        return or_busy(act_)(asked, given)
    except Refusal as refusal:
        told = refusal.as_json()["error"]
        return Answer(str(told.get(asked.words.language, told[catalogue.SECOND])), "warn", stay=True)
    except InputError as error:
        return Answer("\n".join(getattr(error, "errors", None) or [str(error)]), "warn", stay=True)
    except StudioError as error:
        return Answer(str(error), "warn", stay=True)

"""The organiser's desk: which page is which, what it shows, and what may be done there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from studio.pages.admin import home
from studio.pages.admin.asked import ROOT, Act, Answer, Asked, Given
from studio.pages.admin.frame import TABS, frame
from studio.pages.admin.html import Raw
from studio.pages.admin.new import begin, file, launch, plan, questions, texts
from studio.pages.admin.new.steps import StepPage
from studio.pages.admin.server import checkup, colleagues
from studio.pages.admin.study import overview, people, quality, records, results
from studio.service import Refusal
from studio.service.organiser.drafting import STEPS
from studio.service.transactions import or_busy
from tasks.errors import InputError
from tasks.languages import catalogue
from tasks.languages.fault import said


class Page(Protocol):
    """One page of the desk: a module with its title, its body, and what may be done on it, by name."""

    @property
    def ACTS(self) -> Mapping[str, Act]:  # noqa: N802 - a constant of a module
        """What may be done."""

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
    "server": checkup,
    "colleagues": colleagues,
    "new": begin,
    "file": StepPage("file", file, outside=file.outside),
    "questions": StepPage("questions", questions),
    "texts": StepPage("texts", texts, redone=True),
    "plan": StepPage("plan", plan, redone=True),
    "launch": StepPage("launch", launch, launch.launch),
}


@dataclass(frozen=True)
class Shown:
    """A page as it is sent: its frame and body, and its title."""

    html: str
    title: str


class Place(NamedTuple):
    """Where an address leads: a page, and the study or the draft it is about."""

    page: str
    study_id: str | None = None
    draft_id: str | None = None


def place_of(path: str) -> Place | None:
    """Where an address of the desk leads; None where no page stands there."""
    match path.removeprefix(ROOT).strip("/").split("/"):
        case [""]:
            return Place("home")
        case ["new"]:
            return Place("new")
        case ["server" | "colleagues" as page]:
            return Place(page)
        case ["new", draft_id, step] if step in STEPS:
            return Place(step, draft_id=draft_id)
        case ["s", study_id]:
            return Place(TABS[0], study_id)
        case ["s", study_id, page] if page in TABS:
            return Place(page, study_id)
    return None


def show(asked: Asked) -> Shown | None:
    """The page; None where there is no such study."""
    there = {row.study_id for row in asked.service.studies() if asked.sees(row.study_id)}
    if asked.study_id is not None and asked.study_id not in there:
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
        return Answer("\n".join(said(error.errors, asked.words.language)), "warn", stay=True)

"""What is asked of the desk: by whom, of which page, in which language; and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias
from urllib.parse import urlencode

from studio.health.watch import Watch
from studio.pages.admin.html import Words
from studio.service import Service
from studio.service.organiser.sign_in import Organiser
from studio.settings import Settings

ROOT = "/admin/"
Given: TypeAlias = Mapping[str, list[str]]
"""What a form holds, by the names of its fields; one name may have several values."""


@dataclass(frozen=True)
class Asked:
    """One request of somebody who is signed in.

    Attributes:
        health: what `doctor` finds of this studio.
        page: the page's name, `home` or one of a study's.
        study_id: the study that the page is about; None where it is about none.
        draft_id: the study that is being set up, on pages about one.
        query: what stands behind the question mark of the address.
    """

    service: Service
    settings: Settings
    someone: Organiser
    words: Words
    health: Watch
    page: str
    study_id: str | None = None
    draft_id: str | None = None
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def acts(self) -> bool:
        """True for an organiser; a viewer changes nothing and is shown no button that would."""
        return self.role == "organiser"

    @property
    def role(self) -> str:
        """The role in the study that the page is about, else on the whole desk."""
        return self.someone.role_in(self.study_id)

    def sees(self, study_id: str) -> bool:
        """Whether a study is shown to whoever asks."""
        return bool(self.someone.role_in(study_id))

    @property
    def study(self) -> str:
        """The id of the study that the page is about. Raises LookupError on a page about none."""
        if self.study_id is None:
            raise LookupError(f"{self.page} is about no study")
        return self.study_id

    @property
    def called(self) -> str:
        """What the desk calls the study that the page is about: the name given here, else its title."""
        return self.service.kept(self.study).name or self.words.of(self.service.study(self.study).title)

    def address(self, page: str, study_id: str | None = None, **query: str) -> str:
        """Where a page stands."""
        way = f"s/{study_id}/{page}" if study_id else "" if page == "home" else page
        return f"{ROOT}{way}{'?' if query else ''}{urlencode(query)}"

    def link(self, token: str) -> str:
        """A rater's personal link."""
        return f"{self.settings.base_url}/e/{token}"


@dataclass(frozen=True)
class Answer:
    """What becomes of an act.

    Attributes:
        told: a sentence for the person, shown and read out.
        kind: how it is shown: `good`, or `warn` where nothing was done.
        shown: HTML to be shown in the place that the form names, e.g. links that are shown once.
        go: the address of the page to go to; '' = the same page anew.
        stay: True where the page is left as it is, e.g. with what was typed.
    """

    told: str = ""
    kind: Literal["good", "warn"] = "good"
    shown: str = ""
    go: str = ""
    stay: bool = False


Act: TypeAlias = Callable[[Asked, Given], Answer]
"""Something an organiser does; a StudioError or InputError it raises is told in words, and the page stays."""


def one(given: Given, name: str, default: str = "") -> str:
    """The last value of a field, without the blanks around it."""
    return (given.get(name) or [default])[-1].strip()

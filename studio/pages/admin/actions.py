"""What the organiser's page calls: each act checks who asks, calls the service, and gives HTML."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import gradio as gr

from studio.documents.invitations import Invitation
from studio.pages.admin import invitations, outcome
from studio.pages.admin.html import WORDS, link, note, spoken
from studio.pages.admin.session import language_of
from studio.service import Refusal, Service, StudioError
from studio.service.organiser.sign_in import Organiser
from studio.service.transactions import or_busy
from studio.settings import ORGANISER_COOKIE, Settings
from tasks.languages import catalogue

P = ParamSpec("P")
T = TypeVar("T")
REFRESH_SECONDS = 15
PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
Show = Callable[[Service, str, Any], str]


def in_words(act: Callable[P, T]) -> Callable[P, T]:
    """The event handler; a refusal, as where the database does not answer, is said on the page."""

    @wraps(act)
    def handler(*arguments: P.args, **options: P.kwargs) -> T:
        try:
            return or_busy(act)(*arguments, **options)
        except Refusal as refusal:
            said = " ".join(refusal.text(language) for language in (catalogue.FIRST, catalogue.SECOND))
            raise gr.Error(said, print_exception=False) from refusal

    return handler


class Actions:
    """The page's event handlers, for whoever the request's session says."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service, self.settings = service, settings

    def someone(self, request: gr.Request) -> Organiser | None:
        """Who is signed in."""
        return self.service.organiser(request.cookies.get(ORGANISER_COOKIE))

    def acts(self, request: gr.Request) -> bool:
        """True for an organiser; a viewer changes nothing and is shown no button that would."""
        someone = self.someone(request)
        return someone is not None and someone.role == "organiser"

    @in_words
    def reading(self, study_id: str | None, language: str, request: gr.Request) -> str:
        """What a viewer reads where an organiser has buttons."""
        return "" if self.acts(request) else note(WORDS[language]["viewer"])

    def language(self, request: gr.Request) -> str:
        """The language the page begins in."""
        return language_of(self.service, request, request.cookies.get(ORGANISER_COOKIE))

    @in_words
    def speak(self, language: str, request: gr.Request) -> None:
        """Keep the language that was chosen."""
        language_of(self.service, request, request.cookies.get(ORGANISER_COOKIE), language)

    def names(self) -> list[str]:
        """Every study, oldest first."""
        return [row.study_id for row in self.service.studies()]

    def tab(self, show: Show) -> Callable[[str | None, str], str]:
        """A tab's renderer: the way to a new study where there is none yet."""

        @in_words
        def rendered(study_id: str | None, language: str) -> str:
            if study_id is None or study_id not in self.names():
                return link(f"/admin/new?lang={language}", WORDS[language]["new_study"], kind="take")
            return spoken(show(self.service, study_id, WORDS[language]), WORDS[language])

        return rendered

    @in_words
    def results(self, study_id: str | None, language: str, request: gr.Request) -> str:
        """The results, or why they are not shown."""
        someone = self.someone(request)
        if someone is None or not study_id:
            return ""
        words = WORDS[language]
        return spoken(outcome.render(self.service, study_id, someone.actor, words, someone.role), words)

    @in_words
    def act(self, language: str, request: gr.Request, do: Callable[[str], str]) -> str:
        """Run one act of an organiser, named for the log; a refusal is told in words. Viewers change nothing."""
        someone, words = self.someone(request), WORDS[language]
        if someone is None or not self.acts(request):
            return note(words["viewer"], "warn")
        try:
            return do(someone.actor)
        except StudioError as error:
            return note(str(error), "warn")
        except Refusal as refusal:
            told = refusal.as_json()["error"]
            return note(str(told.get(language, told[catalogue.SECOND])), "warn")

    def link(self, token: str) -> str:
        """A personal link."""
        return f"{self.settings.base_url}/e/{token}"

    def invite(self, study_id: str, typed: str, count: float, language: str, request: gr.Request) -> str:
        """New links, each with its letter and QR code."""

        def do(actor: str) -> str:
            people = invitations.people_of(typed, count)
            tokens = self.service.invite_people(study_id, people, actor)
            made = [Invitation(*one, self.link(token)) for one, token in zip(people, tokens, strict=True)]
            return invitations.render(self.service.study(study_id), made, WORDS[language])

        return self.act(language, request, do)

    def rater(self, study_id: str, rater: str, what: str, sure: bool, language: str, request: gr.Request) -> str:
        """A new link, an end, a replacement or a withdrawal of one rater."""
        words = WORDS[language]

        def do(actor: str) -> str:
            if not sure:
                return note(words["tick_first"], "warn")
            if what == "withdraw":
                done = self.service.withdraw(study_id, rater, actor)
                return note(words.say("withdrawn_done", rater=done.rater, exports=len(done.exports)))
            if what == "revoke":
                self.service.revoke(study_id, rater, actor)
                return note(words.say("revoked_done", rater=rater))
            renew = self.service.reissue if what == "reissue" else self.service.replace
            made = [Invitation(rater if what == "reissue" else "", "", self.link(renew(study_id, rater, actor)))]
            return invitations.render(self.service.study(study_id), made, words)

        return self.act(language, request, do)

    def look(self, study_id: str, why: str, language: str, request: gr.Request) -> str:
        """Note why somebody looks at results of an open study, then show them."""

        def do(actor: str) -> str:
            if len(why.strip()) < 10:
                return note(WORDS[language]["say_why"], "warn")
            self.service.looked(study_id, actor, f"preference: {why.strip()}")
            return outcome.render(self.service, study_id, actor, WORDS[language])

        return self.act(language, request, do)

    def course(self, study_id: str, what: str, sure: bool, language: str, request: gr.Request) -> str:
        """Close a study, or open it again."""
        words = WORDS[language]

        def do(actor: str) -> str:
            if not sure:
                return note(words["tick_first"], "warn")
            (self.service.close_study if what == "close" else self.service.reopen_study)(study_id, actor)
            return note(words[f"{what}_done"])

        return self.act(language, request, do)

    def adjudicate(self, study_id: str, typed: str, language: str, request: gr.Request) -> str:
        """A further rater for the items typed, one a line or separated by commas."""

        def do(actor: str) -> str:
            items = typed.replace(",", " ").split()
            code, token = self.service.adjudicate(study_id, items, actor)
            made = [Invitation(code, "", self.link(token))]
            return invitations.render(self.service.study(study_id), made, WORDS[language])

        return self.act(language, request, do)

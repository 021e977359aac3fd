"""Setting a study up on the page: a template, a packed folder, or anybody's files; all mistakes at once; launch.

Plain pages without script: what is uploaded goes through routes of our own, which only an organiser's session opens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from studio.intake.staging import MOST_BYTES, MOST_FILES, Arrival, Arrivals, unpack
from studio.pages.admin import review as reviewing
from studio.pages.admin import texts
from studio.pages.admin.door import forms, understood
from studio.pages.admin.door.arriving import answered, brought, head
from studio.pages.admin.door.posted import Posted, posted
from studio.pages.admin.html import LANGUAGES, Words, note, page, text, words_in
from studio.pages.admin.session import OrganiserCookie, Threads, acting_organiser, language_of, not_found
from studio.service import Service
from studio.service.organiser.conduct import fingerprint
from studio.service.organiser.sign_in import Organiser
from studio.settings import Settings
from tasks.design.planning import plan
from tasks.errors import InputError
from tasks.intake.shape.template import as_csv, as_xlsx, template_language
from tasks.intake.spoken import word_in
from tasks.languages import tags
from tasks.schema import Study
from tasks.study.consistency import problems
from tasks.study.load import load_study
from tasks.study.starting import TEMPLATES, start
from tasks.study.wording import drafts

TABLES = {
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (as_csv, "text/csv; charset=utf-8"),
}
"""Tables to fill in: how one is made, and its type."""


def mount(application: FastAPI, service: Service, settings: Settings, threads: Threads) -> None:
    """Add `/admin/new` and `/admin/launch`, for organisers; everybody else finds nothing there."""
    arrivals = Arrivals()

    @application.get("/admin/new")
    @threads.endpoint
    def ask(request: Request, lang: str = "", known: OrganiserCookie = None) -> Response:
        if acting_organiser(service, known) is None:
            return not_found()
        words = words_in(language_of(service, request, known, lang))
        return _page(begin(words), words)

    @application.post("/admin/new")
    async def bring(request: Request, known: OrganiserCookie = None) -> Response:
        if await threads.run(acting_organiser, service, known) is None:
            return not_found()
        async with request.form(max_files=MOST_FILES, max_fields=1000, max_part_size=MOST_BYTES) as form:
            sent = await posted(form.multi_items())
        body = await threads.run(received, arrivals, sent, settings.hub_endpoint)
        return _page(body, words_in(sent.fields.get("lang", "")))

    @application.get("/admin/template.{kind}")
    @threads.endpoint
    def template_table(kind: str, lang: str = "", known: OrganiserCookie = None) -> Response:
        if acting_organiser(service, known) is None or kind not in TABLES:
            return not_found()
        language = template_language(lang)
        headers = {"content-disposition": f'attachment; filename="studio-{language}.{kind}"'}
        make, media = TABLES[kind]
        return Response(make(language), media_type=media, headers=headers)

    @application.post("/admin/launch")
    async def launch(request: Request, known: OrganiserCookie = None) -> Response:
        someone = await threads.run(acting_organiser, service, known)
        if someone is None:
            return not_found()
        async with request.form() as form:
            token, words = str(form.get("token", "")), words_in(str(form.get("lang", "")))
        return await threads.run(launched, service, arrivals, token, someone, words)


# --- what is done -------------------------------------------------------------------------------------------------


def received(arrivals: Arrivals, sent: Posted, endpoint: str = "") -> str:
    """The page after something was sent: what is wrong, which columns are meant, or what would be launched.

    `endpoint`: another Hub than huggingface.co, for responses that lie in a data set.
    """
    given = sent.fields
    words = words_in(given.get("lang", ""))
    try:
        token = given.get("token", "")
        if token:
            waiting = arrivals.take(token)
            if waiting is None:  # launched from another tab, or pushed out by newer uploads
                raise InputError([word_in(words.language)("page_gone")])
            if waiting.study is not None:
                return _edited(arrivals, token, waiting, waiting.study, given, words)
            made = answered(arrivals, token, waiting, given, words)
            return made if isinstance(made, str) else review(made.study, made.token, words, made.notes)
        return _arrived(arrivals, sent, words, endpoint)
    except InputError as error:
        faults = getattr(error, "errors", None) or str(error).splitlines()
        return begin(words, faults, given)


def _arrived(arrivals: Arrivals, sent: Posted, words: Words, endpoint: str) -> str:
    with arrivals.folder() as folder:
        if sent.packed:
            study = load_study(unpack(sent.packed.data, folder))
        elif sent.files or sent.fields.get("hub", "").strip() or sent.fields.get("way") == "files":
            return brought(arrivals, folder, sent, words, endpoint)
        else:
            study = start(head(sent.fields), folder / "study")
        return review(study, arrivals.keep(Arrival(folder, study)), words)


def _edited(
    arrivals: Arrivals, token: str, waiting: Arrival, study: Study, given: Mapping[str, str], words: Words
) -> str:
    """The review with the texts as they were changed; where they cannot be, as they were, with the fault."""
    try:
        changed = texts.edited(study, given)
        if faults := [f"{problem.part}: {problem.text}" for problem in problems(changed)]:
            raise InputError(faults)
    except InputError as error:
        return review(study, token, words, faults=error.errors)
    changed_arrival = replace(waiting, study=changed)
    return review(changed, arrivals.replace(token, changed_arrival), words)


def launched(service: Service, arrivals: Arrivals, token: str, someone: Organiser, words: Words) -> Response:
    """Bring the study into the store and go to its overview; once, whatever is pressed twice."""
    waiting = arrivals.take(token)
    if waiting is None or waiting.study is None:
        return RedirectResponse("/admin/", status_code=303)
    try:
        drafts.refuse(waiting.study)
    except InputError as error:
        return _page(review(waiting.study, token, words, faults=error.errors), words)
    try:
        service.create_study(waiting.study, plan(waiting.study), someone.actor)
    except InputError as error:
        return _page(begin(words, str(error).splitlines()), words)
    arrivals.drop(token)
    arrivals.drop(waiting.files)
    return RedirectResponse(f"/admin/s/{waiting.study.study_id}/overview", status_code=303)


# --- pages --------------------------------------------------------------------------------------------------------


def _page(body: str, words: Words) -> Response:
    return HTMLResponse(page(body, words))


def begin(words: Words, faults: Sequence[str] = (), given: Mapping[str, str] | None = None) -> str:
    """The first page: three ways to begin. `given`: what was typed before."""
    others = "".join(
        f'<a class="quiet" lang="{tag}" href="/admin/new?lang={tag}">{text(tags.name_of(tag))}</a>'
        for tag in LANGUAGES
        if tag != words.language
    )
    return "".join(
        [
            f'<p><a class="quiet" href="/admin/">{text(words["back"])}</a> {others}</p>',
            f"<h1>{text(words['new_study'])}</h1>",
            forms.faults(faults, words),
            f"<h2>{text(words['new_by_template'])}</h2>",
            forms.form(
                words, forms.facts(words, given or {}) + forms.templates(words, TEMPLATES, given or {}), "new_look"
            ),
            f"<h2>{text(words['new_by_folder'])}</h2>",
            forms.form(words, forms.field(words, "packed", "file"), "new_look"),
            f"<h2>{text(word_in(words.language)('page_begin'))}</h2>",
            forms.form(
                words, understood.begin(words), "new_look", hidden='<input type="hidden" name="way" value="files">'
            ),
        ]
    )


def review(study: Study, token: str, words: Words, notes: Sequence[str] = (), faults: Sequence[str] = ()) -> str:
    """What would be launched: how it was read, warnings, leaks, work and power, texts, the hash; and the button."""
    hidden = f'<input type="hidden" name="token" value="{text(token)}">'
    return "".join(
        [
            f"<h1>{text(words.of(study.title))}</h1>",
            note(words.say("sound", items=len(study.items), systems=len(study.systems))),
            forms.faults(faults, words),
            *(note(line) for line in notes),
            reviewing.render(study, words),
            f'<div class="told">{forms.form(words, texts.form(study, words), "texts_save", hidden=hidden)}</div>',
            texts.shown(study, words),
            note(f"sha256 {fingerprint(study)}"),
            note(words["new_frozen"], "warn"),
            forms.form(words, "", "new_launch", "/admin/launch", hidden),
            f'<p><a class="quiet" href="/admin/new?lang={words.language}">{text(words["back"])}</a></p>',
        ]
    )

"""Setting a study up on the page: a template, a packed folder, or items and responses; all mistakes at once; launch.

Plain pages without script: what is uploaded goes through routes of our own, which only an organiser's session opens.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import UploadFile

from studio.hub.client import connect
from studio.intake.responses import HUB, Mapping, fetched
from studio.intake.staging import MOST_BYTES, Arrival, Arrivals, assemble, first_rows, unpack
from studio.pages.admin import review as reviewing
from studio.pages.admin import texts
from studio.pages.admin.html import LANGUAGES, Raw, Words, note, page, table, text, words_in
from studio.pages.admin.session import OrganiserCookie, Threads, acting_organiser, language_of, not_found
from studio.service import Service, StudioError
from studio.service.organiser.conduct import fingerprint
from studio.service.organiser.sign_in import Organiser
from studio.settings import Settings
from tasks.design.planning import plan
from tasks.errors import InputError
from tasks.intake.table import Preview, table_ending
from tasks.languages import tags
from tasks.schema import FIRST_LANGUAGES, Study
from tasks.study.consistency import problems
from tasks.study.load import load_study
from tasks.study.starting import TEMPLATES, start
from tasks.study.study_form import Head
from tasks.study.wording import drafts
from tasks.study.wording.templates import spoken_languages, title


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
        async with request.form(max_files=2, max_fields=100, max_part_size=MOST_BYTES) as form:
            given = {name: await _value(value) for name, value in form.items()}
        body = await threads.run(received, arrivals, given, settings.hub_endpoint)
        return _page(body, words_in(str(given.get("lang", ""))))

    @application.post("/admin/launch")
    async def launch(request: Request, known: OrganiserCookie = None) -> Response:
        someone = await threads.run(acting_organiser, service, known)
        if someone is None:
            return not_found()
        async with request.form() as form:
            token, words = str(form.get("token", "")), words_in(str(form.get("lang", "")))
        return await threads.run(launched, service, arrivals, token, someone, words)


async def _value(value: str | UploadFile) -> Any:
    return value if isinstance(value, str) else (Path(value.filename or "").name, await value.read())


# --- what is done -------------------------------------------------------------------------------------------------


def received(arrivals: Arrivals, given: dict[str, Any], endpoint: str = "") -> str:
    """The page after something was sent: what is wrong, which columns are meant, or what would be launched.

    `endpoint`: another Hub than huggingface.co, for responses that lie in a data set.
    """
    words = words_in(str(given.get("lang", "")))
    try:
        token = str(given.get("token", ""))
        if token and (waiting := arrivals.take(token)) is not None:
            if waiting.study is not None:
                return _edited(arrivals, token, waiting, waiting.study, given, words)
            return _assembled(arrivals, token, waiting, given, words)
        return _arrived(arrivals, given, words, endpoint)
    except InputError as error:
        faults = getattr(error, "errors", None) or str(error).splitlines()
        return begin(words, faults)


def _arrived(arrivals: Arrivals, given: dict[str, Any], words: Words, endpoint: str) -> str:
    packed, items = given.get("packed", ("", b"")), given.get("items", ("", b""))
    with arrivals.folder() as folder:
        if packed[1]:
            study = load_study(unpack(packed[1], folder))
        elif items[1]:
            (folder / "items.jsonl").write_bytes(items[1])
            table = first_rows(_table(given, folder, endpoint))
            return choose(table, arrivals.keep(Arrival(folder)), words)
        else:
            study = start(_head(given), folder / "study")
        return review(study, arrivals.keep(Arrival(folder, study)), words)


def _table(given: dict[str, Any], folder: Path, endpoint: str) -> Path:
    """The table of responses, as uploaded or copied from the data set that was named."""
    source = str(given.get("hub", "")).strip()
    if not source:
        name, content = given.get("responses", ("", b""))
        path = folder / f"responses{table_ending(name)}"
        path.write_bytes(content)
        return path
    copied = fetched(source if source.startswith(HUB) else HUB + source, folder / "hub", lambda: connect(endpoint))
    return copied.replace(folder / f"responses{table_ending(copied.name)}")


def _assembled(arrivals: Arrivals, token: str, waiting: Arrival, given: dict[str, Any], words: Words) -> str:
    path = next(waiting.folder.glob("responses.*"), None)
    if path is None:  # launched from another tab, or pushed out by newer uploads
        raise InputError(["upload: is no longer here; send it again"])
    chosen = {key: str(given.get(key, "")) for key in ("item", "text", "system_column", "system")}
    try:
        study, notes = assemble(waiting.folder, path, Mapping(**chosen), _head(given))
    except InputError as error:
        faults = getattr(error, "errors", None) or str(error).splitlines()
        return choose(first_rows(path), token, words, faults)
    return review(study, arrivals.keep(Arrival(waiting.folder, study)), words, notes)


def _edited(arrivals: Arrivals, token: str, waiting: Arrival, study: Study, given: dict[str, Any], words: Words) -> str:
    """The review with the texts as they were changed; where they cannot be, as they were, with the fault."""
    try:
        changed = texts.edited(study, given)
        if faults := [f"{problem.part}: {problem.text}" for problem in problems(changed)]:
            raise InputError(faults)
    except InputError as error:
        return review(study, token, words, faults=error.errors)
    return review(changed, arrivals.replace(token, Arrival(waiting.folder, changed)), words)


def _head(given: dict[str, Any]) -> Head:
    template = str(given.get("template", "quick"))
    seats = str(given.get("seats", "5"))
    if template not in TEMPLATES:
        raise StudioError(f"template: found {template!r}; allowed: {', '.join(TEMPLATES)}")
    if not seats.isdecimal() or not 1 <= int(seats) <= 1000:
        raise StudioError(f"seats: found {seats!r}; allowed: 1 to 1000")
    contact = str(given.get("contact", "")).strip()
    if not contact:
        raise StudioError("contact: is empty; raters need somebody to ask")
    typed = (tag.strip() for tag in str(given.get("languages", "")).split(","))
    languages = tuple(dict.fromkeys(filter(None, typed))) or FIRST_LANGUAGES
    titles = title(template, languages)
    study_id = str(given.get("study_id", "")).strip()
    return Head(study_id, titles, template, int(seats), 1, contact, languages=languages)


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
    return RedirectResponse("/admin/", status_code=303)


# --- pages --------------------------------------------------------------------------------------------------------


def _page(body: str, words: Words) -> Response:
    return HTMLResponse(page(body, words))


def _form(words: Words, body: str, button: str, action: str = "/admin/new", hidden: str = "") -> Raw:
    return Raw(
        f'<form method="post" action="{action}" enctype="multipart/form-data">'
        f'<input type="hidden" name="lang" value="{words.language}">{hidden}{body}'
        f"<p><button>{text(words[button])}</button></p></form>"
    )


def _field(words: Words, name: str, kind: str = "text", value: str = "") -> str:
    more = f'value="{text(value)}"' if kind != "file" else ""
    return f'<p><label>{text(words[f"new_{name}"])}<br><input type="{kind}" name="{name}" {more}></label></p>'


def _facts(words: Words) -> str:
    """What every new study is asked for."""
    offered = ", ".join(spoken_languages())
    label, first = text(words.say("new_languages", languages=offered)), ", ".join(FIRST_LANGUAGES)
    return (
        _field(words, "study_id")
        + _field(words, "contact")
        + _field(words, "seats", "number", "5")
        + f'<p><label>{label}<br><input type="text" name="languages" value="{first}"></label></p>'
    )


def _faults(faults: Sequence[str], words: Words) -> str:
    lines = "".join(f"<li>{text(line)}</li>" for line in faults)
    return f'<div class="warn" role="alert"><p>{text(words["new_faults"])}</p><ul>{lines}</ul></div>' if faults else ""


def begin(words: Words, faults: Sequence[str] = ()) -> str:
    """The first page: three ways to begin."""
    others = "".join(
        f'<a class="quiet" lang="{tag}" href="/admin/new?lang={tag}">{text(tags.name_of(tag))}</a>'
        for tag in LANGUAGES
        if tag != words.language
    )
    options = "".join(f"<option>{name}</option>" for name in TEMPLATES)
    choice = f'<p><label>{text(words["new_template"])}<br><select name="template">{options}</select></label></p>'
    facts = _facts(words)
    return "".join(
        [
            f'<p><a class="quiet" href="/admin/">{text(words["back"])}</a> {others}</p>',
            f"<h1>{text(words['new_study'])}</h1>",
            _faults(faults, words),
            f"<h2>{text(words['new_by_template'])}</h2>",
            _form(words, facts + choice, "new_look"),
            f"<h2>{text(words['new_by_folder'])}</h2>",
            _form(words, _field(words, "packed", "file"), "new_look"),
            f"<h2>{text(words['new_by_table'])}</h2>",
            note(words["new_by_table_note"]),
            _form(
                words,
                _field(words, "items", "file") + _field(words, "responses", "file") + _field(words, "hub"),
                "new_columns",
            ),
        ]
    )


def choose(first: Preview, token: str, words: Words, faults: Sequence[str] = ()) -> str:
    """Which column holds what, with the first rows of the table."""

    def select(name: str, empty: bool = False) -> str:
        options = ('<option value=""></option>' if empty else "") + "".join(
            f"<option{' selected' if _likely(name, column) else ''}>{text(column)}</option>" for column in first.header
        )
        return f'<p><label>{text(words[f"new_{name}"])}<br><select name="{name}">{options}</select></label></p>'

    short = [[cell[:60] + ("…" if len(cell) > 60 else "") for cell in row] for row in first.rows]
    kinds = "".join(f"<option>{name}</option>" for name in ("quick", "full"))
    facts = _facts(words)
    facts += f'<p><label>{text(words["new_template"])}<br><select name="template">{kinds}</select></label></p>'
    body = select("item") + select("text") + select("system_column", empty=True) + _field(words, "system") + facts
    hidden = f'<input type="hidden" name="token" value="{text(token)}">'
    return "".join(
        [
            f"<h1>{text(words['new_columns'])}</h1>",
            _faults(faults, words),
            table(first.header, short, words["nothing"]),
            _form(words, body, "new_look", hidden=hidden),
        ]
    )


def _likely(purpose: str, column: str) -> bool:
    likely = {"item": ("item_id", "item", "id"), "text": ("text", "response", "answer"), "system_column": ("system",)}
    return column.lower() in likely[purpose]


def review(study: Study, token: str, words: Words, notes: Sequence[str] = (), faults: Sequence[str] = ()) -> str:
    """What would be launched: how it was read, warnings, leaks, work and power, texts, the hash; and the button."""
    hidden = f'<input type="hidden" name="token" value="{text(token)}">'
    return "".join(
        [
            f"<h1>{text(words.of(study.title))}</h1>",
            note(words.say("sound", items=len(study.items), systems=len(study.systems))),
            _faults(faults, words),
            *(note(line) for line in notes),
            reviewing.render(study, words),
            f'<div class="told">{_form(words, texts.form(study, words), "texts_save", hidden=hidden)}</div>',
            texts.shown(study, words),
            note(f"sha256 {fingerprint(study)}"),
            note(words["new_frozen"], "warn"),
            _form(words, "", "new_launch", "/admin/launch", hidden),
            f'<p><a class="quiet" href="/admin/new?lang={words.language}">{text(words["back"])}</a></p>',
        ]
    )

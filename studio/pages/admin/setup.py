"""Files for a new study arrive by a route of their own, which only an organiser's session opens."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, Response

from studio.hub.client import connect
from studio.intake.drafted import laid_out, understood
from studio.intake.responses import HUB, fetched
from studio.intake.staging import MOST_BYTES, MOST_FILES, bounded, is_study, keep_files, unpack
from studio.pages.admin.door.posted import Posted, posted
from studio.pages.admin.html import words_in
from studio.pages.admin.new.facts import begun
from studio.pages.admin.session import OrganiserCookie, Threads, acting_organiser, not_found
from studio.service import Service
from studio.service.organiser.drafting import Draft
from studio.settings import Settings
from tasks.errors import InputError
from tasks.intake.shape.template import as_csv, as_xlsx, template_language
from tasks.intake.spoken import word_in
from tasks.languages.fault import said
from tasks.study.load import load_study

TABLES = {
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (as_csv, "text/csv; charset=utf-8"),
}
"""Tables to fill in: how one is made, and its type."""


def mount(application: FastAPI, service: Service, settings: Settings, threads: Threads) -> None:
    """Add the route by which files arrive, and the tables to fill in; for organisers alone."""

    @application.post("/admin/new")
    async def bring(request: Request, known: OrganiserCookie = None) -> Response:
        someone = await threads.run(acting_organiser, service, known)
        if someone is None:
            return not_found()
        async with request.form(max_files=MOST_FILES, max_fields=1000, max_part_size=MOST_BYTES) as form:
            sent = await posted(form.multi_items())
        try:
            to = await threads.run(received, service, sent, someone.actor, settings.hub_endpoint)
        except InputError as error:
            told = "\n".join(said(error.errors, words_in(sent.fields.get("lang", "")).language))
            return JSONResponse({"told": told, "kind": "warn"})
        return JSONResponse({"go": to})

    @application.get("/admin/template.{kind}")
    @threads.endpoint
    def template_table(kind: str, lang: str = "", known: OrganiserCookie = None) -> Response:
        if acting_organiser(service, known) is None or kind not in TABLES:
            return not_found()
        language = template_language(lang)
        headers = {"content-disposition": f'attachment; filename="studio-{language}.{kind}"'}
        make, media = TABLES[kind]
        return Response(make(language), media_type=media, headers=headers)


def received(service: Service, sent: Posted, actor: str, endpoint: str = "") -> str:
    """The address of the draft that what was sent begins, or belongs to where the field `draft` names one.

    A packed study folder is a whole study, which is checked and launched; anything else is asked about first.

    Args:
        endpoint: another Hub than huggingface.co, for files that lie in a data set.

    Raises:
        InputError: nothing was sent, or it cannot be read.
    """
    words, source = words_in(sent.fields.get("lang", "")), sent.fields.get("hub", "").strip()
    contents: Mapping[str, bytes] = {}
    word = word_in(words.language)
    if not sent.files and not source:
        raise InputError([word("page_no_file")])
    with TemporaryDirectory(prefix="studio-arrival-") as name:
        folder = Path(name)
        if any(is_study(one.data) for one in sent.files):
            if len(sent.files) > 1 or source:
                raise InputError([word("page_alone")])
            study = load_study(unpack(sent.files[0].data, folder))
            draft = Draft(name=words.of(study.title), step="launch", study=study)
        else:
            before = service.draft_files(sent.fields.get("draft", "")) if "keep" in sent.fields else {}
            contents = bounded({**before, **_contents(sent, folder, source, endpoint)})
            draft = Draft(name=Path(next(iter(contents))).stem)
            with laid_out(contents) as paths:
                understood(paths, {})  # what cannot be read at all begins no draft
    draft_id = sent.fields.get("draft", "") if contents else ""
    if draft_id:
        service.bring_draft_files(draft_id, contents)
    else:
        draft_id = begun(service, actor, words, draft, contents).draft_id
    return f"/admin/new/{quote(draft_id)}/{draft.step}"


def _contents(sent: Posted, folder: Path, source: str, endpoint: str) -> Mapping[str, bytes]:
    """The files by name; those of a data set under its name."""
    found = {path.name: path for path in keep_files(folder, sent.files)}
    if source:
        hub = source if source.startswith(HUB) else HUB + source
        brought = fetched(hub, folder / "hub", lambda: connect(endpoint))
        inside = sorted(path for path in brought.rglob("*") if path.is_file()) if brought.is_dir() else [brought]
        found |= {path.relative_to(brought.parent).as_posix(): path for path in inside}
    return bounded({name: path.read_bytes() for name, path in found.items()})

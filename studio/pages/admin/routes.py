"""Downloads, the report, and the mounting of the page, each behind the organiser's session."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from results.document.words import LANGUAGES
from studio.documents import payment
from studio.pages.admin import publishing, setup
from studio.pages.admin.html import WORDS
from studio.pages.admin.session import OrganiserCookie, Threads, not_found
from studio.service import Service, StudioError
from studio.settings import Settings
from tasks.languages.tag import Language

if TYPE_CHECKING:
    from results.report.build import Report

VOTES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
"""Kinds of the table of votes."""


def mount(application: FastAPI, service: Service, settings: Settings, threads: Threads) -> None:
    """Add the downloads, the report and the forms of their own address, each behind the organiser's session."""
    _add_routes(application, service, threads)
    setup.mount(application, service, settings, threads)
    publishing.mount(application, service, settings, threads)


def _add_routes(application: FastAPI, service: Service, threads: Threads) -> None:
    made: dict[str, Response] = {}

    def once(path: str, give: Callable[[], Response]) -> Response:
        """What the public demo gives to everybody is made once: its study is closed, and making it takes seconds."""
        if service.anonymous is None:
            return give()
        return made[path] if path in made else made.setdefault(path, give())

    @application.get("/admin/export/{study_id}.zip")
    @threads.endpoint
    def export(study_id: str, token: OrganiserCookie = None) -> Response:
        return _allowed(
            service,
            study_id,
            token,
            lambda actor: once(f"export {study_id}", lambda: _zip(study_id, exported(service, study_id, actor))),
        )

    @application.get("/admin/report/{study_id}.zip")
    @threads.endpoint
    def reports(study_id: str, texts: bool = False, token: OrganiserCookie = None) -> Response:
        name = f"{study_id}-report"
        return _allowed(
            service,
            study_id,
            token,
            lambda _: once(f"{name} {texts}", lambda: _zip(name, reported(service, study_id, texts=texts))),
        )

    @application.get("/admin/report/{study_id}.{language}.html")
    @threads.endpoint
    def report(study_id: str, language: str, texts: bool = False, token: OrganiserCookie = None) -> Response:
        if language not in LANGUAGES:
            return not_found()
        return _allowed(
            service,
            study_id,
            token,
            lambda _: once(
                f"{language} {study_id} {texts}",
                lambda: HTMLResponse(_page(service, study_id, language, texts=texts)),
            ),
        )

    @application.get("/admin/pairs/{study_id}.jsonl")
    @threads.endpoint
    def pairs(study_id: str, token: OrganiserCookie = None) -> Response:
        return _allowed(service, study_id, token, lambda _: _pairs(service, study_id))

    @application.get("/admin/votes/{study_id}.{kind}")
    @threads.endpoint
    def votes(study_id: str, kind: str, token: OrganiserCookie = None) -> Response:
        if kind not in VOTES:
            return not_found()
        return _allowed(service, study_id, token, lambda _: _votes(service, study_id, kind))

    @application.get("/admin/payment/{study_id}.csv")
    @threads.endpoint
    def owed(study_id: str, token: OrganiserCookie = None) -> Response:
        return _allowed(service, study_id, token, lambda _: _csv(service, study_id), blind=False)


def _allowed(
    service: Service, study_id: str, token: str | None, give: Callable[[str], Response], blind: bool = True
) -> Response:
    """What `give` makes, for an organiser, and for what unblinds only once the study is closed or the look is noted."""
    someone = service.organiser(token)
    if someone is None or not someone.role_in(study_id):
        return not_found()
    try:
        if blind and not service.may_see(study_id, someone.actor):
            told = [WORDS[language]["blinded_short"] for language in WORDS]
            return PlainTextResponse("\n".join([*told, ""]), 403)
        if blind and service.anonymous is None:
            service.open_results(study_id, someone.actor)
        return give(someone.actor)
    except StudioError as error:
        return PlainTextResponse(f"{error}\n", 404)


def exported(service: Service, study_id: str, actor: str) -> bytes:
    """The export folder as a zip file."""
    with tempfile.TemporaryDirectory(prefix="studio-export-") as folder:
        return _packed(service.export(study_id, Path(folder) / study_id, actor))


def reported(service: Service, study_id: str, *, texts: bool = False) -> bytes:
    """The report folders of every language as one zip file: HTML, Markdown, JSON, CSV, LaTeX, HEDS."""
    from results.report.build import write

    report = _built(service, study_id, texts=texts)
    with tempfile.TemporaryDirectory(prefix="studio-report-") as folder:
        for language in LANGUAGES:
            write(report, Path(folder) / study_id / language, language)
        return _packed(Path(folder) / study_id)


def _built(service: Service, study_id: str, *, texts: bool) -> Report:
    """The report; with `texts`, or in the public demo, with examples of what may be handed on."""
    from results.report.build import build

    shown = texts or service.anonymous is not None
    return build(service.in_memory(study_id), texts=service.study(study_id) if shown else None)


def _page(service: Service, study_id: str, language: Language, *, texts: bool) -> str:
    from results.report.pages import lay_out

    return lay_out(_built(service, study_id, texts=texts).record, language).html()


def _packed(folder: Path) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            archive.write(path, f"{folder.name}/{path.relative_to(folder).as_posix()}")
    return packed.getvalue()


def _zip(name: str, content: bytes) -> Response:
    return _file(f"{name}.zip", content, "application/zip")


def _csv(service: Service, study_id: str) -> Response:
    return _file(f"{study_id}-payment.csv", payment.table(service.payment(study_id)), "text/csv")


def _pairs(service: Service, study_id: str) -> Response:
    """What raters preferred as training data in trl's words; of the simulated demo too, marked as such."""
    from results.study.judged import judged
    from results.study.preference_pairs import not_for_training, pairs
    from tasks.files import jsonl

    study = service.study(study_id)
    if fault := not_for_training(study):
        return PlainTextResponse("\n".join([*map(fault.text, WORDS), ""]), 403)
    lines = jsonl(pairs(judged(service.in_memory(study_id)), study).lines)
    return _file(f"{study_id}-pairs.jsonl", lines.encode("utf-8"), "application/jsonl")


def _votes(service: Service, study_id: str, kind: str) -> Response:
    """One row a vote with its texts, but for those of sources that forbid handing them on."""
    from results.convert import flat_table
    from results.convert.votes import votes
    from results.export.open_texts import with_texts

    export = service.in_memory(study_id)
    found = votes(replace(export, study=with_texts(export.study, export.study, "responses")))
    content = flat_table.as_csv(found) if kind == "csv" else flat_table.as_xlsx(found)
    return _file(f"{study_id}-votes.{kind}", content, VOTES[kind])


def _file(name: str, content: bytes, media_type: str) -> Response:
    return Response(content, media_type=media_type, headers={"content-disposition": f'attachment; filename="{name}"'})

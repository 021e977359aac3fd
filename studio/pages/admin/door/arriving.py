"""Files that arrive on the page, and the answers about them, until they are a study or somebody must be asked again."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from studio.hub.client import connect
from studio.intake.door import Brought, Share, bring, taken, write
from studio.intake.responses import HUB, fetched
from studio.intake.staging import Arrival, Arrivals, keep_files
from studio.pages.admin.door import forms, understood
from studio.pages.admin.door.posted import Posted
from studio.pages.admin.html import Words, text
from studio.service import StudioError
from tasks.errors import InputError
from tasks.intake.spoken import sentence, word_in
from tasks.schema import FIRST_LANGUAGES, Study
from tasks.study.starting import TEMPLATES
from tasks.study.study_form import Head
from tasks.study.wording.templates import title

PAIRS = ("quick", "full")


class Made(NamedTuple):
    """A study made of files, the token under which it waits, and how the files were read."""

    study: Study
    token: str
    notes: Sequence[str]


def brought(arrivals: Arrivals, folder: Path, sent: Posted, words: Words, endpoint: str) -> str:
    """The page of what was understood of files that were sent, or that lie in a data set (field `hub`).

    Raises:
        InputError: there are none, or they cannot be read.
    """
    source = sent.fields.get("hub", "").strip()
    if not sent.files and not source:
        raise InputError([word_in(words.language)("page_no_file")])
    paths = keep_files(folder, sent.files)
    if source:
        hub = source if source.startswith(HUB) else HUB + source
        paths.append(fetched(hub, folder / "hub", lambda: connect(endpoint)))
    arrival = Arrival(folder, paths=tuple(paths))
    found = bring(arrival.paths, {})
    return _page(found, arrivals.keep(arrival), words, sent.fields)


def answered(arrivals: Arrivals, token: str, waiting: Arrival, given: Mapping[str, str], words: Words) -> str | Made:
    """The study once nothing is left to be asked, else the page of what was understood with the answers so far.

    Raises:
        InputError: the files are no longer there.
    """
    if not all(path.exists() for path in waiting.paths):  # launched from another tab, or pushed out by newer uploads
        raise InputError([word_in(words.language)("page_gone")])
    try:
        found = bring(waiting.paths, understood.answers(given))
    except InputError as error:
        return _page(bring(waiting.paths, waiting.answers), token, words, given, error.errors)
    waiting = replace(waiting, answers=found.answers)
    token = arrivals.replace(token, waiting)
    if found.open_questions():
        return _page(found, token, words, given)
    try:
        return _made(arrivals, waiting, found, token, given, words)
    except InputError as error:
        return _page(found, token, words, given, error.errors)


def _made(
    arrivals: Arrivals, waiting: Arrival, found: Brought, token: str, given: Mapping[str, str], words: Words
) -> Made:
    word = word_in(words.language)
    about = head(given)
    mapping, took = taken(found, Share(), word)
    shutil.rmtree(waiting.folder / "study", ignore_errors=True)
    study = write(took, mapping, found.hashes, about, waiting.folder / "study")
    notes = [sentence(one, word) for one in (*found.notes, *took.notes)]
    return Made(study, arrivals.keep(Arrival(waiting.folder, study, files=token)), notes)


def _page(found: Brought, token: str, words: Words, given: Mapping[str, str], faults: Sequence[str] = ()) -> str:
    """What was understood of files, what must be answered, and what every new study is asked for."""
    hidden = f'<input type="hidden" name="token" value="{text(token)}">'
    facts = forms.facts(words, given) + forms.templates(words, PAIRS, given)
    body = f"{understood.page(found, words, given)}<h2>{text(word_in(words.language)('page_study'))}</h2>{facts}"
    return "".join(
        [
            f"<h1>{text(words['new_study'])}</h1>",
            forms.faults(faults, words),
            forms.form(words, body, "new_look", hidden=hidden),
            f'<p><a class="quiet" href="/admin/new?lang={words.language}">{text(words["back"])}</a></p>',
        ]
    )


def head(given: Mapping[str, str]) -> Head:
    """What every new study was asked for. Raises InputError for what cannot be used."""
    template = given.get("template", "quick")
    seats = given.get("seats", "5")
    if template not in TEMPLATES:
        raise StudioError(f"template: found {template!r}; allowed: {', '.join(TEMPLATES)}")
    if not seats.isdecimal() or not 1 <= int(seats) <= 1000:
        raise StudioError(f"seats: found {seats!r}; allowed: 1 to 1000")
    contact = given.get("contact", "").strip()
    if not contact:
        raise StudioError("contact: is empty; raters need somebody to ask")
    typed = (tag.strip() for tag in given.get("languages", "").split(","))
    languages = tuple(dict.fromkeys(filter(None, typed))) or FIRST_LANGUAGES
    titles = title(template, languages)
    study_id = given.get("study_id", "").strip()
    return Head(study_id, titles, template, int(seats), 1, contact, languages=languages)

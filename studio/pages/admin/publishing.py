"""A study's data sent to the Hub from the page: what would be sent is shown first, in full; private unless told."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import parse_qs

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response

from results.export.folder import read
from studio.hub.dataset import Choices
from studio.hub.publish import LICENCES, Target, prepare, send
from studio.pages.admin.html import Raw, Words, note, page, text, words_in
from studio.pages.admin.session import OrganiserCookie, Threads, acting_organiser, language_of, not_found
from studio.service import Service, StudioError
from studio.service.organiser.sign_in import Organiser
from studio.settings import Settings, dataset_id
from tasks.errors import InputError
from tasks.languages.fault import at, instead, said

TEXTS = ("none", "open", "responses")


def mount(application: FastAPI, service: Service, settings: Settings, threads: Threads) -> None:
    """Add `/admin/publish/STUDY`, for organisers who may see results; everybody else finds nothing there."""

    @application.get("/admin/publish/{study_id}")
    @threads.endpoint
    def ask(request: Request, study_id: str, lang: str = "", known: OrganiserCookie = None) -> Response:
        if may(service, study_id, known) is None:
            return not_found()
        words = words_in(language_of(service, request, known, lang))
        return HTMLResponse(page(begin(study_id, {}, words), words))

    @application.post("/admin/publish/{study_id}")
    async def act(request: Request, study_id: str, known: OrganiserCookie = None) -> Response:
        someone = await threads.run(may, service, study_id, known)
        if someone is None:
            return not_found()
        sent = parse_qs((await request.body()).decode("utf-8"), keep_blank_values=True)
        given = {name: values[0] for name, values in sent.items()}
        body = await threads.run(answered, service, settings, study_id, given, someone.actor)
        return HTMLResponse(page(body, words_in(given.get("lang", ""))))


def may(service: Service, study_id: str, token: str | None) -> Organiser | None:
    """The organiser who is signed in by `token`, where the study's results are open to them, else None."""
    someone = acting_organiser(service, token, study_id)
    if someone is None:
        return None
    known = study_id in {row.study_id for row in service.studies()}
    return someone if known and service.may_see(study_id, someone.actor) else None


def answered(service: Service, settings: Settings, study_id: str, given: Mapping[str, str], actor: str) -> str:
    """The page after a form: what would be sent, where it went, or what is wrong. `actor` stands in the log."""
    words = words_in(given.get("lang", ""))
    try:
        target = Target(dataset_id(given.get("to", "").strip(), words["publish_to"]), given.get("public") == "yes")
        choices = _choices(given)
        if not target.to:
            raise StudioError(f"{words['publish_to']}: OWNER/NAME")
        with tempfile.TemporaryDirectory(prefix="studio-publish-") as name:
            export = read(service.export(study_id, Path(name) / "export", actor))
            lines = prepare(export, choices, service.study(study_id), target, Path(name) / "published")
            if given.get("agreed") != "yes":
                return shown(study_id, lines, given, words)
            return done(send(Path(name) / "published", target, settings.hub_endpoint), words)
    except InputError as error:
        return begin(study_id, given, words, said(error.errors, words.language))


def _choices(given: Mapping[str, str]) -> Choices:
    licence, texts = given.get("licence", ""), given.get("texts", "none")
    if licence not in LICENCES:
        raise StudioError(at("licence", instead(repr(licence), ", ".join(LICENCES))))
    if texts not in TEXTS:
        raise StudioError(at("texts", instead(repr(texts), ", ".join(TEXTS))))
    return Choices(licence, texts)  # type: ignore[arg-type]


# --- pages --------------------------------------------------------------------------------------------------------


def begin(study_id: str, given: Mapping[str, str], words: Words, faults: Sequence[str] = ()) -> str:
    """The form: where to, under which licence, which texts, who may read it."""
    told = "".join(f"<li>{text(line)}</li>" for line in faults)
    to = f'<input type="text" name="to" placeholder="OWNER/NAME" value="{text(given.get("to", ""))}">'
    fields = [
        f"<p><label><span>{text(words['publish_to'])}</span>{to}</label></p>",
        _select("licence", ((one, one) for one in LICENCES), given, words),
        _select("texts", ((one, words[f"publish_texts_{one}"]) for one in TEXTS), given, words),
        _select("public", (("no", words["publish_private"]), ("yes", words["publish_visible"])), given, words),
    ]
    return "".join(
        [
            f'<p><a href="/admin/">{text(words["back"])}</a></p>',
            f"<h1>{text(words['publish'])}</h1>",
            f'<div class="warn" role="alert"><ul>{told}</ul></div>' if told else "",
            note(words["publish_rules"]),
            _form(study_id, "".join(fields), words, "publish_look"),
        ]
    )


def shown(study_id: str, lines: list[str], given: Mapping[str, str], words: Words) -> str:
    """Every file that would go, and the button that sends them."""
    kept = "".join(
        f'<input type="hidden" name="{name}" value="{text(given.get(name, ""))}">'
        for name in ("to", "licence", "texts", "public")
    )
    agreed = '<input type="hidden" name="agreed" value="yes">'
    return "".join(
        [
            f"<h1>{text(words['publish'])}</h1>",
            f'<pre class="checked" tabindex="0">{text(chr(10).join(said(lines, words.language)))}</pre>',
            _form(study_id, kept + agreed, words, "publish_send"),
            f'<p><a href="/admin/publish/{text(study_id)}?lang={words.language}">{text(words["back"])}</a></p>',
        ]
    )


def done(address: str, words: Words) -> str:
    """Where the data set is now."""
    return "".join(
        [
            f"<h1>{text(words['publish_done'])}</h1>",
            f'<p><a href="{text(address)}" rel="noopener">{text(address)}</a></p>',
            f'<p><a href="/admin/">{text(words["back"])}</a></p>',
        ]
    )


def _form(study_id: str, body: str, words: Words, button: str) -> Raw:
    return Raw(
        f'<form method="post" action="/admin/publish/{text(study_id)}" class="card form">'
        f'<input type="hidden" name="lang" value="{words.language}">{body}'
        f'<p class="form-acts"><button class="button primary">{text(words[button])}</button></p></form>'
    )


def _select(name: str, choices: object, given: Mapping[str, str], words: Words) -> str:
    options = "".join(
        f'<option value="{text(value)}"{" selected" if given.get(name) == value else ""}>{text(shown)}</option>'
        for value, shown in choices  # type: ignore[attr-defined]
    )
    return (
        f'<p><label><span>{text(words[f"publish_{name}"])}</span><select name="{name}">{options}</select></label></p>'
    )

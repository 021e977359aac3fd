"""The texts raters read, shown and changed before launch: the organiser's statements, consent, guidelines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from studio.documents import drafts as draft
from studio.pages.admin.html import Raw, Words, heading, note, text
from studio.service.view import consent_text
from tasks.errors import InputError
from tasks.languages import tags
from tasks.languages.fault import Fault, at, instead
from tasks.schema import Information, Language, Study
from tasks.schema import Words as Text
from tasks.study.consent import STATEMENTS, statement_heading
from tasks.study.wording import drafts

ROWS = {"statement": 2, "provenance": 3, "consent": 12, "guidelines": 14}


def form(study: Study, words: Words, typed: Mapping[str, str]) -> Raw:
    """The fields of the form: statements open, whole texts folded, each in every language of the study.

    `typed`: what stands in fields and is not in the study yet.
    """
    information, spoken = study.information or Information(), words.language
    statements = "".join(
        _field(
            study, f"statement.{name}", statement_heading(name, spoken), getattr(information, name), "statement", typed
        )
        for name in STATEMENTS
    )
    whole = "".join(
        f"<details><summary>{text(words[f'texts_{name}'])}</summary>"
        f"{_areas(study, name, value, name, words[f'texts_{name}'], typed)}</details>"
        for name, value in (("consent", study.consent), ("guidelines", study.guidelines))
    )
    days = typed.get("retention_days", str(study.retention_days or ""))
    return Raw(
        "".join(
            [
                heading(words["texts"]),
                note(words["texts_note"]),
                statements,
                _field(study, "provenance", words["texts_provenance"], study.provenance, "provenance", typed),
                f"<p><label>{text(words['texts_retention'])}<br>"
                f'<input type="number" name="retention_days" min="1" value="{text(days)}"></label></p>',
                whole,
                _drafts(study, words),
            ]
        )
    )  # fmt: skip


def _drafts(study: Study, words: Words) -> str:
    """Each draft that can be accepted, to be read, with a box to tick under it; nothing where there is none."""
    names = [name for name in drafts.names(study) if name in (*study.accepted, *drafts.waiting(study))]
    told = note(words["drafts_note"], "warn")
    hidden = '<input type="hidden" name="drafts" value="shown">'
    read = "".join(_draft(study, name, words) for name in names)
    return f"<fieldset><legend>{text(words['drafts'])}</legend>{told}{hidden}{read}</fieldset>" if names else ""


def _draft(study: Study, name: str, words: Words) -> str:
    language, part = name.split(".")
    called = text(f"{tags.name_of(language, words.language)}: {words[f'draft_{part}']}")
    body = text(draft.shown(study, name))
    ticked, accept = " checked" if name in study.accepted else "", text(words["draft_accept"])
    return (
        f'<details><summary>{called}</summary><div class="checked" tabindex="0" lang="{language}" '
        f'dir="{tags.direction(language)}">{body}</div></details><p><label class="tick"><input type="checkbox" '
        f'name="accept.{name}" aria-label="{accept} ({called})"{ticked}> {accept}</label></p>'
    )


def shown(study: Study, words: Words) -> Raw:
    """The consent page as raters read it, statements and data map included."""
    consent = consent_text(study)
    if consent is None:
        return note(words["texts_no_consent"], "warn")
    return Raw(
        f"<details><summary>{text(words['texts_shown'])}</summary>"
        f'<div class="checked" tabindex="0" dir="auto">{text(words.of(consent))}</div></details>'
    )


def edited(study: Study, given: Mapping[str, str]) -> Study:
    """The study with the texts of the form; what the form left out stays as it was.

    Raises:
        InputError: the days of retention are no number of 1 or more.
    """
    languages = study.languages
    statements = {
        name: _typed(given, f"statement.{name}", getattr(study.information or Information(), name), languages)
        for name in STATEMENTS
    }
    said = any(words is not None for words in statements.values())
    return study.model_copy(
        update={
            "information": Information(**statements) if said or study.information is not None else None,
            "provenance": _typed(given, "provenance", study.provenance, languages),
            "consent": _typed(given, "consent", study.consent, languages),
            "guidelines": _typed(given, "guidelines", study.guidelines, languages),
            "retention_days": _days(given, study.retention_days),
            "accepted": _accepted(study, given),
        }
    )


def _accepted(study: Study, given: Mapping[str, str]) -> tuple[str, ...]:
    """The drafts whose boxes are ticked; as before where the form had none."""
    if "drafts" not in given:
        return study.accepted
    return tuple(name for name in drafts.names(study) if f"accept.{name}" in given)


def _field(study: Study, name: str, title: str, value: Text | None, kind: str, typed: Mapping[str, str]) -> str:
    return f"<fieldset><legend>{text(title)}</legend>{_areas(study, name, value, kind, title, typed)}</fieldset>"


def _areas(study: Study, name: str, value: Text | None, kind: str, title: str, typed: Mapping[str, str]) -> str:
    return "".join(
        f"<p><label>{text(tags.name_of(language))}<br>"
        f'<textarea name="{name}.{language}" lang="{language}" dir="{tags.direction(language)}" rows="{ROWS[kind]}" '
        f'aria-label="{text(title)} ({text(tags.name_of(language))})">\n'
        f"{text(typed.get(f'{name}.{language}', _in(value, language)))}</textarea></label></p>"
        for language in study.languages
    )


def _in(words: Text | None, language: str) -> str:
    return "" if words is None else words.root.get(language, "")


def _typed(given: Mapping[str, str], name: str, before: Text | None, languages: Sequence[Language]) -> Text | None:
    """A text of the form in the study's languages; None where all of it is blank. Browsers send line ends as CR LF."""
    typed = {
        language: given.get(f"{name}.{language}", _in(before, language)).replace("\r\n", "\n") for language in languages
    }
    return Text(typed) if any(value.strip() for value in typed.values()) else None


def _days(given: Mapping[str, str], before: int | None) -> int | None:
    typed = given.get("retention_days", str(before or "")).strip()
    if typed and not (typed.isascii() and typed.isdecimal() and int(typed) >= 1):
        raise InputError(at("retention_days", instead(repr(typed), Fault("days"))))
    return int(typed) if typed else None

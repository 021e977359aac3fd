"""The texts raters read, as they read them and as they can be written anew, in each language of the study."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from studio.documents import drafts as draft
from studio.pages import markdown
from studio.pages.admin.html import Words, note, text
from studio.service.view import consent_text
from tasks.errors import InputError
from tasks.languages import tags
from tasks.languages.fault import Fault, at, instead
from tasks.schema import Information, Language, Study
from tasks.schema import Words as Text
from tasks.study.consent import BESIDE, STATEMENTS, statement_heading
from tasks.study.wording import drafts

Typed = Mapping[str, str]
ALL = (*STATEMENTS, *BESIDE)
ROWS = {"consent": 12, "guidelines": 14}


def papers(study: Study, words: Words, typed: Typed) -> str:
    """Consent, guidelines and help, each as raters read it with the texts that it is made of; one is open at a time."""
    helps = study.support.help if study.support else None
    shown: tuple[tuple[str, Text | None, Callable[[], str]], ...] = (
        ("consent", consent_text(study), lambda: _statements(study, words, typed) + _whole(study, "consent", typed)),
        ("guidelines", study.guidelines, lambda: _whole(study, "guidelines", typed)),
        ("help", helps, lambda: areas(study, "help", helps, words["texts_help"], typed)),
        ("provenance", study.provenance, lambda: areas(study, "provenance", study.provenance, "", typed, 3)),
    )
    return "".join(
        f'<details class="paper" name="paper"{" open" if name == "consent" else ""}>'
        f"<summary>{text(words[f'texts_{name}'])}</summary>{_read(study, name, value, words)}"
        f'<details class="edit"><summary>{text(words["texts_edit"])}</summary>'
        f'<div id="edit-{name}" data-fresh>{fields()}</div></details></details>'
        for name, value, fields in shown
    )


def _read(study: Study, name: str, value: Text | None, words: Words) -> str:
    """A text as raters read it: in the page's language if the study has it, the others folded."""
    if value is None:
        return note(words["texts_no_consent" if name == "consent" else "texts_none"], "warn")
    first = words.language if words.language in study.languages else study.languages[0]
    rest = [tag for tag in study.languages if tag != first]
    others = "".join(
        f'<details class="plain"><summary lang="{tag}">{text(tags.name_of(tag))}</summary>{_rendered(value, tag)}'
        "</details>"
        for tag in rest
    )
    return f'<div class="seen-text" id="seen-{name}" data-fresh tabindex="0">{_rendered(value, first)}{others}</div>'


def _rendered(value: Text, tag: Language) -> str:
    """Markdown as the rating page shows it."""
    said = value.root.get(tag) or value.text(tag, *value.languages)
    return f'<div lang="{tag}" dir="{tags.direction(tag)}">{markdown.html(said)}</div>'


def _statements(study: Study, words: Words, typed: Typed) -> str:
    information = study.information or Information()
    return "".join(
        areas(study, f"statement.{name}", getattr(information, name), statement_heading(name, words.language), typed, 2)
        for name in ALL
    )


def _whole(study: Study, name: str, typed: Typed) -> str:
    return areas(study, name, getattr(study, name), "", typed, ROWS[name])


def areas(study: Study, name: str, value: Text | None, title: str, typed: Typed, rows: int = 3) -> str:
    """A text as fields, one for each language of the study."""
    fields = "".join(
        f"<p><label><span>{text(' · '.join(filter(None, (title, tags.name_of(tag)))))}</span>"
        f'<textarea name="{name}.{tag}" lang="{tag}" dir="{tags.direction(tag)}" rows="{rows}">\n'
        f"{text(typed.get(f'{name}.{tag}', _in(value, tag)))}</textarea></label></p>"
        for tag in study.languages
    )
    return f'<div class="tongues">{fields}</div>'


def acceptance(study: Study, words: Words) -> str:
    """Each draft that can be accepted, to be read, with a box to tick under it; nothing where there is none."""
    names = [name for name in drafts.names(study) if name in (*study.accepted, *drafts.waiting(study))]
    told = note(words["drafts_note"], "warn")
    hidden = '<input type="hidden" name="drafts" value="shown">'
    read = "".join(_draft(study, name, words) for name in names)
    shown = f'<section class="card"><h2>{text(words["drafts"])}</h2>{told}{hidden}{read}</section>'
    return shown if names else ""


def _draft(study: Study, name: str, words: Words) -> str:
    language, titled = name.split(".")[0], text(called(name, words))
    body = text(draft.shown(study, name))
    ticked, accept = " checked" if name in study.accepted else "", text(words["draft_accept"])
    return (
        f'<details><summary>{titled}</summary><div class="checked" tabindex="0" lang="{language}" '
        f'dir="{tags.direction(language)}">{body}</div></details><p><label class="tick"><input type="checkbox" '
        f'name="accept.{name}" aria-label="{accept} ({titled})"{ticked}> {accept}</label></p>'
    )


def called(name: str, words: Words) -> str:
    """What a draft such as `de.scales` is called."""
    language, part = name.split(".")
    return f"{tags.name_of(language, words.language)}: {words[f'draft_{part}']}"


def edited(study: Study, given: Mapping[str, str]) -> Study:
    """The study with the texts of the form; what the form left out stays as it was.

    Raises:
        InputError: the days of retention are no number of 1 or more.
    """
    spoken = study.languages
    before = study.information or Information()
    said: dict[str, Text | None] = {
        name: _typed(given, f"statement.{name}", getattr(before, name), spoken) for name in ALL
    }
    any_said = study.information is not None or any(words is not None for words in said.values())
    whole = {
        name: _typed(given, name, getattr(study, name), spoken) for name in ("provenance", "consent", "guidelines")
    }
    helps = _typed(given, "help", study.support.help if study.support else None, spoken)
    support = study.support.model_copy(update={"help": helps}) if study.support and helps else study.support
    return study.model_copy(
        update={
            **whole,
            "information": before.model_copy(update=said) if any_said else None,
            "support": support,
            "retention_days": _days(given, study.retention_days),
            "accepted": _accepted(study, given),
        }
    )


def _accepted(study: Study, given: Mapping[str, str]) -> tuple[str, ...]:
    """The drafts whose boxes are ticked; as before where the form had none."""
    if "drafts" not in given:
        return study.accepted
    return tuple(name for name in drafts.names(study) if f"accept.{name}" in given)


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

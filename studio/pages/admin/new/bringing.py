"""Where files are dropped or chosen: they are sent as soon as they are there."""

from __future__ import annotations

from collections.abc import Sequence

from studio.intake.staging import MOST_BYTES
from studio.pages.admin.html import Raw, Words, text
from studio.pages.admin.icons import icon


def pick(form: str, called: str, kind: str = "") -> Raw:
    """A button that opens the system's window for files, of the form with this id."""
    return Raw(
        f'<label class="button {kind} pick">{text(called)}'
        f'<input type="file" name="files" form="{form}" class="sr" multiple></label>'
    )


def too_large(words: Words) -> str:
    """What is said of files that are larger than may be."""
    return words.say("too_large", n=MOST_BYTES // 1024**2)


def brought(names: Sequence[str], words: Words) -> Raw:
    """The files of a draft, which can be added to and exchanged; the forms stand outside (`forms`)."""
    listed = "".join(f"<b>{text(name)}</b>" for name in names)
    ways = (pick("more", words["files_more"]) if names else "") + pick("other", words["files_other"])
    return Raw(
        f'<section class="card brought" data-drop="{"more" if names else "other"}">{icon("check")}<p>{listed}</p>'
        f'<p class="page-acts">{ways}</p></section>'
    )


def forms(draft_id: str, words: Words) -> Raw:
    """The forms by which files join those of a draft (`more`) or take their place (`other`)."""
    return Raw(
        "".join(
            f'<form id="{name}" data-upload="/admin/new" data-too-large="{text(too_large(words))}">'
            f'<input type="hidden" name="draft" value="{text(draft_id)}">{kept}<p class="form-acts"></p></form>'
            for name, kept in (("more", '<input type="hidden" name="keep" value="yes">'), ("other", ""))
        )
    )

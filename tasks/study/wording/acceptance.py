"""Drafts taken over in the file study.yaml, whose comments and order stay."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from tasks.errors import InputError
from tasks.files import write_text
from tasks.languages.fault import Fault, at, instead, line_of
from tasks.schema import Study
from tasks.study.wording import drafts

_LINE = re.compile(r"^accepted:[ \t]*\[[^\]\n]*\][^\n]*\n?", re.MULTILINE)
_KEY = re.compile(r"^accepted:", re.MULTILINE)


def write(folder: Path, study: Study, names: Sequence[str]) -> None:
    """Add drafts to `accepted` in the study.yaml of a folder.

    Args:
        study: as loaded from the folder.
        names: such as `de.scales`; what is accepted already stays so.

    Raises:
        InputError: a name is none that waits, or `accepted` stands there in another form than `[…]` on one line.
    """
    allowed = drafts.waiting(study)
    known = (*allowed, *study.accepted)
    if wrong := [name for name in names if name not in known]:
        listed = ", ".join(allowed) or Fault("nothing_waits")
        raise InputError(at("accept", instead(repr(name), listed)) for name in wrong)
    path = folder / "study.yaml"
    text = path.read_text(encoding="utf-8")
    chosen = [name for name in drafts.names(study) if name in (*study.accepted, *names)]
    line = f"accepted: [{', '.join(chosen)}]\n"
    if _LINE.search(text):
        write_text(path, _LINE.sub(line, text, count=1))
    elif _KEY.search(text):
        raise InputError(at(line_of("study.yaml", None, "accepted"), Fault("on_one_line", line=repr(line.strip()))))
    else:
        gap = "" if text.endswith("\n") else "\n"
        note = "\n# Shipped drafts that were read and are taken over; python -m studio accept.\n"
        write_text(path, text + gap + note + line)

"""What of a study may stand in a published data set: judgments under new names, open texts, comments that were read.

The rule for texts is that of `results.export.open_texts`: nothing that forbids it is handed on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from results.export import csv_cells as cells
from results.export.folder import Export, write
from results.export.open_texts import Texts, with_texts
from results.export.rows import CommentRow
from studio.hub.pseudonyms import rename
from tasks.errors import InputError
from tasks.files import sha256_file
from tasks.schema import Study
from tasks.study.save import without_texts

LEFT_OUT = "[left out]"
_PERSONAL = re.compile(
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # mail addresses
    r"|\bhf_[A-Za-z0-9]{8,}"  # tokens
    r"|(?<![\w:/.<])(?:/(?:home|root|Users|mnt|tmp|var|work|data|scratch)|~)(?:/[\w.@+-]+)+"  # paths of a machine
    r"|[A-Za-z]:\\(?:[\w.@+ -]+\\?)+"
)


@dataclass(frozen=True)
class Choices:
    """What the organiser decides."""

    licence: str
    """SPDX-like id as the Hub writes it, e.g. `cc-by-4.0`."""
    texts: Texts = "none"
    comments: tuple[CommentRow, ...] = ()
    """Comments that somebody has read and found fit, with the codes of the export."""


def build(export: Export, choices: Choices, full: Study | None, folder: Path) -> Export:
    """Write the published folder, which `results report` reads like any export; returns what it holds.

    Args:
        export: the export, of a study that is over.
        choices: see there.
        full: the study with its texts; needed unless `choices.texts` is `none`.
        folder: a new or an earlier published folder.

    Raises:
        InputError: the study with texts is another one, a comment belongs to no assignment, or the folder is in use.
    """
    _check_comments(export, choices.comments)
    study = with_texts(export.study, full, choices.texts)
    judged = tuple(row for row in export.judgments if row.criterion_kind != "text")
    published = rename(replace(export, study=without_texts(study), judgments=judged, comments=choices.comments))
    published = replace(published, comments=tuple(_clean_comment(row) for row in published.comments))
    write(published, folder)
    _put_study(study, folder)
    return published


def still_open(export: Export) -> int:
    """Assignments of taken Seats that nobody has answered yet: publishing who wrote what would unblind their raters."""
    taken = {row.seat for row in export.raters if row.finished_at is None}
    return sum(row.status == "planned" and row.seat in taken for row in export.assignments)


def read_comments(path: Path) -> tuple[CommentRow, ...]:
    """Comments that were read: comments.csv of an export, without the rows that should not stand.

    Raises:
        InputError: other columns than those of comments.csv.
    """
    header, *lines = cells.parse(path.read_bytes()) or [[]]
    columns = list(CommentRow.model_fields)
    if header != columns:
        raise InputError([f"{path}, line 1: columns are {header}; allowed: {columns}"])
    short = [number for number, line in enumerate(lines, start=2) if len(line) != len(columns)]
    if short:
        raise InputError([f"{path}, row {number}: not {len(columns)} cells" for number in short])
    given = (dict(zip(columns, line, strict=True)) for line in lines)
    return tuple(CommentRow(**{name: cell for name, cell in row.items() if cell}) for row in given)


def _check_comments(export: Export, comments: Iterable[CommentRow]) -> None:
    known = {(row.assignment_id, row.rater) for row in export.comments}
    strange = [row for row in comments if (row.assignment_id, row.rater) not in known]
    if strange:
        raise InputError(
            [f"comments: {row.assignment_id} of {row.rater}: the export has no such comment" for row in strange]
        )


# --- what could point at a person -------------------------------------------------------------------------------------


def cleaned(value: Any) -> Any:
    """The JSON value without mail addresses, access tokens and paths of somebody's machine in its texts."""
    if isinstance(value, str):
        return _PERSONAL.sub(LEFT_OUT, value)
    if isinstance(value, list):
        return [cleaned(one) for one in value]
    if isinstance(value, dict):
        return {key: cleaned(one) for key, one in value.items()}
    return value


def _clean_comment(row: CommentRow) -> CommentRow:
    return row.model_copy(update={"comment": cleaned(row.comment)})


def _put_study(study: Study, folder: Path) -> None:
    """study.json with the open texts, and its new hash in the manifest."""
    whole = cleaned(json.loads(study.model_dump_json()))
    if whole["support"]:
        whole["support"]["contact"] = ""
    Study.model_validate(whole)
    path = folder / "study.json"
    path.write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["sha256"]["study.json"] = sha256_file(path)
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

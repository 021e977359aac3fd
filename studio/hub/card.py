"""The card of a published data set: what it is, how it was made, what is left out and under which terms it stands."""

from __future__ import annotations

from typing import Any

import yaml

from results.export.folder import TABLES, Export
from results.export.open_texts import is_restricted
from studio.hub.dataset import Choices
from tasks.schema import Study

KOKOROCHAT = (
    "Items marked `kokorochat` stand on dialogues of KokoroChat (Qi et al., ACL 2025, arXiv 2506.01357), CC BY-NC-ND "
    "4.0. No text of it is in this data set. Whoever has an own copy puts the texts back: `python -m tasks rehydrate`."
)


def card(export: Export, choices: Choices) -> str:
    """README.md of the data set: YAML head and body.

    Args:
        export: what `studio.hub.dataset.build` returned.
        choices: the organiser's.
    """
    head = yaml.safe_dump(_head(export, choices), allow_unicode=True, sort_keys=False)
    return f"---\n{head}---\n\n{_body(export, choices)}"


def _head(export: Export, choices: Choices) -> dict[str, Any]:
    tables = {"judgments": "judgments.parquet"} | {name: f"{name}.csv" for name in TABLES}
    return {
        "pretty_name": export.study.title.text("en", *export.study.languages),
        "license": choices.licence,
        "language": list(export.study.languages),
        "task_categories": ["text-generation"],
        "tags": [
            "human-evaluation",
            "pairwise-preference",
            "counselling",
            *(["simulated"] if _simulated(export) else []),
        ],
        "configs": [{"config_name": name, "data_files": file} for name, file in tables.items()],
    }


def _simulated(export: Export) -> bool:
    return export.study.simulated


def _body(export: Export, choices: Choices) -> str:
    study = export.study
    parts = [
        "# " + "\n\n".join(dict.fromkeys(study.title.text(tag, *study.languages) for tag in ("en", *study.languages))),
        "**The judgments in this data set are simulated: scripts made them, no person.**" if study.simulated else "",
        _made(export),
        f"## Where items and responses come from\n\n{study.provenance.text('en', *study.languages)}"
        if study.provenance
        else "",
        "## Systems\n\n" + "\n".join(f"- `{one.system_id}`: {one.name or one.system_id}" for one in study.systems),
        _left_out(export, choices),
        "## Files\n\n" + _FILES,
        f"## Terms\n\nLicence of the judgments: {choices.licence}." + (f" {KOKOROCHAT}" if _restricted(study) else ""),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _made(export: Export) -> str:
    return (
        f"{len(export.raters)} raters judged blind which of two responses they prefer and how each reads: "
        f"{len(export.judgments)} judgments of {len(export.items)} items. Sides were drawn beforehand and are stored; "
        "every judgment is resolved to systems."
        if export.study.protocol == "pairwise"
        else f"{len(export.raters)} raters made {len(export.judgments)} judgments of {len(export.items)} items."
    )


def _left_out(export: Export, choices: Choices) -> str:
    texts = {
        "none": "Texts of dialogues and responses are left out; lengths and detected questions are in responses.csv.",
        "open": "Texts stand where their source allows it.",
        "responses": "Texts of dialogues stand where their source allows it; models' responses stand.",
    }[choices.texts]
    count = len(choices.comments)
    comments = f"{count} comments stand, each read before." if count else "Comments are left out."
    return (
        f"## What is left out\n\n{texts} {comments} Raters have new names (P001 …) that lead nowhere; times are cut "
        "to the day; profiles are not part of it; whoever withdrew is not in it."
    )


def _restricted(study: Study) -> bool:
    items = (*study.items, *(one.item for one in study.practice), *(one.item for one in study.checks))
    return any(is_restricted(item) for item in items)


_FILES = """`judgments.parquet` (also .csv, .jsonl): one row per judgment. `assignments.csv`: who saw what, in order.
`items.csv`, `responses.csv`, `raters.csv`, `comments.csv`, `study.json` (criteria, design, systems), `manifest.json`.
The folder is an export of the studio: `python -m results report FOLDER --out DIR` gives the report."""

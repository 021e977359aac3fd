"""One small export of every format version is kept in tests/exports and must still give its report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from results.export.folder import FORMATS, read
from results.report.build import build
from tasks.study.wording.texts import languages_of

KEPT = sorted((Path(__file__).parents[1] / "exports").iterdir())
FIGURES: dict[str, dict[str, Any]] = {
    "format-1": {
        "margin": -0.277777777778,
        "p": 0.75,
        "items": {"won": 2, "lost": 4, "tied": 0},
        "alpha": 0.646603833612,
    },
    "format-2": {
        "margin": -0.388888888889,
        "p": 0.5,
        "items": {"won": 0, "lost": 2, "tied": 4},
        "alpha": -0.191478598128,
    },
}


def test_the_formats_differ_in_their_languages() -> None:
    first, second = (read(folder).study for folder in KEPT)
    assert (first.format_version, sorted(languages_of(first))) == (1, ["en", "ja"])
    assert (second.format_version, sorted(languages_of(second))) == (2, ["ar", "en", "ja"])
    assert second.accepted == ("ar.scales",)


def test_every_version_has_one() -> None:
    assert [folder.name for folder in KEPT] == [f"format-{number}" for number in FORMATS]
    for folder in KEPT:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        assert f"format-{manifest['format_version']}" == folder.name


@pytest.mark.parametrize("folder", KEPT, ids=lambda folder: folder.name)
def test_it_still_reports(folder: Path) -> None:
    facts, expected = json.loads(build(read(folder), 100).record.json_text()), FIGURES[folder.name]
    pair = facts["preference"]["pairs"][0]
    assert pair["margin"]["value"] == pytest.approx(expected["margin"], abs=1e-9)
    assert pair["margin_test"]["p_value"] == pytest.approx(expected["p"], abs=1e-9)
    assert pair["items"] == expected["items"]
    alpha = facts["agreement"][0]["figures"]["alpha"]["value"]
    assert alpha == pytest.approx(expected["alpha"], abs=1e-9)

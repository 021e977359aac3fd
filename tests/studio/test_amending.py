"""What a study declares, changed after launch: kept before and after, replayed, printed; the launch keeps its hash."""

from __future__ import annotations

from pathlib import Path

import pytest

from results.export.folder import read
from results.report.build import build
from results.report.pages import lay_out
from studio.service import Service, StudioError
from studio.store.database import Store
from tasks.schema import Exclusion, Hypothesis, Primary, Study
from tests import studio_world as w

FIRST, SECOND = w.NAMES
TEST = Hypothesis(systems=(SECOND, FIRST), claim="better")


@pytest.fixture
def service(tmp_path: Path) -> Service:
    """A study of six items that two raters have judged."""
    here, tokens = w.world(tmp_path, items=6, seats=2)
    for token in tokens:
        for _ in range(6):
            pair = here.dispatch(token, {"do": "state"})["pairs"][0]
            w.submit(here, token, w.form(pair["assignment_id"]))
    return here


def changed(study: Study, **parts: object) -> Study:
    return study.model_copy(update=parts)


def test_a_changed_family_is_a_deviation_with_before_and_after(service: Service, tmp_path: Path) -> None:
    launched = service.study("sleep")
    frozen = service.registration("sleep")
    service.amend_study(changed(launched, hypotheses=(TEST,), primary=Primary(estimand="raters_at_large")))
    assert service.registration("sleep") == frozen
    assert service.study("sleep").hypotheses == (TEST,)
    (act,) = service.deviations("sleep")
    assert act.kind == "plan_changed"
    assert 'primary.estimand: – → "raters_at_large"' in act.payload["what"]
    assert 'hypotheses: – → [{"claim": "better"' in act.payload["what"]
    assert service.verify()[1] == []
    export = read(service.export("sleep", tmp_path / "out"))
    assert export.study.hypotheses == (TEST,)
    record = build(export, resamples=100).record
    assert [one.claim for one in record.hypotheses] == ["better"]
    text = lay_out(record, "en").markdown()
    assert "## Changes since launch" in text
    assert "what was declared was changed" in text
    assert '"raters_at_large"' in text
    assert any("What was declared was changed after" in sentence for sentence in record.answer["en"])


def test_another_program_on_the_same_database_exports_what_is_declared_now(service: Service) -> None:
    other = Service(Store(service.store.url))
    launched = other.study("sleep")
    other.in_memory("sleep")
    service.amend_study(changed(launched, exclusions=(Exclusion(rule="min_seconds", threshold=3),)))
    assert other.in_memory("sleep").study.exclusions[0].threshold == 3
    assert other.registration("sleep") == service.registration("sleep")


def test_nothing_else_may_change(service: Service) -> None:
    launched = service.study("sleep")
    with pytest.raises(StudioError, match="more than primary, hypotheses, exclusions, judges differs"):
        service.amend_study(changed(launched, items=launched.items[:-1], hypotheses=(TEST,)))
    with pytest.raises(StudioError, match="nothing to change"):
        service.amend_study(launched)
    with pytest.raises(StudioError, match="in this database: sleep"):
        service.amend_study(changed(launched, study_id="other"))
    assert service.deviations("sleep") == []


def test_a_change_and_its_undoing_are_both_told(service: Service) -> None:
    launched = service.study("sleep")
    service.amend_study(changed(launched, hypotheses=(TEST,)))
    service.amend_study(launched)
    assert service.study("sleep") == launched
    assert [act.kind for act in service.deviations("sleep")] == ["plan_changed", "plan_changed"]
    assert service.deviations("sleep")[1].payload["what"].endswith("→ –")
    assert [act.kind for act in service.audit("sleep")].count("plan_changed") == 2

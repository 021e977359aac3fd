"""The kept mutants still fit the code: each line stands once where its entry says, and its tests are there."""

from __future__ import annotations

import pytest

from tests.mutants import ROOT, Mutant, mutants


@pytest.mark.parametrize("mutant", mutants(), ids=lambda one: f"{one.path}: {one.rule}")
def test_a_mutant_fits_its_file_and_names_tests_that_are_there(mutant: Mutant) -> None:
    text = (ROOT / mutant.path).read_text(encoding="utf-8")
    assert mutant.applied(text) != text
    assert mutant.tests
    assert all((ROOT / test.split("::")[0]).is_file() for test in mutant.tests)


def test_there_are_enough_of_them_for_every_rule_that_must_never_break() -> None:
    rules = {mutant.rule.split(":")[0] for mutant in mutants()}
    assert len(mutants()) >= 60, rules

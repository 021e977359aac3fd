"""The made-up requests of test_fuzz once more, on PostgreSQL, which refuses characters that SQLite takes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from studio.service import Service
from studio.store.database import Store
from tests import studio_world as w
from tests.studio.test_fuzz import test_any_form, test_any_request
from tests.studio.test_postgres import empty_database, server

__all__ = ["server", "test_any_form", "test_any_request"]
pytestmark = [pytest.mark.slow, pytest.mark.postgres]


@pytest.fixture(scope="module")
def world(server: str) -> Iterator[tuple[Service, list[str]]]:
    here = Service(Store(empty_database(server)), w.clock())
    study = w.study(items=3)
    here.create_study(study, w.plan(study, seats=2))
    yield here, [here.join(link)[0] for link in here.invite("sleep", 2)]
    here.store.close()

"""The made-up requests of test_fuzz_http once more, to an application on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from studio.service import Service
from studio.settings import Settings
from studio.store.database import Store
from studio.web.app import build
from tests import studio_world as w
from tests.studio.test_fuzz_http import (
    client,
    paths,
    test_any_body_to_the_vote_route,
    test_any_call_of_the_component,
    test_any_request_to_any_route,
)
from tests.studio.test_postgres import empty_database, server

__all__ = [
    "client", "paths", "server", "test_any_body_to_the_vote_route", "test_any_call_of_the_component",
    "test_any_request_to_any_route",
]  # fmt: skip
pytestmark = [pytest.mark.slow, pytest.mark.postgres]


@pytest.fixture(scope="module")
def world(server: str) -> Iterator[tuple[Service, Any]]:
    here = Service(Store(empty_database(server)), w.clock())
    study = w.study(items=4, practice=1, paperwork=True)
    here.create_study(study, w.plan(study, seats=6, blinding=2))
    yield here, build(here, Settings())
    here.store.close()

"""What every test shares: the path of the real data, where the reader has it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# How long an example takes says how busy the machine is, not whether the code is right. The same examples every time,
# so that a red run is about the change under test; HYPOTHESIS_PROFILE=search looks for new ones.
settings.register_profile("repeatable", deadline=None, derandomize=True, max_examples=50)
settings.register_profile("search", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


MEMORY, MOST_BYTES = Path("/dev/shm"), 4_000_000_000
if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MOST_BYTES:
    # a store waits for its disk at every save, which is what raters want and thousands of tests do not need
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

LONG = ("slow", "postgres", "browser")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with long tests begin first, so that at the end no worker is alone with one."""
    long = {item.path for item in items if any(item.get_closest_marker(name) for name in LONG)}
    items.sort(key=lambda item: item.path not in long)


@pytest.fixture(scope="session")
def kokorochat_path() -> Path:
    """The reader's own copy of KokoroChat; tests on it are skipped, with the reason, where there is none."""
    value = os.environ.get("KOKOROCHAT_PATH")
    if not value:
        pytest.skip("KOKOROCHAT_PATH is not set: the real KokoroChat is needed (docs/kokorochat.md)")
    return Path(value)


@pytest.fixture(scope="session")
def multilingual_path() -> Path:
    """The reader's own copy of Multilingual KokoroChat; tests on it are skipped where there is none."""
    value = os.environ.get("MULTILINGUAL_KOKOROCHAT_PATH")
    if not value:
        pytest.skip("MULTILINGUAL_KOKOROCHAT_PATH is not set: the real translations are needed (docs/kokorochat.md)")
    return Path(value)


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Any]:
    """(service, whole application behind its guard) with a study whose every secret is marked, built once."""
    from studio.settings import Settings
    from studio.web.app import build
    from tests import studio_world as w

    here = w.service(tmp_path_factory.mktemp("canary"))
    study = w.study(items=4, practice=1, paperwork=True)
    here.create_study(study, w.plan(study, seats=6, blinding=2))
    return here, build(here, Settings())

"""What every test shares: the path of the real data, where the reader has it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


@pytest.fixture(scope="session")
def kokorochat_path() -> Path:
    """The reader's own copy of KokoroChat; tests on it are skipped, with the reason, where there is none."""
    value = os.environ.get("KOKOROCHAT_PATH")
    if not value:
        pytest.skip("KOKOROCHAT_PATH is not set: the real KokoroChat is needed (docs/kokorochat.md)")
    return Path(value)

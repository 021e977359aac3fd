"""A SQLite database that is locked, full or damaged: every route answers in words, and nothing is half written."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studio.store import database
from studio.web import lanes
from tests import studio_world as w
from tests.studio import broken_database as broken
from tests.studio.test_faults import small_disk
from tests.studio.test_stalls import blocked

pytestmark = pytest.mark.slow

__all__ = ["small_disk"]
PAGE = 4096


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    monkeypatch.setattr(lanes, "PATIENCE_SECONDS", 1.0)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[broken.World]:
    with broken.studio(w.service(tmp_path)) as made:
        yield made
        made.here.store.close()


def test_a_locked_database(world: broken.World, tmp_path: Path) -> None:
    before = world.last_seq()
    with blocked(tmp_path / "studio.sqlite"):
        found = broken.check_every_route(world)
    assert found[f"GET /e/{world.link}"] == 503
    assert found["GET /s/sleep"] == 200, "who only reads is not held up"
    broken.check_it_goes_on(world, before)


def test_a_full_disk(small_disk: Path) -> None:
    with broken.studio(w.service(small_disk)) as world:
        before = world.last_seq()
        filler = small_disk / "filler"
        with filler.open("wb", buffering=0) as full, contextlib.suppress(OSError):
            while True:
                full.write(b"x" * PAGE)
        found = broken.check_every_route(world)
        assert found[f"GET /e/{world.link}"] == 503
        filler.unlink()
        broken.check_it_goes_on(world, before)
        world.here.store.close()


def noise(content: bytearray, draw: random.Random) -> None:
    """Every page but the first two is overwritten."""
    content[2 * PAGE :] = draw.randbytes(len(content) - 2 * PAGE)


def holes(content: bytearray, draw: random.Random) -> None:
    """Single bytes of every page are changed, those of the schema and of all texts among them."""
    for page in range(0, len(content), PAGE):
        for _ in range(draw.randrange(40)):
            content[draw.randrange(max(page, 100), page + PAGE)] = draw.randrange(256)


def texts(content: bytearray, draw: random.Random) -> None:
    """Brackets and quotes of the JSON in the rows are changed; SQLite notices nothing."""
    for place in range(2 * PAGE, len(content)):
        if content[place] in b'{}[]":,' and draw.random() < 0.2:
            content[place] = draw.choice(b"x\x00\xff{")


@pytest.mark.parametrize(("damage", "seed"), [(noise, 0), (holes, 0), (holes, 6), (texts, 4)])
def test_a_damaged_database(
    world: broken.World, tmp_path: Path, damage: Callable[[bytearray, random.Random], None], seed: int
) -> None:
    world.here.store.scrub()
    world.here.store.engine.dispose()
    path = tmp_path / "studio.sqlite"
    content = bytearray(path.read_bytes())
    damage(content, random.Random(seed))
    with path.open("r+b") as file:
        file.write(content)
    world.here.desk.views.clear()
    broken.check_every_route(world)

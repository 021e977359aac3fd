"""The whole application in this process, without a port.

Putting Gradio together takes longer than most tests. So an application whose test has ended is used again for the next
one, with that one's service in the place of the old one, and with a new guard.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.testclient import TestClient

from studio.service import Service
from studio.settings import Settings
from studio.web.app import build
from studio.web.guard.guard import Guard
from tests.studio.desk_client import DeskClient

_at_rest: list[tuple[Service, Guard]] = []


@contextmanager
def opened(service: Service, **options: Any) -> Iterator[TestClient]:
    """A browser that has asked for nothing yet, before the studio of this service, with settings as they are."""
    inside, guard = _at_rest.pop() if _at_rest else _made(service)
    inside.__dict__ = service.__dict__
    application = Guard(guard._application, Settings())
    with TestClient(application, follow_redirects=False, **options) as client:
        yield client
    _at_rest.append((inside, guard))


@contextmanager
def desk_of(service: Service, language: str = "en", role: str = "organiser") -> Iterator[DeskClient]:
    """The organiser's desk of this service, signed in."""
    with opened(service) as client:
        client.get(f"/o/{service.organiser_link(role)}")
        yield DeskClient(client, language)


def _made(service: Service) -> tuple[Service, Guard]:
    inside = object.__new__(Service)
    inside.__dict__ = service.__dict__
    guard = build(inside, Settings())
    assert isinstance(guard, Guard)
    return inside, guard

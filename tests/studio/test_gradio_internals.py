"""Each part of Gradio that the studio uses beyond its public interface is still there in the installed version."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import gradio as gr
import httpx
import pytest
from fastapi import FastAPI

from studio.pages.rating import gradio_internals as internals
from tests.loops import run

LOOK = f"Gradio {version('gradio')} changed; see studio/pages/rating/gradio_internals.py: "


async def mounted() -> tuple[Any, str, Any]:
    """A mounted Gradio application, its index page and its Blocks, put together inside a loop that is closed again."""
    application = FastAPI()
    with gr.Blocks(analytics_enabled=False) as blocks:
        gr.HTML("")
    gr.mount_gradio_app(application, blocks, path="/", ssr_mode=False)
    gradio = application.routes[-1].app  # type: ignore[attr-defined]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(gradio), base_url="http://localhost") as client:
        return gradio, (await client.get("/")).text, blocks


@pytest.fixture(scope="module")
def parts() -> tuple[Any, str, Any]:
    return run(mounted())


@pytest.fixture
def gradio(parts: tuple[Any, str, Any]) -> Any:
    return parts[0]


@pytest.fixture
def index(parts: tuple[Any, str, Any]) -> str:
    return parts[1]


@pytest.mark.parametrize("name", ["BASE", "APP"])
def test_index_page_holds_the_marker(index: str, name: str) -> None:
    assert getattr(internals, name) in index, LOOK + name


@pytest.mark.parametrize("name", ["FRAME_SIZER", "LINK_PREVIEWS", "MANIFEST"])
def test_index_page_matches_the_pattern(index: str, name: str) -> None:
    assert getattr(internals, name).search(index), LOOK + name


@pytest.mark.parametrize("part", ["window.gradio_config", "theme_hash", 'lang="en"', 'control_page_title="true"'])
def test_index_page_holds_what_is_rewritten(index: str, part: str) -> None:
    assert part in index, LOOK + f"ROOT, or prepare() in index.py: {part}"


def test_component_server_is_a_route_of_an_included_router(gradio: Any) -> None:
    routers = internals.included_routers(gradio)
    assert routers, LOOK + "included_routers"
    routes = [route for router in routers for route in router.routes]
    routes = [route for route in routes if getattr(route, "path", None) == internals.ANSWERS]
    assert len(routes) == 1, LOOK + "ANSWERS"
    assert routes[0].dependencies, LOOK + "serve_answers_first: the route has no sign-in check"


def test_blocks_bound_their_sessions(parts: tuple[Any, str, Any]) -> None:
    blocks = parts[2]
    assert hasattr(blocks, "state_session_capacity"), LOOK + "bound_sessions"
    internals.bound_sessions(blocks)
    assert blocks.state_session_capacity == internals.MOST_SESSIONS


def test_the_queue_says_how_often_it_looks(parts: tuple[Any, str, Any]) -> None:
    blocks = parts[2]
    assert blocks._queue.sleep_when_free < internals.QUEUE_SECONDS, LOOK + "rest_queue is no longer needed"
    assert hasattr(blocks._queue, "progress_update_sleep_when_free"), LOOK + "rest_queue"
    internals.rest_queue(blocks)
    assert blocks._queue.sleep_when_free == internals.QUEUE_SECONDS

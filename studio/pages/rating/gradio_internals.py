"""All that the studio uses of Gradio beyond its public interface; tests/studio/test_gradio_internals.py checks each.

Parts of its index page that the rating page replaces, the order of its routes, its bound on sessions, its queue's pace.
"""

from __future__ import annotations

import re
from typing import Any

from fastapi import FastAPI
from starlette.routing import Route

BASE = '<base href="./" />'
LINK_PREVIEWS = re.compile(r"<meta\s+(?:property|name)=\"(?:og|twitter):[^>]*>")
MANIFEST = re.compile(r'<link rel="manifest"[^>]*>')
APP = "<gradio-app"
FRAME_SIZER = re.compile(r"<script data-gradio-mode>.*?</script>\s*<script>.*?</script>", re.DOTALL)
ROOT = (
    '<script>window.gradio_config.root=location.origin+"{{mount}}";window.__gradio_mode__="app";window.iFrameResizer={};'
    'document.head.append(Object.assign(document.createElement("link"),'
    '{href:location.origin+"{{mount}}/theme.css?v="+gradio_config.theme_hash}))</script>'
)
"""Gradio derives its root from the request's host; the browser knows it better, behind any proxy. Gradio fetches its
theme unless a link to it is there; nothing of the theme is seen here, so that the link is there and loads nothing."""

ANSWERS = "/gradio_api/component_server"
"""Gradio's route for the server functions of components; the rating page's only transport."""

MOST_SESSIONS = 100
"""Gradio keeps something for each session a request names, and anybody can name one, of any length; nothing here needs
it, so that few are kept."""

QUEUE_SECONDS = 1.0


def bound_sessions(blocks: Any) -> None:
    """Limit the sessions for which these gr.Blocks keep state to MOST_SESSIONS."""
    blocks.state_session_capacity = MOST_SESSIONS


def rest_queue(blocks: Any) -> None:
    """Let the queue of these gr.Blocks look for events once a second instead of a thousand times.

    Pages ask through server functions of components, which are not queued; an idle queue cost each save a fifth.
    """
    blocks._queue.sleep_when_free = blocks._queue.progress_update_sleep_when_free = QUEUE_SECONDS


def included_routers(gradio: FastAPI) -> list[Any]:
    """Routers that a mounted Gradio application includes, in its order; empty where Gradio no longer includes any."""
    routers = (getattr(route, "original_router", None) for route in gradio.routes)
    return [router for router in routers if router is not None]


def serve_answers_first(application: FastAPI, gradio: FastAPI) -> None:
    """The one address a rater's page asks all the time comes before all others, which are tried in turn; and Gradio's
    own sign-in, which is not used here, takes no thread to say so.

    Addresses of Gradio's included routers and of the application itself differ, so that their order means nothing.
    """
    for included in included_routers(gradio):
        included.routes.sort(key=lambda route: getattr(route, "path", None) != ANSWERS)
        for route in included.routes[:1]:
            gradio.dependency_overrides |= {check.dependency: _passed for check in route.dependencies}
    gradio.router.routes.sort(key=lambda route: not hasattr(route, "original_router"))
    application.router.routes.insert(0, Route(ANSWERS, gradio, methods=["POST"]))


async def _passed() -> None:
    """Who a rater is, the cookie says, and the service reads it."""

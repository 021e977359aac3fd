"""The desk's Gradio side: one component that takes in the page as it was served and carries what is asked of it.

Annotations are values here, not texts: Gradio reads those of a server function at every request.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import gradio as gr
from fastapi.responses import JSONResponse

Reply = Callable[[Mapping[str, str], str, dict[str, Any]], Awaitable[dict[str, Any]]]
"""(cookies, Accept-Language, request) -> reply."""
MOST_SESSIONS = 100
"""Gradio keeps something for each session that a request names, and nothing here needs it."""


def blocks(reply: Reply, module: str) -> gr.Blocks:
    """Blocks with the component alone; `module` is the address of the page's script, which exports `adopt`."""

    async def call(data: dict[str, Any], request: gr.Request) -> JSONResponse:
        return JSONResponse(await reply(request.cookies, request.headers.get("accept-language", ""), data))

    script = f"import({module!r}).then((page) => page.adopt(element));"
    with gr.Blocks(title="", analytics_enabled=False) as page:
        page.state_session_capacity = MOST_SESSIONS
        gr.HTML("", elem_id="desk", apply_default_css=False, js_on_load=script, server_functions=[call])
    return page

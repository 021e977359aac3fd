"""The rating page's Gradio side: one component that adopts the node on the page and answers its requests.

Annotations are values here, not texts: Gradio reads those of a server function at every request.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import gradio as gr
from fastapi.responses import JSONResponse

from studio.pages.rating.gradio_internals import bound_sessions

Answer = Callable[[Mapping[str, str], dict[str, Any]], Awaitable[dict[str, Any]]]
"""(cookies, request) -> reply; as the service says it."""


def blocks(answer: Answer, module: str) -> gr.Blocks:
    """Blocks with the component alone.

    Args:
        answer: what the server function calls; the token comes from a cookie and from nowhere else.
        module: address of the page's module, which exports `adopt`.

    The page calls the server function by the same POST before and after Gradio is up, so `server` is not handed over.
    """

    async def call(data: dict[str, Any], request: gr.Request) -> JSONResponse:
        return JSONResponse(await answer(request.cookies, data))  # as is: walking through it again takes 2 ms

    script = f"import({module!r}).then((page) => page.adopt(element));"
    with gr.Blocks(title="", analytics_enabled=False) as page:
        bound_sessions(page)
        gr.HTML("", elem_id="rating", apply_default_css=False, js_on_load=script, server_functions=[call])
    return page

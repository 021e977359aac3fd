"""The study's guidelines and consent text as safe HTML: no raw HTML, no images, links only to http(s) and mail."""

from __future__ import annotations

from functools import cache

from markdown_it import MarkdownIt
from markupsafe import Markup


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable("image")
    parser.add_render_rule("heading_open", _lower_heading)
    parser.add_render_rule("heading_close", _lower_heading)
    return parser


def _lower_heading(self, tokens, index, options, env):  # type: ignore[no-untyped-def]
    """One level down: the page's own title is the first heading."""
    token = tokens[index]
    token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"
    return self.renderToken(tokens, index, options, env)


@cache
def html(text: str) -> Markup:
    """`text` (CommonMark with tables) as HTML that can go into the page as it is; '' stays ''."""
    return Markup(_parser().render(text))

"""Gradio's own index page, with the rating page placed into it.

The page is one document: Gradio's index for the mounted Blocks, in which our stylesheet, module and first pair already
stand. Ours works as soon as its module has run; Gradio's component adopts the node when it is up.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from markupsafe import escape

from studio.pages.rating.gradio_internals import APP, BASE, FRAME_SIZER, LINK_PREVIEWS, MANIFEST, ROOT
from tasks.languages.tags import direction


class IndexChangedError(RuntimeError):
    """Gradio's index page no longer holds a part that the rating page replaces; str() says which."""


class Assets(Protocol):
    """Addresses of the page's own files: its stylesheets, the entry module, and the modules it imports."""

    def styles(self, *, in_text: bool) -> Sequence[str]: ...
    @property
    def entry(self) -> str: ...
    @property
    def modules(self) -> Sequence[str]: ...


def _head(assets: Assets, in_text: bool) -> str:
    """Tags for the document's head; the entry comes first so that it runs before Gradio's own scripts."""
    preload = "".join(f'<link rel="modulepreload" href="{module}">' for module in assets.modules)
    styles = "".join(f'<link rel="stylesheet" href="{style}">' for style in assets.styles(in_text=in_text))
    return (
        f'<link rel="icon" href="data:,"><meta name="referrer" content="no-referrer">'
        f'<meta name="color-scheme" content="light dark"><meta name="format-detection" content="telephone=no">'
        f'{styles}{preload}<script type="module" src="{assets.entry}"></script>'
    )


def prepare(index: str, mount: str = "") -> str:
    """Gradio's index page made fit for any path and host, without previews that name Gradio or another host.

    Args:
        mount: where the Blocks are mounted, e.g. `/admin`; '' for the root.

    Raises:
        IndexChangedError: Gradio changed the page; the version in constraints.txt is the one this was tried with.
    """
    for name, found in (
        ("base", BASE in index),
        ("frame script", FRAME_SIZER.search(index)),
        ("app", APP in index),
    ):
        if not found:
            raise IndexChangedError(
                f"Gradio's index page has no {name} part: its version is not the one in constraints.txt"
            )
    index = LINK_PREVIEWS.sub("", MANIFEST.sub("", index))
    index = FRAME_SIZER.sub(lambda _: ROOT.replace("{{mount}}", mount), index)
    return (
        index.replace(BASE, '<base href="/" />')
        .replace('lang="en"', 'lang="{{language}}"', 1)
        .replace('control_page_title="true"', 'control_page_title="false"')
    )


def place(index: str, *, body: str, assets: Assets, language: str, title: str, in_text: bool = False) -> str:
    """The rating page: `body` before Gradio's element, our files in the head, the language on the root element.

    Args:
        index: what `prepare` returned.
        body: safe HTML.
        language: of the page; its direction is set beside it.
        title: plain text.
        in_text: whether the study's judgments stand in the text.
    """
    index = index.replace('lang="{{language}}"', f'lang="{language}" dir="{direction(language)}"', 1)
    head = f"<title>{escape(title)}</title>{_head(assets, in_text)}"
    index = index.replace('<base href="/" />', f'<base href="/" />{head}', 1)
    return index.replace(APP, f"{body}{APP}", 1)

"""The organiser's page: ordinary Gradio Blocks, one tab per question an organiser asks."""

from __future__ import annotations

from typing import Any

from studio.pages.admin import overview, quality, safety
from studio.pages.admin.actions import Actions
from studio.pages.admin.html import FOLDER
from studio.pages.admin.layout import lay_out
from studio.service import Service
from studio.settings import Settings


def style() -> str:
    """The page's stylesheet."""
    return (FOLDER / "admin.css").read_text(encoding="utf-8")


def blocks(service: Service, settings: Settings) -> Any:
    """The page as Gradio Blocks."""
    return lay_out(Actions(service, settings), {"overview": overview, "quality": quality, "safety": safety})

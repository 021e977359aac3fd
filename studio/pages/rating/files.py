"""The page's own files: read once, compressed once, served under their common hash so that browsers may keep them.

They are sent without the lines that only comment: a rater pays for every byte before the first pair.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from fastapi.responses import PlainTextResponse, Response

FOLDER = Path(__file__).with_name("static")
TOKENS = Path(__file__).parent.with_name("tokens.css")
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}
IN_TEXT = "text.css"
"""The style of studies whose judgments stand in the text."""
SOMETIMES = frozenset({"dialogue.js", "marks.js", "spans.js", "reveal.js", "requests.js"})
"""Modules that only studies of whole dialogues, labels or spans load, or the public demo, or a press of a button."""

COMMENTS = re.compile(rb"^ *(?://[^\n]*|/\*(?:(?!\*/).)*\*/)\r?\n", re.MULTILINE | re.DOTALL)
"""Comments with lines of their own."""


@dataclass(frozen=True)
class Files:
    """Name -> content of the stylesheets and the modules of a page; its own are called `page` with their ending."""

    contents: Mapping[str, bytes]
    page: str = "rating"

    @classmethod
    def load(cls, folder: Path = FOLDER, page: str = "rating", shared: Sequence[str] = ()) -> Files:
        """Every stylesheet and module of `folder`, as sent; colours all pages share go before the page's own style.

        Args:
            shared: modules of the rating page that this one imports too.
        """
        paths = [*sorted(folder.iterdir()), *(FOLDER / name for name in shared)]
        contents = {path.name: _sent(path) for path in paths if path.suffix in TYPES}
        style = f"{page}.css"
        return cls({**contents, style: _sent(TOKENS) + contents[style]}, page)

    @cached_property
    def version(self) -> str:
        """12 hexadecimal digits; any change to any file changes it, so that modules never mix."""
        whole = hashlib.sha256()
        for name, content in self.contents.items():
            whole.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
        return whole.hexdigest()[:12]

    @cached_property
    def _zipped(self) -> dict[str, bytes]:
        return {name: gzip.compress(content, 9, mtime=0) for name, content in self.contents.items()}

    def address(self, name: str) -> str:
        """Where browsers find the file."""
        return f"/static/{self.page}/{self.version}/{name}"

    def styles(self, *, in_text: bool = False) -> tuple[str, ...]:
        """Addresses of the stylesheets; `in_text`: of a study whose judgments stand in the text."""
        return tuple(map(self.address, (f"{self.page}.css", IN_TEXT) if in_text else (f"{self.page}.css",)))

    @property
    def entry(self) -> str:
        """Address of the module that runs the page."""
        return self.address(f"{self.page}.js")

    @property
    def modules(self) -> tuple[str, ...]:
        """Addresses of the modules that every study's page imports."""
        return tuple(
            self.address(name)
            for name in self.contents
            if name.endswith(".js") and name not in {f"{self.page}.js", *SOMETIMES}
        )

    def response(self, version: str, name: str, accepted: str) -> Response:
        """The file, compressed where `accepted` (the Accept-Encoding header) allows; 404 for others."""
        if version != self.version or name not in self.contents:
            return PlainTextResponse("Not found\n", 404)
        zipped = "gzip" in accepted
        headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
        if zipped:
            headers["content-encoding"] = "gzip"
        content = self._zipped[name] if zipped else self.contents[name]
        return Response(content, 200, headers, media_type=TYPES[Path(name).suffix])


def _sent(path: Path) -> bytes:
    return COMMENTS.sub(b"", path.read_bytes())

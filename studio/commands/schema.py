"""`python -m studio schema --out docs`: the reference page and JSON Schema of what a rater's page sends and gets."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from tasks import console
from tasks.console import Commands

if TYPE_CHECKING:
    from pydantic import BaseModel

TITLE = "The rating page: its state, requests and replies"
TEXT = """What a rater's page is served with, what it asks and what it gets. This page and
[schemas/page-state.schema.json](schemas/page-state.schema.json) are made from the records that the code itself uses, by
`python -m studio schema --out docs`; a test fails where they are not current, and another where the page's JavaScript
reads what no record has.

- The state stands in the served page as JSON (`#studio-state`, beside the page's words) and comes for
  `{"do": "state"}`, after every change, and with the receipt of a form.
- Requests are `POST`ed to the component's server function; `do` names the record below. Each names whom its page was
  served for, as `study` and `rater`; the session's cookie is that Rater's. Where it is another's, the reply is the
  refusal `other_rater`: nothing was changed, and the page keeps what waits on the device and stops. A request without
  these names comes from a page of version 0.1.0 and is taken.
- `POST /api/vote` takes a bare `Form` and answers as `submit` does.
- A refusal is a reply like others (`Refused`). What a page sends beyond these records is left out, never refused.
- No record has a place for a system, an item's id, a source, the human's next turn or which response is better. The
  public demo alone adds `visit` and, once its three pairs are judged, `reveal`."""


def add(commands: Commands) -> None:
    """Add the command."""
    words = "the reference page and the JSON Schema of what a rater's page sends and gets"
    parser = console.command(commands, "schema", words, write)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder to write into (docs)")


def write(options: Namespace) -> int:
    """Write both files; prints where they are."""
    from tasks import reference_page

    print(*reference_page.write(messages(), options.out, "page-state", TITLE, TEXT), sep="\n")
    return 0


def messages() -> type[BaseModel]:
    """One record over all that a page sends and gets."""
    from pydantic import create_model

    from studio.service.records import REPLIES, Refused
    from studio.service.requests import REQUESTS

    requests = create_model("Requests", __doc__="By `do`.", **{name: (kind, ...) for name, kind in REQUESTS.items()})  # type: ignore[call-overload]
    replies = {name: (kind, ...) for name, kind in REPLIES.items()} | {"refused": (Refused, ...)}
    answers = create_model("Replies", __doc__="By the request's `do`; `refused` for any.", **replies)  # type: ignore[call-overload]
    whole: type[BaseModel] = create_model(
        "Messages", __doc__="All that a rater's page sends and gets.", requests=(requests, ...), replies=(answers, ...)
    )
    return whole

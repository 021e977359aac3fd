"""How far a link reaches: from this computer alone, from this network, or from elsewhere."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from tasks.schema import Words

Reach = Literal["here", "network", "anywhere"]
NOTES: dict[Reach, Words] = {
    "here": Words(
        ja="このリンクは、このパソコンでしか開けません。評価者に送るリンクは、外から開けるアドレスを"
        " STUDIO_PUBLIC_URL に設定して起動し直してから作ってください（docs/scaling.md、docs/deploying.md）。",
        en="This link opens on this computer only. For links to send, set STUDIO_PUBLIC_URL to an address that raters "
        "can reach, start the studio again, and make the links then (docs/scaling.md, docs/deploying.md).",
    ),
    "network": Words(
        ja="このリンクは、同じネットワークの中でしか開けません。外にいる評価者に送るリンクは、外から開けるアドレスを"
        " STUDIO_PUBLIC_URL に設定して起動し直してから作ってください（docs/scaling.md、docs/deploying.md）。",
        en="This link opens only inside this network. For raters elsewhere, set STUDIO_PUBLIC_URL to an address they "
        "can reach, start the studio again, and make the links then (docs/scaling.md, docs/deploying.md).",
    ),
}
"""What to do, where a link does not reach everybody."""


def reach(address: str) -> Reach:
    """From where an http(s) address can be opened, as far as its host says; a name of the internet reaches anybody."""
    host = (urlsplit(address).hostname or "").rstrip(".").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return "here"
    try:
        number = ip_address(host)
    except ValueError:
        return (
            "network" if "." not in host or host.endswith((".local", ".lan", ".home.arpa", ".internal")) else "anywhere"
        )
    if number.is_loopback or number.is_unspecified:
        return "here"
    return "network" if number.is_private or number.is_link_local else "anywhere"


def note(address: str) -> Words | None:
    """What an organiser is to know and to do about such links; None where they reach everybody."""
    return NOTES.get(reach(address))

"""How far a link reaches: from this computer alone, from this network, or from elsewhere."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from tasks.languages import catalogue
from tasks.languages.tag import Language

Reach = Literal["here", "network", "anywhere"]


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


def note(address: str, language: Language) -> str:
    """What an organiser is to know and to do about such links; '' where they reach everybody."""
    found = reach(address)
    return "" if found == "anywhere" else catalogue.word("organiser", language, f"reach_{found}")

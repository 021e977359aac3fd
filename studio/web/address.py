"""Whose an address is, for limits that count by subscriber."""

from __future__ import annotations

import ipaddress


def network(address: str) -> str:
    """The address, or the /64 network of an IPv6 one, which belongs to one subscriber."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address[:100]
    return str(parsed) if parsed.version == 4 else str(ipaddress.ip_network((parsed, 64), strict=False))

"""The address raters are given: can it be opened, by whom, and is its certificate good."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from studio.documents.addresses import reach
from studio.health.finding import Finding
from studio.settings import SettingsError, public_address

SECONDS = 10.0
"""How long an answer is waited for."""
SOON_DAYS = 14
"""A certificate that ends sooner may end within the study."""
EXPIRED, NOT_YET, OF_ANOTHER_HOST = 10, 9, 62
"""OpenSSL's verify codes X509_V_ERR_CERT_HAS_EXPIRED, _CERT_NOT_YET_VALID, _HOSTNAME_MISMATCH."""


@dataclass(frozen=True)
class Door:
    """Scheme, host and port that something listens at."""

    secure: bool
    host: str
    port: int
    trusting: bool = False
    """True: the certificate was found wrong and is not asked for again; nothing secret is ever sent."""

    @property
    def url(self) -> str:
        """As browsers write it, the port only where it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = 443 if self.secure else 80
        return f"http{'s' if self.secure else ''}://{host}" + ("" if self.port == usual else f":{self.port}")

    def connect(self) -> http.client.HTTPConnection:
        """A new connection, not yet made."""
        if not self.secure:
            return http.client.HTTPConnection(self.host, self.port, timeout=SECONDS)
        return http.client.HTTPSConnection(self.host, self.port, timeout=SECONDS, context=self._context())

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self.trusting:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return context


def parsed(url: str) -> Door | Finding:
    """The door an address names, or what is wrong with the address."""
    if "://" not in url:
        return Finding("mend", "address", f"{url!r} has no scheme", f"write https://{url}")
    try:
        named = "@" in urlsplit(url).netloc
    except ValueError:  # brackets that do not close; the text may hold a password, so it is not repeated
        return Finding("mend", "address", "is no address", "write https:// and the host, [::1] with both brackets")
    if named:
        return Finding("mend", "address", "holds a name or password before the host", "leave it out")
    try:
        public_address(url)
    except SettingsError as error:
        return Finding("mend", "address", str(error).removeprefix("STUDIO_PUBLIC_URL: "))
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    return Door(secure, parts.hostname or "", parts.port or (443 if secure else 80))


def who_can_open(door: Door) -> Iterator[Finding]:
    """Scheme and host; what a name stands for is asked of this machine's resolver."""
    far = reach(door.url)
    if far != "here" and not door.secure:
        todo = "put Caddy or nginx with a certificate before the studio (docs/hosting.md) and give https://…"
        yield Finding("mend", "scheme", "http:// can be read and changed on the way", todo)
    if far == "here":
        todo = "set STUDIO_PUBLIC_URL to the address others see (docs/hosting.md)"
        yield Finding("mend", "host", f"{door.host} is this computer alone; nobody else can open it", todo)
        return
    private = [text for text in resolved(door) if not ip_address(text.partition("%")[0]).is_global]
    if far == "network" or private:
        seen = f"{door.host} is a private address" if not private else f"{door.host} is {private[0]}, a private address"
        yield Finding(
            "look", "host", f"{seen}: only people in this network can open it", "for others, give a public name"
        )
    else:
        yield Finding("good", "host", f"{door.host} is a public address")


def resolved(door: Door) -> list[str]:
    """The addresses a name stands for; [] where it stands for none."""
    try:
        found = socket.getaddrinfo(door.host, door.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(entry[4][0]) for entry in found]


def listening(door: Door) -> Finding | None:
    """What keeps a connection from being made; None where one was."""
    if not resolved(door):
        return Finding(
            "mend", "host", f"no address is known for the name {door.host!r}", "look for a slip, or set its DNS record"
        )
    try:
        socket.create_connection((door.host, door.port), timeout=SECONDS).close()
    except ConnectionRefusedError:
        todo = "start the studio or its proxy, or name the port it listens at"
        return Finding("mend", "port", f"nothing listens at port {door.port} of {door.host}", todo)
    except OSError as error:
        todo = "look at the firewall and at the port"
        return Finding("mend", "port", f"port {door.port} of {door.host} does not answer ({error})", todo)
    return None


def certificate(door: Door, now: datetime) -> tuple[Finding, Door | None]:
    """What the certificate is worth, and the door to go on with; None where no https is spoken there."""
    connection = door.connect()
    try:
        connection.connect()
        told = connection.sock.getpeercert()  # type: ignore[union-attr]  # https wraps it
    except ssl.SSLCertVerificationError as error:
        return _wrong(door, error), replace(door, trusting=True)
    except (ssl.SSLError, OSError):
        todo = "http:// may be spoken there: name the port of https, usually 443"
        return Finding("mend", "port", f"no https is spoken at port {door.port}", todo), None
    finally:
        connection.close()
    ends = ssl.cert_time_to_seconds(str(told["notAfter"]))
    days = int((ends - now.timestamp()) // 86_400)
    if days < SOON_DAYS:
        return Finding("look", "certificate", f"ends in {days} days", "see that it is renewed before"), door
    return Finding("good", "certificate", f"good for {days} days"), door


def _wrong(door: Door, error: ssl.SSLCertVerificationError) -> Finding:
    if error.verify_code == EXPIRED:
        return Finding(
            "mend", "certificate", "has expired", "renew it; browsers show raters a warning instead of the study"
        )
    if error.verify_code == NOT_YET:
        return Finding("mend", "certificate", "is not valid yet", "look at the clock of this machine and of the server")
    if error.verify_code == OF_ANOTHER_HOST:
        return Finding("mend", "certificate", f"is not for {door.host}", "have one made for this name")
    todo = "take one of Let's Encrypt (Caddy does by itself), or send the whole chain"
    return Finding("mend", "certificate", f"is not trusted ({error.verify_message})", todo)

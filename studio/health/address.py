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
from studio.health.finding import Finding, told
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
        yield told("mend", "scheme", "scheme_plain", "scheme_plain_do")
    if far == "here":
        yield told("mend", "host", "host_here", "host_here_do", host=door.host)
        return
    private = [text for text in resolved(door) if not ip_address(text.partition("%")[0]).is_global]
    if far == "network" or private:
        host = f"{door.host} ({private[0]})" if private and private[0] != door.host else door.host
        yield told("look", "host", "host_private", "host_private_do", host=host)
    else:
        yield told("good", "host", "host_public", host=door.host)


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
        return told("mend", "host", "host_unknown", "host_unknown_do", host=door.host)
    try:
        socket.create_connection((door.host, door.port), timeout=SECONDS).close()
    except ConnectionRefusedError:
        return told("mend", "port", "port_refused", "port_refused_do", port=door.port, host=door.host)
    except OSError as error:
        return told("mend", "port", "port_silent", "port_silent_do", port=door.port, host=door.host, error=f"{error}")
    return None


def certificate(door: Door, now: datetime) -> tuple[Finding, Door | None]:
    """What the certificate is worth, and the door to go on with; None where no https is spoken there."""
    connection = door.connect()
    try:
        connection.connect()
        shown = connection.sock.getpeercert()  # type: ignore[union-attr]  # https wraps it
    except ssl.SSLCertVerificationError as error:
        return _wrong(door, error), replace(door, trusting=True)
    except (ssl.SSLError, OSError):
        return told("mend", "port", "port_no_https", "port_no_https_do", port=door.port), None
    finally:
        connection.close()
    ends = ssl.cert_time_to_seconds(str(shown["notAfter"]))
    days = int((ends - now.timestamp()) // 86_400)
    if days < SOON_DAYS:
        return told("look", "certificate", "certificate_soon", "certificate_soon_do", n=days), door
    return told("good", "certificate", "certificate_good", n=days), door


def _wrong(door: Door, error: ssl.SSLCertVerificationError) -> Finding:
    if error.verify_code == EXPIRED:
        return told("mend", "certificate", "certificate_expired", "certificate_expired_do")
    if error.verify_code == NOT_YET:
        return told("mend", "certificate", "certificate_not_yet", "certificate_not_yet_do")
    if error.verify_code == OF_ANOTHER_HOST:
        return told("mend", "certificate", "certificate_other_host", "certificate_other_host_do", host=door.host)
    return told("mend", "certificate", "certificate_untrusted", "certificate_untrusted_do", error=error.verify_message)

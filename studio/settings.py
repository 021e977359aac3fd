"""The studio's settings: read from the environment in this one place, handed on as a frozen record."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tasks.errors import InputError

RATER_COOKIE = "studio_rater"
ORGANISER_COOKIE = "studio_organiser"
SPACE_DATABASE = "sqlite:////tmp/studio/studio.sqlite"
"""On a Space, where the program's own folder may not be writable."""
MAX_BODY_BYTES = 256 * 1024
"""Largest request body the guard lets through; a whole form with a 4,000 character comment is under 64 kB."""


_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?", re.ASCII)
"""A host name or address, and its port."""


class SettingsError(InputError):
    """A setting that cannot be used; str() names it, the value found and what is allowed."""


@dataclass(frozen=True)
class Settings:
    """Where the studio listens, where it stores, and by which name browsers reach it."""

    database_url: str = "sqlite:///runs/studio/studio.sqlite"
    host: str = "127.0.0.1"
    port: int = 7860
    """TCP port, 0..65535; 0 takes a free one."""
    public_url: str = ""
    """The address raters see where a proxy stands before the studio, e.g. https://study.example.org; '' = none."""
    environment: str = ""
    """'spaces' on a Hugging Face Space, where the page may stand in a frame of huggingface.co; else ''."""
    copy_to: str = ""
    """`owner/name` of the private Hub data set that both logs are copied to while serving; '' = no copy."""
    study_from: str = ""
    """`owner/name` of the private Hub data set that holds the study to serve, as on a Space; '' = folders alone."""
    passwords: tuple[tuple[str, str], ...] = ()
    """(role, scrypt hash) of organisers' passwords; () = by one-time link alone."""
    oauth_address: str = "https://huggingface.co"
    oauth_client_id: str = ""
    """How this studio is known to the provider of accounts; '' = nobody comes in by an account."""
    oauth_client_secret: str = field(default="", repr=False)
    organisers: tuple[str, ...] = ()
    """Accounts that may come in as organisers."""
    public_demo: bool = False
    """True: `demo` shows the demo study to whoever comes, as on a public Space, and keeps nothing."""
    source: str = ""
    """Where the program that is running can be read and copied: on a Space, its files; '' = not known."""
    space: str = ""
    """`owner/name` of the Hugging Face Space this runs on; '' = on none."""
    hub_endpoint: str = ""
    """Another Hub than huggingface.co; naming it is the consent to send it `HF_TOKEN`."""
    engine_token: str = field(default="", repr=False)
    """What a judge's server is sent as token; '' = none."""
    share: bool = False
    """True: `serve` asks Gradio for a tunnel and a public address while it runs."""
    behind_proxy: bool = False
    """True: all connections come from a proxy, which says in X-Forwarded-For whose they are."""

    @property
    def base_url(self) -> str:
        """What links begin with, without a slash at the end."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host
        return self.public_url.rstrip("/") or f"http://{host}:{self.port}"

    @property
    def fleeting(self) -> bool:
        """True on a Space whose judgments stand on its own disk alone, which a restart empties."""
        return bool(self.space) and not self.copy_to and self.database_url == SPACE_DATABASE

    @property
    def secure_cookies(self) -> bool:
        """True where browsers come by https, so that cookies must never travel without it."""
        return self.base_url.startswith("https://")


def sqlite_url(path: Path) -> str:
    """The database URL of a SQLite file."""
    return f"sqlite:///{path.resolve().as_posix()}"


def from_environment(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from `STUDIO_DATABASE_URL` (or `DATABASE_URL`), `STUDIO_HOST|PORT|PUBLIC_URL`,
    `STUDIO_COPY_TO|STUDY_FROM|HUB_ENDPOINT|ENGINE_TOKEN|PUBLIC_DEMO|BEHIND_PROXY`, and `STUDIO_PASSWORD_HASH`,
    `STUDIO_VIEWER_PASSWORD_HASH`.

    Raises:
        SettingsError: names the variable, what was found (a hash aside) and what is allowed.
    """
    if environment is None:
        import os

        environment = os.environ
    plain = Settings()
    space_host, space = environment.get("SPACE_HOST", ""), environment.get("SPACE_ID", "")
    public = environment.get("STUDIO_PUBLIC_URL", f"https://{space_host}" if space_host else "")
    usual = SPACE_DATABASE if space else plain.database_url
    url = environment.get("STUDIO_DATABASE_URL") or environment.get("DATABASE_URL") or usual
    return Settings(
        database_url=url,
        host=environment.get("STUDIO_HOST", "0.0.0.0" if space_host else plain.host),
        port=_port(environment.get("STUDIO_PORT", str(plain.port))),
        public_url=public_address(public),
        environment=environment.get("SYSTEM", ""),
        copy_to=dataset_id(environment.get("STUDIO_COPY_TO") or _copy_of(environment, url), "STUDIO_COPY_TO"),
        study_from=dataset_id(environment.get("STUDIO_STUDY_FROM", ""), "STUDIO_STUDY_FROM"),
        hub_endpoint=environment.get("STUDIO_HUB_ENDPOINT", ""),
        source=f"https://huggingface.co/spaces/{space}/tree/main" if space else "",
        space=space,
        engine_token=environment.get("STUDIO_ENGINE_TOKEN", ""),
        public_demo=environment.get("STUDIO_PUBLIC_DEMO", "") == "1",
        behind_proxy=environment.get("STUDIO_BEHIND_PROXY", "1" if space_host else "") == "1",
        passwords=_passwords(environment),
        **_oauth(environment),
    )


def public_address(text: str) -> str:
    """The address raters see, as given by `STUDIO_PUBLIC_URL`; '' stays ''.

    Raises:
        SettingsError: it is not scheme, host and port alone. Under a path none of the pages' links would work.
    """
    if not text:
        return ""
    allowed = "http:// or https://, a host, and a port where needed, as in https://study.example.org"
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError as error:
        raise SettingsError(
            f"STUDIO_PUBLIC_URL: found {text!r}, which is no address ({error}); allowed: {allowed}"
        ) from error
    if parts.path not in ("", "/"):
        raise SettingsError(
            f"STUDIO_PUBLIC_URL: found {text!r} with the path {parts.path!r}; allowed: {allowed}. Give the studio a "
            "host name of its own at the proxy (study.example.org) instead of a path"
        )
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(text.rstrip("/").partition("://")[2]):
        raise SettingsError(f"STUDIO_PUBLIC_URL: found {text!r}; allowed: {allowed}")
    return text


def space_secrets(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """What of this machine's environment a Space may need as secrets, by name; those that are set."""
    if environment is None:
        import os

        environment = os.environ
    names = ("HF_TOKEN", "STUDIO_DATABASE_URL", "STUDIO_PASSWORD_HASH", "STUDIO_VIEWER_PASSWORD_HASH")
    return {name: environment[name] for name in names if environment.get(name)}


def dataset_id(text: str, name: str) -> str:
    """The id of a data set as given by the setting or option `name`; '' stays ''.

    Raises:
        SettingsError: it is not of the form `owner/name`.
    """
    if text and not re.fullmatch(r"[\w.-]{1,96}/[\w.-]{1,96}", text, re.ASCII):
        raise SettingsError(f"{name}: found {text!r}; allowed: OWNER/NAME of a Hugging Face data set")
    return text


def _copy_of(environment: Mapping[str, str], database_url: str) -> str:
    """The data set that a Space without a study of its own copies to, once it has a token; '' elsewhere."""
    alone = not environment.get("STUDIO_STUDY_FROM") and environment.get("STUDIO_PUBLIC_DEMO") != "1"
    fits = alone and database_url == SPACE_DATABASE and environment.get("HF_TOKEN")
    return f"{environment.get('SPACE_ID', '')}-copy" if fits else ""


def _oauth(environment: Mapping[str, str]) -> dict[str, Any]:
    """What a Space with `hf_oauth: true` gets, for the accounts that `STUDIO_ORGANISERS` names (separated by commas).

    On a Space where none is named it is the Space's owner.
    """
    named = environment.get("STUDIO_ORGANISERS") or environment.get("SPACE_AUTHOR_NAME", "")
    names = tuple(name.strip() for name in named.split(",") if name.strip())
    if not names or not environment.get("OAUTH_CLIENT_ID"):
        return {}
    return {
        "oauth_address": environment.get("OPENID_PROVIDER_URL", Settings.oauth_address).rstrip("/"),
        "oauth_client_id": environment["OAUTH_CLIENT_ID"],
        "oauth_client_secret": environment.get("OAUTH_CLIENT_SECRET", ""),
        "organisers": names,
    }


def _passwords(environment: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    from studio.passwords import PasswordError, parse

    names = {"organiser": "STUDIO_PASSWORD_HASH", "viewer": "STUDIO_VIEWER_PASSWORD_HASH"}
    found = tuple((role, environment[name].strip()) for role, name in names.items() if environment.get(name))
    for role, text in found:
        try:
            parse(text)
        except PasswordError as error:
            raise SettingsError(f"{names[role]}: {error}") from error
    return found


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise SettingsError(f"STUDIO_PORT: found {text!r}; allowed: a whole number from 0 to 65535")
    return int(text)

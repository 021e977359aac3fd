"""Commands that look after what was judged: check, copy, bring back, forget."""

from __future__ import annotations

import json
import secrets
import sys
from argparse import Namespace
from collections.abc import Callable
from getpass import getpass
from pathlib import Path

from studio.console import open_service, say
from studio.service import StudioError
from studio.settings import Settings


def withdraw(options: Namespace, settings: Settings) -> int:
    """Take a rater out."""
    done = open_service(settings).withdraw(options.study, options.rater)
    say(
        f"{done.rater} is out of every later export. Erased: name, mail, profile, comments, facts of the device. "
        f"Kept for payment: code, {done.pairs} pairs, {done.active_seconds / 3600:.2f} active hours."
    )
    for at in done.exports:
        say(f"cannot be recalled from here: the export taken at {at}; delete it, or take it again")
    say("Backups made before still hold the data: delete them, or replace them by a new one.")
    return 0


def purge(options: Namespace, settings: Settings) -> int:
    """Erase the people of studies whose retention date has come, or of one closed study now."""
    service = open_service(settings)
    done = service.purge(options.study)
    for one in done:
        say(f"{one.study_id}: erased {one.people} identities and {one.remarks} comments and device facts")
    if not done:
        dates = {row["study_id"]: service.retention_date(row["study_id"]) for row in service.studies()}
        say("nothing is due: " + ", ".join(f"{name} {at or 'has no date'}" for name, at in dates.items()))
    return 0


def data_map(options: Namespace, settings: Settings) -> int:
    """Print what is stored about raters, why, and for how long."""
    from studio.store import datamap

    rows = open_service(settings).data_map(options.study) if options.study else datamap.table(None)
    if options.json:
        say(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    for row in rows:
        say(
            f"{row['name']}: {row['en']}\n    why: {row['why_en']}\n    kept: {row['kept_en']}\n    in: {row['fields']}"
        )
    return 0


def audit(options: Namespace, settings: Settings) -> int:
    """Print what organisers did to a study: when, who, what."""
    for act in open_service(settings).audit(options.study):
        say("\t".join([act["at"], act["actor"], act["kind"], json.dumps(act["payload"], ensure_ascii=False)]))
    return 0


def password_hash(options: Namespace, settings: Settings) -> int:
    """Print the hash of a password that is typed, or is the first line of stdin."""
    from studio.passwords import PasswordError, hashed

    typed = getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        say(hashed(typed, secrets.token_bytes(16)))
    except PasswordError as error:
        raise StudioError(str(error)) from error
    return 0


def verify(options: Namespace, settings: Settings) -> int:
    """Replay the log and compare; 1 where something differs."""
    count, differences = open_service(settings).verify()
    for line in differences:
        say(line)
    say(f"{count} events replayed, {len(differences)} differences")
    return 1 if differences else 0


def backup(options: Namespace, settings: Settings) -> int:
    """Copy the database while it is in use."""
    from studio.store import backup as copies

    open_service(settings).store.close()
    copies.backup(settings.database_url, options.out)
    say(f"{options.out}: checked and complete")
    return 0


def restore(options: Namespace, settings: Settings) -> int:
    """Put a backup in place, or what a Hub data set holds."""
    from studio.store import backup as copies

    if options.backup is None:
        return _restore_from_hub(settings)
    copies.restore(options.backup, settings.database_url)
    count, differences = open_service(settings).verify()
    say(f"restored: {count} events replayed, {len(differences)} differences")
    return 1 if differences else 0


def _restore_from_hub(settings: Settings) -> int:
    from studio.web import serving

    if not settings.copy_to:
        raise StudioError("name a backup's FILE, or the data set that holds the copy: --copy-to OWNER/NAME")
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    if settings.database_url.startswith("sqlite:///") and path.exists():
        raise StudioError(f"--db: {path} is there; move it away first, so that nothing is overwritten")
    service = open_service(settings, must_exist=False)
    serving.off_box_copy(service, settings)
    count, differences = service.verify()
    say(f"restored: {count} events replayed, {len(differences)} differences")
    return 1 if differences else 0


COMMANDS: dict[str, Callable[[Namespace, Settings], int]] = {
    "withdraw": withdraw,
    "purge": purge,
    "data-map": data_map,
    "audit": audit,
    "password-hash": password_hash,
    "verify": verify,
    "backup": backup,
    "restore": restore,
}

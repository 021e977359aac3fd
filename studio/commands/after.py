"""Commands that maintenance: verify, backup, restore, withdrawal, purge, sign-in links."""

from __future__ import annotations

import json
import secrets
import sys
from argparse import Namespace
from getpass import getpass
from pathlib import Path

from studio.commands.options import command, mirror_options, open_service, rater_argument, study_command
from studio.settings import Settings
from tasks.console import Commands, Exit, say
from tasks.errors import InputError


def add(commands: Commands) -> None:
    """Add the nine commands."""
    words = "take a rater's data out of every later export, and erase the person"
    rater_argument(study_command(commands, "withdraw", words, withdraw))
    purged = command(
        commands, "purge", "erase the people of studies whose retention date has come; judgments stay", purge
    )
    purged.add_argument("study", nargs="?", metavar="STUDY", help="a closed study, to be purged now")
    mapped = command(commands, "data-map", "print what is stored about raters, why, and for how long", data_map)
    mapped.add_argument("study", nargs="?", metavar="STUDY", help="the study whose retention date is meant")
    mapped.add_argument("--json", action="store_true", help="in both languages, as JSON")
    words = "what organisers did: links made, exports taken, unblinded results looked at, by whom, when"
    study_command(commands, "audit", words, audit)
    command(commands, "verify", "rebuild every table from the event log and say any difference", verify)
    copied = command(commands, "backup", "copy a SQLite database while the studio runs", backup)
    copied.add_argument("--out", type=Path, required=True, metavar="FILE", help="a new file")
    words = "put a backup, or a Hub copy, in place of a database that is not there"
    restored = command(commands, "restore", words, restore)
    restored.add_argument("backup", nargs="?", type=Path, metavar="FILE", help="a file that `backup` wrote")
    mirror_options(restored)
    _add_sign_in(commands)


def _add_sign_in(commands: Commands) -> None:
    signed = command(commands, "sign-in", "make a new one-time link for the organiser", sign_in)
    signed.add_argument("--port", type=int, help="the port the studio is served at, for the link")
    signed.add_argument("--role", choices=("organiser", "viewer"), default="organiser", help="a viewer changes nothing")
    words = "hash a password, for STUDIO_PASSWORD_HASH or STUDIO_VIEWER_PASSWORD_HASH"
    command(commands, "password-hash", words, password_hash)


def sign_in(options: Namespace, settings: Settings) -> int:
    """Print a one-time link for the organiser."""
    say(f"{settings.base_url}/o/{open_service(settings).organiser_link(options.role)}")
    return 0


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
    """Erase the people of studies whose retention date came a day ago or more, or of one closed study now."""
    from studio.web.serving import purge_notice

    service = open_service(settings)
    done = service.purge(options.study)
    for erased in done:
        say(f"{erased.study_id}: erased {erased.people} identities and {erased.remarks} comments and device facts")
    waiting = service.due_studies()
    for study in waiting:
        say(purge_notice(study))
    if not done and not waiting:
        dates = {row.study_id: service.retention_date(row.study_id) for row in service.studies()}
        say("nothing is due: " + ", ".join(f"{name} {at or 'has no date'}" for name, at in dates.items()))
    return 0


def data_map(options: Namespace, settings: Settings) -> int:
    """Print what is stored about raters, why, and for how long."""
    from studio.store import datamap

    rows = open_service(settings).data_map(options.study) if options.study else datamap.table("en", None)
    if options.json:
        say(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    for row in rows:
        say(f"{row['name']}: {row['what']}\n    why: {row['why']}\n    kept: {row['kept']}\n    in: {row['fields']}")
    return 0


def audit(options: Namespace, settings: Settings) -> int:
    """Print what organisers did to a study: when, who, what."""
    for act in open_service(settings).audit(options.study):
        say("\t".join([act.at, act.actor, act.kind, json.dumps(act.payload, ensure_ascii=False)]))
    return 0


def password_hash(options: Namespace, settings: Settings) -> int:
    """Print the hash of a password that is typed, or is the first line of stdin."""
    from studio.passwords import hashed

    typed = getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    say(hashed(typed, secrets.token_bytes(16)))
    return 0


def verify(options: Namespace, settings: Settings) -> int:
    """Replay the log and compare; 1 where something differs."""
    count, differences = open_service(settings).verify()
    for line in differences:
        say(line)
    say(f"{count} events replayed, {len(differences)} differences")
    return Exit.NO if differences else Exit.DONE


def backup(options: Namespace, settings: Settings) -> int:
    """Copy the database while it is in use."""
    from studio.store.upkeep import backup as copies

    open_service(settings).store.close()
    copies.backup(settings.database_url, options.out)
    say(f"{options.out}: checked and complete")
    return 0


def restore(options: Namespace, settings: Settings) -> int:
    """Put a backup in place, or what a Hub data set holds."""
    from studio.store.upkeep import backup as copies

    if options.backup is None:
        return _restore_from_hub(settings)
    copies.restore(options.backup, settings.database_url)
    count, differences = open_service(settings).verify()
    say(f"restored: {count} events replayed, {len(differences)} differences")
    return Exit.NO if differences else Exit.DONE


def _restore_from_hub(settings: Settings) -> int:
    from studio.web import serving

    if not settings.copy_to:
        raise InputError("name a backup's FILE, or the data set that holds the copy: --copy-to OWNER/NAME")
    path = Path(settings.database_url.removeprefix("sqlite:///"))
    if settings.database_url.startswith("sqlite:///") and path.exists():
        raise InputError(f"--db: {path} is there; move it away first, so that nothing is overwritten")
    service = open_service(settings, must_exist=False)
    serving.hub_mirror(service, settings)
    count, differences = service.verify()
    say(f"restored: {count} events replayed, {len(differences)} differences")
    return Exit.NO if differences else Exit.DONE

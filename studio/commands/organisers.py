"""`organiser`: colleagues by name, each with a role in some studies or in all."""

from __future__ import annotations

import sys
from argparse import Namespace

from studio.commands.options import command, open_service, port_option
from studio.settings import Settings
from tasks.console import Commands, say
from tasks.errors import InputError

ACTS = ("add", "list", "remove")


def add(commands: Commands) -> None:
    """Add the command."""
    words = "colleagues with a role in a study, or in all: give them a personal link, list them, take the role away"
    made = command(commands, "organiser", words, organiser)
    port_option(made)
    made.add_argument("act", choices=ACTS, help="add also gives somebody known a new link, which ends the one before")
    made.add_argument("name", nargs="?", metavar="NAME", help="as the desk and its log name them")
    made.add_argument("--study", metavar="ID", help="in this study alone; may be given again for another one")
    made.add_argument(
        "--role", choices=("viewer", "organiser"), default="viewer", help="viewer (looks only) if left out"
    )
    made.add_argument(
        "--hugging-face", action="store_true", help="NAME is a Hugging Face account, which signs in instead of a link"
    )


def organiser(options: Namespace, settings: Settings) -> int:
    """Add, list or remove colleagues."""
    service = open_service(settings)
    if options.act == "list":
        for one in service.colleagues():
            roles = ", ".join(f"{study}: {role}" for study, role in one.roles.items())
            say(f"{one.name}\t{'Hugging Face account' if one.hugging_face else 'personal link'}\t{roles}")
        return 0
    if not options.name:
        raise InputError(f"NAME: none was given; `organiser {options.act}` needs one")
    if options.act == "remove":
        service.remove_colleague(options.name, options.study)
        return 0
    token = service.add_colleague(options.name, options.study, options.role, options.hugging_face)
    where = f"study {options.study}" if options.study else "every study"
    print(f"{options.name}: {options.role} of {where}", file=sys.stderr)
    say(f"{settings.base_url}/o/{token}" if token else f"{settings.base_url}/sign-in")
    return 0

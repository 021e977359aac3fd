"""`python -m studio deploy`: a study to a Hugging Face Space, or a report to a static one; private unless told.

The Space holds the program and nothing of the study. The study, and with it the key (which system is which), goes into
a private data set of its own, which the Space fetches when it starts; a public data set is refused at both ends.
"""

from __future__ import annotations

import sys
import tomllib
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from studio.commands.options import command
from studio.settings import SPACE_DATABASE, Settings, dataset_id, space_secrets
from tasks.console import Commands, Exit, agreed
from tasks.errors import InputError

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("tasks", "results", "studio")
LEFT_OUT = ("results/example",)
VOLUME_DATABASE = "sqlite:////data/studio.sqlite"
COSTS = """\
What it costs and when it sleeps: since July 2026 creating a Gradio Space needs a paid plan, even on free hardware
(huggingface/hub-docs#2624); static Spaces, for reports, stay free. A Space on free hardware sleeps after 48 hours
without a visitor, and its disk is lost at every restart, rebuild and sleep; the next visitor waits for it to start.
Paid hardware is billed by the hour.
Every push rebuilds and restarts it: do not deploy again while raters are at work."""
HEADER = """\
---
title: {title}
emoji: ⚖️
colorFrom: blue
colorTo: gray
sdk: gradio
sdk_version: {gradio}
python_version: "3.11"
app_file: app.py
license: apache-2.0
pinned: false
hf_oauth: {oauth}
short_description: Blind comparison of counselling responses
---
"""
CARD = """\
Raters come by personal links at {host}/e/…, in a window of their own: browsers send no cookie into a frame of another
site. Organisers come in at {host}/sign-in.
"""
DEMO_CARD = """\
Three pairs of the demo study, then which was which, beside what simulated raters chose. No sign-up; nothing is kept.
The same in a window of its own: {host}

Run your own: the files of this Space are the program (Kokoro Studio, Apache-2.0). Install what `requirements.txt`
names, then `python -m studio demo --public` shows the same on your machine, and `python -m studio serve --new` takes
your own dialogues.
"""
EMPTY_CARD = """\
A studio without a study. **Duplicate this Space** and open your copy in a window of its own (⋮, *Embed this Space*,
*Direct URL*): it says what it still needs, which is one secret, `HF_TOKEN`. As its owner you sign in with your Hugging
Face account and set up a study on the page. Raters come by personal links, so your copy has to be public; nothing of a
study is in it.
"""
STATIC_CARD = """\
---
title: {title}
emoji: 📄
colorFrom: blue
colorTo: gray
sdk: static
pinned: false
---
"""


@dataclass(frozen=True)
class Delivery:
    """What goes where.

    Attributes:
        space: `owner/name` of the Space.
        files: its files by path.
        sdk: `gradio` or `static`.
        study: `owner/name` of the private data set the study goes to; '' = none.
        study_files: its files by path.
        secrets: by name; values are never shown.
        variables: by name.
    """

    space: str
    files: Mapping[str, bytes | Path]
    sdk: str = "gradio"
    study: str = ""
    study_files: Mapping[str, bytes | Path] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """Where browsers reach the Space without the Hub's frame."""
        return f"https://{self.space.replace('/', '-').replace('_', '-').replace('.', '-').lower()}.hf.space"


def study_delivery(
    folder: Path, space: str, storage: str, organisers: Sequence[str], secrets: Mapping[str, str]
) -> Delivery:
    """What a study's Space gets.

    Args:
        folder: a study folder that loads.
        storage: `postgres` (its URL among `secrets`), `copy` (a private Hub data set), or `volume` (a disk at /data).
        organisers: accounts that may come in at the organiser's page.
        secrets: `HF_TOKEN`, and what the storage needs.

    Raises:
        InputError: the study folder has mistakes, or a secret that is needed is missing.
    """
    from tasks.study.load import load_study

    study = load_study(folder)
    needed = {"HF_TOKEN": "reads the private data set of the study"}
    if storage == "postgres":
        needed["STUDIO_DATABASE_URL"] = "postgresql://…, where judgments are kept"
    if missing := [f"{name}: not set; {why}" for name, why in needed.items() if not secrets.get(name)]:
        raise InputError(missing)
    variables = {"STUDIO_STUDY_FROM": f"{space}-study", "STUDIO_ORGANISERS": ",".join(organisers)}
    if storage == "copy":
        variables |= {"STUDIO_COPY_TO": f"{space}-copy", "STUDIO_DATABASE_URL": SPACE_DATABASE}
    elif storage == "volume":
        variables["STUDIO_DATABASE_URL"] = VOLUME_DATABASE
    made = _program(space, study.title.text("en", *study.languages), storage, CARD, oauth="true")
    return replace(
        made,
        study=f"{space}-study",
        study_files=dict(_below(folder, folder)),
        secrets={name: secrets[name] for name in needed} | _passwords(secrets),
        variables=variables,
    )


def demo_delivery(space: str) -> Delivery:
    """What the public demo's Space gets: the program, told to show the demo study to whoever comes. No secret."""
    made = _program(space, "Which response is better? (demo)", "demo", DEMO_CARD, oauth="false")
    return replace(made, variables={"STUDIO_PUBLIC_DEMO": "1"})


def empty_delivery(space: str) -> Delivery:
    """What a studio without a study gets: the program alone. What it needs it says on the first visit."""
    return _program(space, "Kokoro Studio", "empty", EMPTY_CARD, oauth="true")


def _program(space: str, title: str, storage: str, card: str, oauth: str) -> Delivery:
    """The program with a card and the list of what it needs."""
    made = Delivery(space, {})
    text = HEADER.format(title=_quoted(title), gradio=pinned()["gradio"], oauth=oauth) + card.format(host=made.host)
    files: dict[str, bytes | Path] = {"README.md": text.encode(), "requirements.txt": requirements(storage).encode()}
    files |= {"app.py": ROOT / "app.py", "LICENSE": ROOT / "LICENSE"}
    for room in ROOMS:
        files |= dict(_below(ROOT / room, ROOT))
    return replace(made, files=files)


def report_delivery(folder: Path, space: str) -> Delivery:
    """What a report's static Space gets: the page, its data and tables. InputError where there is no report."""
    if not (folder / "report.html").is_file():
        raise InputError(f"{folder}: holds no report.html; python -m results report EXPORT --out {folder}")
    files: dict[str, bytes | Path] = {"README.md": STATIC_CARD.format(title="Report").encode()}
    files |= {"index.html": folder / "report.html"} | dict(_below(folder, folder))
    return Delivery(space, files, sdk="static")


def _passwords(secrets: Mapping[str, str]) -> dict[str, str]:
    names = ("STUDIO_PASSWORD_HASH", "STUDIO_VIEWER_PASSWORD_HASH")
    return {name: secrets[name] for name in names if secrets.get(name)}


def _below(folder: Path, root: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and "__pycache__" not in path.parts and not name.startswith(LEFT_OUT):
            yield name, path


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "").replace('"', "'") + '"'


def pinned() -> dict[str, str]:
    """Tested versions, by package in lower case, from constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("==") for line in lines if "==" in line and not line.startswith("#"))
    return {name.lower(): version.strip() for name, version in pairs}


def requirements(storage: str) -> str:
    """The Space's own slim list, every package pinned, without torch; Gradio comes by the card's sdk_version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = [_name(line) for line in project["dependencies"]]
    if storage == "postgres":
        names += [_name(line) for line in project["optional-dependencies"]["postgres"]]
    versions = pinned()
    plain = [name for name in dict.fromkeys(names) if name.lower().split("[")[0] != "gradio"]
    return "".join(f"{name}=={versions[name.lower().split('[')[0]]}\n" for name in sorted(plain, key=str.lower))


def _name(line: str) -> str:
    end = next((place for place, letter in enumerate(line) if letter in "<>=~! "), len(line))
    return line[:end]


# --- the command ------------------------------------------------------------------------------------------------


def add(commands: Commands) -> None:
    """Add the command."""
    words = "a study to a Hugging Face Space, or a report to a static one; private unless told"
    parser = command(commands, "deploy", words, run)
    parser.add_argument(
        "folder",
        type=Path,
        nargs="?",
        metavar="DIR",
        help="a study folder, a report folder, or tasks/demo for the public demo",
    )
    parser.add_argument("--space", required=True, metavar="OWNER/NAME", help="the Space; made where it is not there")
    parser.add_argument(
        "--storage",
        required=True,
        choices=("postgres", "copy", "volume", "report", "demo", "empty"),
        help="where judgments are kept: STUDIO_DATABASE_URL, a private Hub data set, a disk at /data; a report, and the"
        " public demo (demo), keep none; empty: no study yet, for others to duplicate",
    )
    parser.add_argument("--organisers", default="", metavar="NAMES", help="accounts that may organise (the owner)")
    parser.add_argument("--public", action="store_true", help="everybody may open the Space, as raters must")
    parser.add_argument("--dry-run", action="store_true", help="show every file and setting and send nothing")
    parser.add_argument("--yes", action="store_true", help="send without asking")
    parser.add_argument("--hub-endpoint", default="", metavar="URL", help="another Hub; it gets your token")


def run(options: Namespace, settings: Settings, ask: Callable[[str, str], bool] = agreed) -> int:
    """Show what would be sent, ask, send; `Exit.NO` where it was not agreed to."""
    made = _delivery(options)
    print("\n".join(told(made, options.public)), flush=True)
    if options.dry_run:
        return Exit.DONE
    if not options.yes and not ask("Send it?", "--yes, or --dry-run"):
        print("nothing was sent", file=sys.stderr)
        return Exit.NO
    send(made, options.public, options.hub_endpoint)
    print(f"{made.host}/sign-in" if made.study else made.host, flush=True)
    return Exit.DONE


def _delivery(options: Namespace) -> Delivery:
    space = dataset_id(options.space, "--space")
    if options.storage == "empty":
        return empty_delivery(space)
    if options.folder is None:
        raise InputError(f"DIR: none was given; --storage {options.storage} needs one")
    if options.storage == "report":
        return report_delivery(options.folder, space)
    if options.storage == "demo":
        return demo_delivery(space)
    names = [name.strip() for name in options.organisers.split(",") if name.strip()] or [space.split("/")[0]]
    return study_delivery(options.folder, space, options.storage, names, space_secrets())


def told(made: Delivery, public: bool) -> list[str]:
    """Every file with its size, every setting by name, what costs what; no secret's value."""
    lines = [f"Space {made.space} ({'public' if public else 'private'}, {made.sdk}):", *_sizes(made.files)]
    if made.study:
        lines += [f"data set {made.study} (private: it says which system is which):", *_sizes(made.study_files)]
        lines += [f"secrets: {', '.join(made.secrets)}", f"raters' links: {made.host}/e/…"]
        if not public:
            lines.append("A private Space lets in nobody without an account that may see it: --public lets raters in.")
    if made.variables:
        lines.append("variables: " + ", ".join(f"{name}={value}" for name, value in made.variables.items()))
    if made.sdk == "gradio":
        lines.append(COSTS)
    return lines


def _sizes(files: Mapping[str, bytes | Path]) -> list[str]:
    return [
        f"  {name:50} {len(content) if isinstance(content, bytes) else content.stat().st_size:>10,} bytes"
        for name, content in sorted(files.items())
    ]


def send(made: Delivery, public: bool, endpoint: str = "") -> None:
    """The study first, then settings, then the program, whose arrival starts the Space. HubError where refused."""
    from studio.hub.client import Repo, connect, publish
    from tasks.hub import with_retries

    api = connect(endpoint)
    if made.study:
        publish(Repo(api, made.study), made.study_files, True, "study")
    space = Repo(api, made.space, "space")
    if with_retries(space.head) is None:
        with_retries(lambda: space.create(not public, space_sdk=made.sdk))
    for name, value in made.secrets.items():
        with_retries(lambda name=name, value=value: space.secret(name, value))  # type: ignore[misc]
    for name, value in made.variables.items():
        with_retries(lambda name=name, value=value: space.variable(name, value))  # type: ignore[misc]
    publish(space, made.files, not public, "studio")

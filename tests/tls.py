"""A certificate authority of the tests' own, by the openssl program: certificates for localhost, good or expired."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

CONFIG = """\
[ca]
default_ca = own
[own]
dir = {folder}
new_certs_dir = {folder}
database = {folder}/index
serial = {folder}/serial
certificate = {folder}/ca.pem
private_key = {folder}/ca.key
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
"""
NAMES = "subjectAltName=DNS:localhost,IP:127.0.0.1"


class Authority:
    """Makes certificates in a folder; `root` is what clients are to trust."""

    def __init__(self, folder: Path) -> None:
        if shutil.which("openssl") is None:
            pytest.skip("the openssl program is not installed")
        self.folder, self.root = folder, folder / "ca.pem"
        (folder / "index").touch()
        (folder / "serial").write_text("01\n")
        (folder / "config").write_text(CONFIG.format(folder=folder))
        self._run("req", "-x509", "-subj", "/CN=Tests", "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", *EC)

    def certificate(self, name: str, days: float) -> tuple[Path, Path]:
        """(certificate, key) for localhost that began 60 days ago and ends in `days`, which may lie behind us."""
        key, request, made = (self.folder / f"{name}.{end}" for end in ("key", "csr", "pem"))
        self._run("req", "-new", "-subj", "/CN=localhost", "-addext", NAMES, "-keyout", key, "-out", request, *EC)
        now = datetime.now(UTC)
        dates = ("-startdate", _stamp(now - timedelta(days=60)), "-enddate", _stamp(now + timedelta(days=days)))
        self._run("ca", "-batch", "-config", "config", "-in", request, "-out", made, "-notext", *dates)
        return made, key

    def _run(self, *words: str | Path) -> None:
        subprocess.run(["openssl", *map(str, words)], cwd=self.folder, check=True, capture_output=True)


EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def _stamp(at: datetime) -> str:
    return at.strftime("%y%m%d%H%M%SZ")

"""Links as organisers see them: how far they reach is said with what to do, and their QR codes fit any frame."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.__main__ import main
from studio.documents import addresses
from studio.documents.invitations import Invitation, letter
from studio.pages.admin import invitations
from studio.pages.admin.html import WORDS
from studio.service.rater.qr import qr_svg
from tasks.languages.catalogue import languages
from tasks.study.load import load_study
from tests.tree import ROOT

HERE = ("http://127.0.0.1:7860/e/x", "http://localhost:7860", "http://[::1]:7860/e/x", "http://0.0.0.0", "http://127.9.9.9",
        "http://studio.localhost/e/x", "http://LOCALHOST./e/x")  # fmt: skip
NETWORK = ("http://192.168.1.20:7860/e/x", "http://10.0.0.5", "http://172.20.1.1", "http://lab-pc:7860/e/x",
           "http://lab.local/e/x", "http://[fe80::1]/e/x", "http://169.254.1.1")  # fmt: skip
ANYWHERE = ("https://studio.example.org/e/x", "https://owner-name.hf.space/e/x", "http://8.8.8.8/e/x")


@pytest.mark.parametrize(("address", "reach"), [
    *((address, "here") for address in HERE),
    *((address, "network") for address in NETWORK),
    *((address, "anywhere") for address in ANYWHERE),
])  # fmt: skip
def test_how_far_an_address_reaches(address: str, reach: str) -> None:
    assert addresses.reach(address) == reach
    for language in languages("organiser"):
        assert (addresses.note(address, language) == "") == (reach == "anywhere")


@pytest.mark.parametrize("address", [HERE[0], NETWORK[0], ANYWHERE[0]])
def test_letter_and_page_say_so(address: str) -> None:
    study = load_study(ROOT / "tasks" / "demo")
    invitation = Invitation("", "", address)
    for language in languages("organiser"):
        shown = unescape(invitations.render(study, [invitation], WORDS[language]))
        for text, spoken in ((letter(study, invitation), "en"), (shown, language)):
            for place in (HERE[0], NETWORK[0]):
                assert (addresses.note(place, spoken) in text) == (address == place)


def test_commands_say_so_beside_the_links(tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                          monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    from studio.commands.options import open_service
    from studio.settings import Settings, sqlite_url
    from tasks.design.planning import plan

    database = tmp_path / "studio.sqlite"
    demo = load_study(ROOT / "tasks" / "demo")
    service = open_service(Settings(database_url=sqlite_url(database)), must_exist=False)
    service.create_study(demo, plan(demo))
    service.store.close()
    assert main(["invite", "demo", "--db", str(database), "--n", "2"]) == 0
    out, err = capsys.readouterr()
    assert len(out.split()) == 2  # the links alone, for whoever pipes them on
    assert "this computer only" in err
    assert "STUDIO_PUBLIC_URL" in err
    monkeypatch.setenv("STUDIO_PUBLIC_URL", "https://studio.example.org")
    assert main(["invite", "demo", "--db", str(database)]) == 0
    assert capsys.readouterr().err == ""


@given(st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", min_size=1, max_size=80))
def test_a_code_scales_to_its_frame(token: str) -> None:
    """A size without a viewBox is cut off where the frame is smaller; light ground keeps it legible in dark pages."""
    svg = qr_svg(f"https://studio.example.org/e/{token}")
    tag = re.match(r"<svg [^>]*>", svg)
    assert tag is not None
    assert re.search(r'viewBox="0 0 \d+ \d+"', tag[0])
    assert not re.search(r"\b(width|height)=", tag[0])
    assert "#fff" in svg

"""`serve --share`: Gradio's own tunnel before the whole studio, so that links open anywhere while it stands."""

from __future__ import annotations

import secrets
import subprocess
import threading
from collections.abc import Callable

OPENING_SECONDS = 60.0
"""Gradio waits 30 s for each of its three steps; nobody waits for all of them."""
TOLD = (
    "Anybody who has a link reaches this studio by it, for a week at most and only while this program runs.",
    "All that raters read and write passes through servers of Gradio (Hugging Face), which could read it: raters are",
    "to know that before they agree, and for real clients' words take a server of your own (docs/hosting.md).",
)
"""What the organiser is to know, line by line."""


class ShareError(Exception):
    """No tunnel can be had; str() says why."""


def opened(port: int, ended: Callable[[], None], seconds: float = OPENING_SECONDS) -> str:
    """The public https address of what listens at `port` of this machine.

    Args:
        port: where the studio listens on 127.0.0.1.
        ended: called once, in a thread of its own, when the tunnel ends before the program does.
        seconds: how long it is waited for.

    Raises:
        ShareError: Gradio's servers cannot be reached, or the tunnel's program cannot be had, run or trusted.
    """
    got: list[str] = []
    faults: list[str] = []

    def opening() -> None:
        try:
            got.append(_opened(port))
        except ShareError as error:
            faults.append(str(error))

    thread = threading.Thread(target=opening, daemon=True)  # Gradio reads on for ever where its program says nothing
    thread.start()
    thread.join(seconds)
    process = _process()
    if not got:
        why = faults[0] if faults else f"Gradio's tunnel did not answer within {seconds:.0f} seconds"
        _let_go(process, thread)  # which is a fault of its own to whoever waits for the program
        raise ShareError(why)
    threading.Thread(target=_watched, args=(process, ended), daemon=True).start()
    return got[0].rstrip("/")


def _opened(port: int) -> str:
    from gradio import networking
    from gradio.exceptions import ChecksumMismatchError, ShareCertificateWriteError

    try:
        token = secrets.token_urlsafe(32)
        return str(networking.setup_tunnel("127.0.0.1", port, token, None, None))
    except (RuntimeError, ValueError, OSError, networking.httpx.HTTPError) as error:
        raise ShareError(str(error).splitlines()[0]) from error
    except (ChecksumMismatchError, ShareCertificateWriteError) as error:
        raise ShareError(f"{type(error).__name__}: {error}") from error


def _process() -> subprocess.Popen[bytes] | None:
    """The tunnel's program, where it has been started."""
    from gradio import tunneling

    return tunneling.CURRENT_TUNNELS[-1].proc if tunneling.CURRENT_TUNNELS else None


def _let_go(process: subprocess.Popen[bytes] | None, opening: threading.Thread) -> None:
    """End a program that came to nothing, so that no tunnel opens later; Gradio's reader of it is waited for aside."""
    if process is None:
        return
    process.terminate()

    def tidy() -> None:
        opening.join()
        process.communicate()

    threading.Thread(target=tidy, daemon=True).start()


def _watched(process: subprocess.Popen[bytes] | None, ended: Callable[[], None]) -> None:
    if process is not None:
        process.communicate()  # what it goes on to say is read away, so that it never waits for a reader
        ended()

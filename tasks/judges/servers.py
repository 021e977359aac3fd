"""Where a study's texts may go: to the servers of judges it declares, which its data map names to raters."""

from __future__ import annotations

from urllib.parse import urlsplit

from tasks.engine.client import is_loopback
from tasks.languages.fault import Fault, at
from tasks.schema import Judge, Study


def abroad(study: Study) -> tuple[Judge, ...]:
    """Judges on other machines: raters are told of them before they agree, so that none is added after launch."""
    return tuple(one for one in study.judges if not is_loopback(urlsplit(f"//{one.host}").hostname or one.host))


def refusals(study: Study, judge_id: str, host: str, model: str) -> list[str]:
    """Why texts of a study may not go to a server; [] where it declares this judge with this server and model, and
    raters are told under its consent text.

    Args:
        host: HOST or HOST:PORT of the address that is to be asked.
    """
    declared = next((one for one in study.judges if one.judge_id == judge_id), None)
    if declared is None:
        known = ", ".join(one.judge_id for one in study.judges) or Fault("none")
        return [at("judges", Fault("judge_undeclared", judge=judge_id, known=known))]
    if (declared.host, declared.model) != (host, model):
        asked, named = f"{model} @ {host}", f"{declared.model} @ {declared.host}"
        return [at(f"judges, {judge_id}", Fault("judge_other_server", found=asked, allowed=named))]
    if study.consent is None and declared in abroad(study):
        return [at("consent", Fault("judge_untold", host=declared.host))]
    return []

"""Judged studies of a few systems, for the desk's pages on quality and results."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from studio.service import Service
from studio.store import queries
from tasks.design.planning import plan
from tasks.schema import Design, Response, Study, System
from tests import studio_world as w
from tests.studio.desk_client import DeskClient

Choose = Callable[[int, tuple[str, str], int], int]
"""(Seat, systems as shown, position) -> preference, -2 for the first side .. 2 for the second."""


def made(study_id: str, systems: tuple[str, ...] = ("calm", "plain"), items: int = 8, **changes: object) -> Study:
    """A study of named systems; the first one's responses are longer."""
    base = w.study(items=items, study_id=study_id)
    texts = [
        Response(
            item_id=item.item_id, system_id=system, text=f"{system}の応答{item.item_id}。" + "そうですね。" * place
        )
        for item in base.items
        for place, system in enumerate(systems)
    ]
    named = tuple(System(system_id=one, name=f"{one} システム / {one.title()} system") for one in systems)
    design = Design(seats=4, blinding=0)
    values = {"systems": named, "responses": tuple(texts), "design": design, "provenance": None} | changes
    return Study.model_validate({**base.model_dump(), **values})


def judged(here: Service, study: Study, raters: int, choose: Choose, most: int = 99) -> None:
    """Bring a study in and have raters judge it, each up to `most` pairs; a side is chosen by the systems behind it."""
    here.create_study(study, plan(study))
    with here.store.read() as connection:
        orders = {row.assignment_id: row for row in queries.all_assignments(connection, study.study_id)}
    for link in here.invite(study.study_id, raters) if raters else ():
        token = here.join(link)[0]
        for position in range(most):
            pairs = here.dispatch(token, {"do": "state"})["pairs"]
            if not pairs:
                break
            row = orders[pairs[0]["assignment_id"]]
            preference = choose(row.seat, (row.first_system or "", row.second_system or ""), position)
            form = w.form(row.assignment_id, preference, comment="<i>言葉</i>" if not position else "")
            assert w.submit(here, token, form)["saved"]


def prefers(system: str, noise: int = 4) -> Choose:
    """Raters who prefer a system, but for every `noise`-th pair, where each says something else."""

    def choose(seat: int, order: tuple[str, str], position: int) -> int:
        drawn = random.Random(f"{seat} {position}").random()
        way = -1 if order[0] == system or (system not in order and order[0] < order[1]) else 1
        return (-way if (position + seat) % noise == 0 else way) * (2 if drawn > 0.5 else 1)

    return choose


def whole(desk: DeskClient, path: str, wait: float = 60) -> str:
    """A page with its figures, which may take a moment."""
    end = time.monotonic() + wait
    while time.monotonic() < end:
        page = desk.page(path)
        if "data-waits" not in page:
            return page
        time.sleep(0.2)
    raise AssertionError(f"no figures after {wait} s: {path}")

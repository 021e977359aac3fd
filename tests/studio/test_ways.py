"""The twenty ways by which a curious rater could learn which system wrote what, each tried on the real application."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from fastapi.testclient import TestClient

from studio.service import Service
from studio.service.view import response_shown
from tasks.design.planning import plan
from tests import studio_world as w
from tests.studio.test_canary import leaks

World = tuple[Service, Any]
PAIR_KEYS = {"assignment_id", "number", "practice", "turns", "responses", "written", "question", "answers", "feedback"}
WAYS: dict[int, Callable[..., None]] = {}


def way(number: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Marks the test of one way, by its number in the list."""

    def marked(test: Callable[..., None]) -> Callable[..., None]:
        WAYS[number] = test
        return test

    return marked


class Rater:
    """Somebody signed in, with everything they can ask."""

    def __init__(self, world: World, client: TestClient) -> None:
        self.service, self.client = world[0], client
        assert client.get(f"/e/{self.service.invite('sleep')[0]}").status_code == 303
        self.token = w.session(client)
        self.ask(do="consent", version=self.ask(do="state")["study"]["consent"]["version"], agreed=True)
        self.ask(do="profile", answers={})

    def ask(self, **request: Any) -> dict[str, Any]:
        return self.service.dispatch(self.token, request)

    def pairs(self) -> list[dict[str, Any]]:
        """The pairs at hand, practice done."""
        while (state := self.ask(do="state"))["step"] == "practice":
            self.vote(w.form(state["pairs"][0]["assignment_id"]))
        return list(state["pairs"])

    def vote(self, form: dict[str, Any]) -> dict[str, Any]:
        return dict(self.client.post("/api/vote", json=form).json())

    def component(self, data: Any, **more: Any) -> Any:
        """The page's own transport."""
        number = next(
            c["id"] for c in self.client.get("/config").json()["components"] if c["props"].get("elem_id") == "rating"
        )
        call = {"data": data, "component_id": number, "session_hash": "x", "fn_name": "call"} | more
        return self.client.post("/gradio_api/component_server", json=call)


@pytest.fixture
def rater(world: World) -> Iterator[Rater]:
    with TestClient(world[1], follow_redirects=False) as client:
        yield Rater(world, client)


@way(1)
def test_values_of_components(rater: Rater) -> None:
    rater.pairs()
    text = rater.ask(do="state")["pairs"][0]["responses"][0]["text"]
    config = rater.client.get("/config").text
    assert not leaks(config)
    assert text[:8] not in config, "the configuration is everybody's: it holds no pair"
    assert not leaks(rater.client.get("/s/sleep").text)


@way(2)
def test_values_behind_choices(rater: Rater) -> None:
    rater.pairs()
    page = rater.client.get("/s/sleep").text
    values = set(re.findall(r'<input[^>]*type="(?:radio|checkbox)"[^>]*value="([^"]*)"', page))
    values |= set(re.findall(r'data-value="([^"]*)"', page))
    assert all(re.fullmatch(r"-?\d+|first|second|cannot_\w+|skipped|[a-z_]{0,30}", value) for value in values), values
    assert not {value for value in values if w.SECRET in value}


@way(3)
def test_outputs_of_events(rater: Rater) -> None:
    config = rater.client.get("/config").json()
    assert config["dependencies"] == [], "no event, so no output of one"
    for do in ("state", "answers", "guidelines", "open", "nothing"):
        assert not leaks(rater.component({"do": do, "assignment_id": "x"}).text)


@way(4)
def test_marks_on_the_page_itself(rater: Rater) -> None:
    """The two sides' markup is the same but for the texts and the side's own name."""
    pair = rater.pairs()[0]
    page = rater.client.get("/s/sleep").text
    sides = re.findall(r'<article[^>]*class="[^"]*response[^"]*".*?</article>', page, re.S)
    if len(sides) != 2:  # whatever holds them, their texts stand in elements that differ by side alone
        sides = [re.search(rf'<[^<>]*id="text-{side}"[^<>]*>', page) for side in ("first", "second")]
        sides = [found[0] for found in sides if found]
    assert len(sides) == 2
    plain = []
    for side, response in zip(sides, pair["responses"], strict=True):
        bare = side.replace(response["text"], "")
        plain.append(
            re.sub(r"first|second|[ABＡＢ12１２]\b|一|二|左|右|left|right", "", re.sub(r">[^<]*<", "><", bare))
        )
    assert plain[0] == plain[1]


@way(5)
def test_functions_of_the_organisers_page(rater: Rater) -> None:
    call = {"data": ["sleep", "en"], "fn_index": 0, "session_hash": "x"}
    for mount in ("", "/admin"):
        joined = rater.client.post(f"{mount}/gradio_api/queue/join", json=call)
        assert joined.status_code == 404, "no page has an event to join"
    asked = {
        "path": "/admin/s/sleep/results",
        "query": "",
        "language": "en",
        "do": "look",
        "given": {"why": ["x" * 20]},
    }
    for component in range(12):
        call = {"data": asked, "component_id": component, "session_hash": "x", "fn_name": "call"}
        assert rater.client.post("/admin/gradio_api/component_server", json=call).status_code == 401
    assert rater.client.get("/admin/config").status_code == 401
    assert rater.client.get("/admin/s/sleep/results").status_code == 404


@way(6)
def test_snapshots_of_a_session(rater: Rater) -> None:
    assert rater.client.get("/gradio_api/deep_link?session_hash=x").status_code == 404
    assert not leaks(rater.client.get("/config?deep_link=x").text)


@way(7)
def test_run_history_on_shared_machines(rater: Rater) -> None:
    config = rater.client.get("/config").json()
    assert not config.get("run_history")


@way(8)
def test_names_of_functions(rater: Rater) -> None:
    for path in ("/monitoring/summary", "/monitoring", "/openapi.json", "/gradio_api/openapi.json", "/docs", "/redoc"):
        assert rater.client.get(path).status_code == 404, path
    named = rater.client.get("/gradio_api/info?all_endpoints=true").json()
    assert named["named_endpoints"] == {}
    assert named["unnamed_endpoints"] == {}


@way(9)
def test_texts_of_exceptions(rater: Rater) -> None:
    forged: tuple[Any, ...] = (
        None,
        [],
        "x",
        {"do": 3},
        {"do": "open", "assignment_id": {"a": 1}},
        {"do": "submit", "submission": 1},
    )
    for data in forged:
        body = rater.component(data).text
        assert not leaks(body)
        assert "Traceback" not in body
        assert "/studio/" not in body
        assert "site-packages" not in body
    assert "i00" not in rater.vote({"submission_id": "0" * 32, "assignment_id": "i00", "answers": []})["error"]["en"]


@way(10)
def test_a_session_hash_of_somebody_else(world: World, rater: Rater) -> None:
    with TestClient(world[1], follow_redirects=False) as stranger:
        call = {"data": {"do": "state"}, "session_hash": "x", "fn_name": "call"}
        number = next(c["id"] for c in stranger.get("/config").json()["components"] if c["props"].get("elem_id"))
        answer = stranger.post("/gradio_api/component_server", json=call | {"component_id": number})
        assert answer.json()["error"]["code"] == "signed_out", "the cookie says who asks, and nothing else"


@way(11)
def test_an_assignment_of_somebody_else(world: World, rater: Rater) -> None:
    mine = rater.pairs()[0]["assignment_id"]
    with TestClient(world[1], follow_redirects=False) as client:
        other = Rater(world, client)
        refusals = []
        for assignment in (mine, "A" * 22):
            refusals.append(other.vote(w.form(assignment)))
            refusals.append(other.ask(do="open", assignment_id=assignment))
    assert all(answer == refusals[0] for answer in refusals), (
        "one that is another's and one that is none: the same words"
    )
    assert refusals[0]["error"]["code"] == "not_yours"


@way(12)
def test_ids_that_link_responses(world: World, rater: Rater) -> None:
    pairs = rater.pairs()
    for pair in pairs:
        assert set(pair) <= PAIR_KEYS
        assert all(set(response) <= {"text", "translation"} for response in pair["responses"])
        assert len(pair["assignment_id"]) >= 20
    with TestClient(world[1], follow_redirects=False) as client:
        others = Rater(world, client).pairs()
    assert not {p["assignment_id"] for p in pairs} & {p["assignment_id"] for p in others}


@way(13)
def test_sides_that_can_be_computed(rater: Rater) -> None:
    study = w.study(items=12)
    orders: dict[str, set[tuple[str, ...]]] = {}
    by_seat: dict[int, list[bool]] = {}
    for one in plan(study.model_copy(update={"design": study.design.model_copy(update={"seats": 6})})):
        orders.setdefault(one.item_id, set()).add(one.order)
        by_seat.setdefault(one.seat, []).append(one.order == w.NAMES)
    assert all(len(found) == 2 for found in orders.values()), "an item does not fix the side"
    for sides in by_seat.values():
        assert len({a == b for a, b in pairwise(sides)}) == 2, "neither alternating nor constant"
    assert len({tuple(sides) for sides in by_seat.values()}) > 1
    state = rater.ask(do="state")
    assert "design" not in state["study"]
    assert '"seed"' not in json.dumps(state)


@way(14)
def test_sides_that_are_redrawn(rater: Rater) -> None:
    pair = rater.pairs()[0]
    assert rater.ask(do="state")["pairs"][0]["responses"] == pair["responses"]
    assert rater.vote(w.form(pair["assignment_id"]))["saved"]
    again = rater.ask(do="open", assignment_id=pair["assignment_id"])["pair"]
    assert again["responses"] == pair["responses"]


@way(15)
def test_what_loads_later_or_apart(rater: Rater) -> None:
    """Both texts come in one answer, from the database: nothing is generated, fetched or cached per response."""
    pair = rater.pairs()[0]
    assert all(response["text"] for response in pair["responses"])
    assert "http" not in json.dumps(rater.ask(do="state")["pairs"])
    answer = rater.client.get("/s/sleep")
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers


@way(16)
def test_addresses_titles_and_referrers(rater: Rater) -> None:
    answer = rater.client.get("/s/sleep")
    assert answer.headers["referrer-policy"] == "no-referrer"
    told = re.findall(r'(?:href|src|action|title|alt|content|download)="([^"]*)"', answer.text)
    told += re.findall(r"<title>(.*?)</title>", answer.text)
    assert told
    assert not leaks(" ".join(told))
    pair = rater.pairs()[0]
    assert not [address for address in told if pair["assignment_id"] in address or "i00" in address]


@way(17)
def test_files_of_the_study_and_the_database(rater: Rater) -> None:
    names = ("studio.sqlite", "studies/sleep/study.yaml", "responses/one.jsonl", "../studio.sqlite", "%2e%2e/app.py")
    for name in names:
        for path in ("/gradio_api/file=", "/file=", "/static/", "/static/rating/", "/assets/", "/"):
            answer = rater.client.get(path + name)
            assert answer.status_code >= 400, path + name
            assert not leaks(answer.text)


@way(18)
def test_results_and_documentation(rater: Rater) -> None:
    for path in ("/admin/export/sleep.zip", "/gradio_api/mcp/sse", "/gradio_api/mcp", "/export/sleep.zip", "/report"):
        assert rater.client.get(path).status_code == 404, path
    state = rater.ask(do="state")
    assert state["provenance"] is None, "where responses come from is told after the study"
    assert not {"raters", "results", "leaderboard", "agreement"} & (state.keys() | state["study"].keys())


@way(19)
def test_what_the_text_itself_gives_away() -> None:
    for variant in ("はい。\r\nええ。", "はい。  \nええ。\n\n", "\ufeffはい。\u2028ええ。", "\nはい。\rええ。\t"):
        assert response_shown(variant) == "はい。\nええ。", "white space nobody sees is the same for every system"


@way(20)
def test_warm_up_and_hidden_kinds(world: World, rater: Rater) -> None:
    state = rater.ask(do="state")
    assert state["step"] == "practice"
    practice = state["pairs"][0]
    assert "practice-1" not in json.dumps(practice)
    assert "feedback" not in practice, "said once it is answered"
    receipt = rater.vote(w.form(practice["assignment_id"]))
    assert not leaks(json.dumps(receipt["feedback"], ensure_ascii=False))
    for pair in rater.pairs():
        assert not {"kind", "item_id", "repeats", "stratum", "first_system", "order"} & pair.keys()


def test_all_twenty_were_tried() -> None:
    assert sorted(WAYS) == list(range(1, 21))

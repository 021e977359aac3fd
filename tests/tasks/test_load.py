from __future__ import annotations

import copy
import json
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.data.feedback import DIMENSIONS, FLAGS
from tasks.errors import InputError
from tasks.intake.text import visible
from tasks.schema import Check, Exclusion, Point, Practice, ProfileQuestion, Study, Support, Words
from tasks.study.load import load_study
from tasks.study.save import save_study, without_texts
from tasks.study.wording.templates import template, template_names
from tests.studies import study
from tests.worded import unworded

TINY = Path(__file__).parents[1] / "studies_data" / "tiny"
Head = dict[str, Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A sound folder to break."""
    made = study(3, 2, practice=1, checks=1, seats=2, blinding=0)
    texts = {"guidelines": Words(ja="基準", en="criteria"), "consent": Words(ja="同意", en="consent")}
    save_study(made.model_copy(update=texts), tmp_path / "study")
    return tmp_path / "study"


def errors_of(folder: Path) -> tuple[str, ...]:
    with pytest.raises(InputError) as caught:
        load_study(folder)
    assert str(caught.value) == "\n".join(caught.value.errors)
    assert unworded(caught.value.errors) == []
    return caught.value.errors


def edit_head(folder: Path, change: Callable[[Head], object]) -> None:
    path = folder / "study.yaml"
    head = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(head)
    path.write_text(yaml.safe_dump(head, allow_unicode=True, sort_keys=False), encoding="utf-8")


def edit_line(path: Path, number: int, change: Callable[[Head], object]) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    value = json.loads(lines[number - 1])
    change(value)
    lines[number - 1] = json.dumps(value, ensure_ascii=False)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


# --- templates ------------------------------------------------------------------------------------------------


PAIRWISE = ("floor", "full", "full-2", "quick", "quick-2")


def test_the_rating_form_is_the_clients_own() -> None:
    form = template("rating")
    assert [c.criterion_id for c in form[:23]] == [*(d.key for d in DIMENSIONS), *(f.key for f in FLAGS)]
    assert [c.label.text("ja") for c in form[:20]] == [d.ja for d in DIMENSIONS]
    assert {c.values() for c in form[:20]} == {tuple(range(6))}
    assert all(c.toggle for c in form[20:23])


def test_templates_have_the_criteria_taps_and_keys_they_promise() -> None:
    assert template_names() == ("floor", "full", "full-2", "label", "quick", "quick-2", "rating")
    taps = {}
    for name in PAIRWISE:
        required = [c for c in template(name) if c.required]
        taps[name] = sum(2 if c.of == "response" else 1 for c in required) + 1
        for criterion in required:
            keys = [point.key for point in criterion.points]
            start = 0 if criterion.kind == "count" else 1
            assert keys == [str(start + n) for n in range(len(keys))]
    assert taps == {"floor": 8, "quick": 6, "quick-2": 6, "full": 12, "full-2": 12}


@pytest.mark.parametrize("version", ["", "-2"])
def test_full_is_quick_with_empathy_in_facets_and_a_count(version: str) -> None:
    quick, full = ({c.criterion_id: c for c in template(f"{name}{version}")} for name in ("quick", "full"))
    facets = {"question_count", "empathy_warmth", "empathy_understanding", "empathy_exploration"}
    assert set(full) == set(quick) - {"empathy"} | facets
    assert all(full[name] == quick[name] for name in set(full) & set(quick))
    assert full["question_count"].top_coded


def test_preference_is_asked_first_and_no_word_unblinds() -> None:
    for name in template_names():
        assert name not in PAIRWISE or template(name)[0].criterion_id == "preference"
        text = " ".join(c.model_dump_json() for c in template(name))
        assert not any(word in text for word in ("AI", "モデル", "ユーザー", "正解"))


def test_an_unknown_template_names_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"found 'quik'; allowed: floor, full, full-2, label, quick, quick-2, rating"):
        template("quik")


# --- sound folders --------------------------------------------------------------------------------------------


def test_the_tiny_folder_loads() -> None:
    tiny = load_study(TINY)
    assert (len(tiny.items), len(tiny.systems), len(tiny.responses)) == (6, 2, 12)
    assert tiny.criteria == template("full")
    assert [r.system_id for r in tiny.practice[0].responses] == ["practice-1", "practice-2"]
    assert tiny.checks[0].better == "check-2"
    assert tiny.systems[1].manifest == {"base": "made-up", "seed": 7}
    assert tiny.guidelines == Words(ja="# 基準\n応答を読みくらべます。\n", en="# Criteria\nCompare the responses.\n")


def test_byte_order_marks_and_windows_line_ends_are_no_mistake(folder: Path) -> None:
    before = load_study(folder)
    for path in [folder / "study.yaml", *folder.glob("*.jsonl"), *folder.glob("responses/*.jsonl")]:
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_study(folder) == before


def test_texts_are_kept_to_the_byte(folder: Path) -> None:
    odd = " 一行目\r\n二\u2028行\u0085目\u3000\t🙂\u200d\u0008 "
    edit_line(folder / "items.jsonl", 2, lambda line: line["turns"][0].update(text=odd))
    (folder / "guidelines.ja.md").write_bytes("# 基準\r\n".encode())
    loaded = load_study(folder)
    assert loaded.items[1].turns[0].text == odd
    assert loaded.guidelines
    assert loaded.guidelines.text("ja") == "# 基準\r\n"


def test_a_study_in_one_language_needs_texts_in_that_language_only(folder: Path) -> None:
    edit_head(folder, lambda head: head.update(languages=["ja"]))
    (folder / "guidelines.en.md").unlink()
    assert load_study(folder).guidelines == Words(ja="基準", en="")


# --- broken folders: each mistake is named with file, line, field, value and what is allowed --------------------

HEAD_MISTAKES: list[tuple[str, Callable[[Head], object], list[str]]] = [
    (
        "unknown key",
        lambda h: h.update(titel="x"),
        ["study.yaml line", ", titel: unknown key (did you mean title?); allowed: "],
    ),
    ("missing key", lambda h: h.pop("title"), ["study.yaml line 1, title: is missing"]),
    ("nested unknown", lambda h: h["design"].update(seat=3), ["design.seat: unknown key (did you mean seats?)"]),
    (
        "too small",
        lambda h: h["design"].update(seats=0),
        ["design.seats: found 0; allowed: 1 or more"],
    ),
    ("number as text", lambda h: h["design"].update(seats="5"), ['design.seats: found "5"; allowed: a whole number']),
    (
        "truth as number",
        lambda h: h["design"].update(seats=True),
        ["design.seats: found true; allowed: a whole number"],
    ),
    ("no as text", lambda h: h["title"].update(ja=False), ["title.ja: found false; allowed: a text (put numbers"]),
    ("bad id", lambda h: h.update(study_id="a b"), ['study_id: found "a b"; allowed: 1 to 80 letters, digits']),
    (
        "protocol",
        lambda h: h.update(protocol="pair"),
        ["protocol: found \"pair\"; allowed: 'pairwise', 'rating', 'label' or 'session'"],
    ),
    ("version", lambda h: h.update(format_version=3), ["format_version: found 3; allowed: 1 or 2"]),
    (
        "template",
        lambda h: h.update(criteria="quik"),
        ["criteria: found 'quik'; allowed: floor, full, full-2, label, quick, quick-2, rating, or a list"],
    ),
    ("list of one", lambda h: h.update(systems="s0"), ['systems: found "s0"; allowed: a list']),
    ("in a file", lambda h: h.update(items=[]), ["items: stands in items.jsonl, not in study.yaml"]),
    ("double system", lambda h: h["systems"].append({"system_id": "s0"}), ['systems.2.system_id: found "s0" again']),
    ("kept id", lambda h: h["systems"].append({"system_id": "check-1"}), ["kept for practice and checks"]),
    ("one system", lambda h: h["systems"].pop(), ["systems: found 1; allowed with protocol pairwise: 2 or more"]),
    (
        "strange pair",
        lambda h: h["design"].update(pairs=[["s0", "s9"]]),
        ['design.pairs.0.1: found "s9"; allowed: s0, s1'],
    ),
    ("same pair", lambda h: h["design"].update(pairs=[["s0", "s0"]]), ['design.pairs.0: found "s0" twice']),
    ("double pair", lambda h: h["design"].update(pairs=[["s0", "s1"], ["s1", "s0"]]), ["design.pairs.1: found"]),
    (
        "primary",
        lambda h: h.update(primary={"criterion": "empaty"}),
        ['primary.criterion: found "empaty"; allowed: preference'],
    ),
    ("compared", lambda h: h.update(primary={"systems": ["s0", "s0"]}), ["primary.systems: found", "allowed: s0 + s1"]),
    ("languages", lambda h: h.update(languages=[]), ["languages: found []; allowed: tags of languages such as ja, en"]),
    ("raters", lambda h: h["design"].update(raters_per_item=3), ["design.raters_per_item: found 3; allowed: 1 to 2"]),
    ("repeats", lambda h: h["design"].update(repeats=1), ["design.repeats: found 1; allowed: 0 to 0"]),
    ("no criteria", lambda h: h.update(criteria=[]), ["criteria: found none"]),
    (
        "double criterion",
        lambda h: h["criteria"].append(copy.deepcopy(h["criteria"][0])),
        ['criteria.6.criterion_id: found "preference" again'],
    ),
    ("kept criterion", lambda h: h["criteria"][5].update(criterion_id="blinding"), ["the id of the blinding question"]),
    ("keys", lambda h: h["criteria"][0]["points"][0].update(key="2"), ["criteria.0.points: found keys"]),
    ("anchors", lambda h: h["criteria"][1]["anchors"].pop(), ["criteria.1.anchors: found 2; allowed: none or 3"]),
    (
        "points",
        lambda h: h["criteria"][0]["points"].pop(),
        ["a preference is of a pair, with points symmetric about 0"],
    ),
    (
        "pair of one",
        lambda h: h.update(protocol="rating"),
        ['criteria.0.of: found "pair"; allowed with protocol rating'],
    ),
    (
        "profile",
        lambda h: h.update(profile=[{"question_id": "q", "label": {"ja": "問", "en": "q"}}] * 2),
        ["profile.1"],
    ),
]


@pytest.mark.parametrize(("change", "wanted"), [m[1:] for m in HEAD_MISTAKES], ids=[m[0] for m in HEAD_MISTAKES])
def test_mistakes_in_study_yaml(folder: Path, change: Callable[[Head], object], wanted: list[str]) -> None:
    edit_head(folder, change)
    found = "\n".join(errors_of(folder))
    assert all(part in found for part in wanted), found
    assert "study.yaml line " in found


def test_the_line_named_is_the_line_of_the_mistake(folder: Path) -> None:
    path = folder / "study.yaml"
    text = path.read_text(encoding="utf-8").replace("  seats: 2\n", "  seats: -2\n")
    path.write_text(text, encoding="utf-8")
    line = text.splitlines().index("  seats: -2") + 1
    assert errors_of(folder) == (f"study.yaml line {line}, design.seats: found -2; allowed: 1 or more",)


LINE_MISTAKES: list[tuple[str, str, int, Callable[[Head], object], str]] = [
    (
        "unknown key",
        "items",
        2,
        lambda v: v.update(topik="x"),
        "items.jsonl line 2, topik: unknown key (did you mean topic?)",
    ),
    ("double item", "items", 3, lambda v: v.update(item_id="i0"), 'items.jsonl line 3, item_id: found "i0" again'),
    ("no turns", "items", 1, lambda v: v.update(turns=[]), "items.jsonl line 1, turns: found none; allowed: 1 or more"),
    ("empty turn", "items", 1, lambda v: v["turns"][0].update(text=" "), 'items.jsonl line 1, turns.0.text: found " "'),
    (
        "role",
        "items",
        1,
        lambda v: v["turns"][0].update(role="user"),
        "items.jsonl line 1, turns.0.role: found \"user\"; allowed: 'client' or",
    ),
    (
        "last role",
        "items",
        2,
        lambda v: v["turns"][0].update(role="counselor"),
        "items.jsonl line 2, turns.0.role: found",
    ),
    (
        "depth",
        "items",
        2,
        lambda v: v.update(depth=1.5),
        "items.jsonl line 2, depth: found 1.5; allowed: up to 1",
    ),
    (
        "unknown item",
        "responses/s0",
        2,
        lambda v: v.update(item_id="i9"),
        'responses/s0.jsonl line 2, item_id: found "i9", which',
    ),
    (
        "double",
        "responses/s1",
        2,
        lambda v: v.update(item_id="i0"),
        'responses/s1.jsonl line 2, item_id: found "i0" again',
    ),
    ("empty response", "responses/s1", 3, lambda v: v.update(text="\n"), "responses/s1.jsonl line 3, text: found"),
    (
        "other system",
        "responses/s1",
        1,
        lambda v: v.update(system_id="s0"),
        "responses/s1.jsonl line 1, system_id: found 's0'",
    ),
    ("better", "checks", 1, lambda v: v.update(better=2), "checks.jsonl line 1, better: found 2; allowed: 0 or 1"),
    ("three texts", "checks", 1, lambda v: v["responses"].append({"text": "三"}), "checks.jsonl line 1, responses"),
    ("one text", "practice", 1, lambda v: v["responses"].pop(), "practice.jsonl line 1, responses.1: is missing"),
    (
        "feedback",
        "practice",
        1,
        lambda v: v["feedback"].pop("en"),
        "practice.jsonl line 1, feedback: is not there in en; write it",
    ),
    (
        "practice item",
        "practice",
        1,
        lambda v: v["item"].update(item_id="i0"),
        'practice.jsonl line 1, item.item_id: found "i0" again',
    ),
    (
        "practice text",
        "practice",
        1,
        lambda v: v["responses"][1].update(text=""),
        "practice.jsonl line 1, responses.1.text",
    ),
]


@pytest.mark.parametrize(
    ("part", "number", "change", "wanted"),
    [m[1:] for m in LINE_MISTAKES],
    ids=[f"{m[1]}-{m[0]}" for m in LINE_MISTAKES],
)
def test_mistakes_in_lines(folder: Path, part: str, number: int, change: Callable[[Head], object], wanted: str) -> None:
    edit_line(folder / f"{part}.jsonl", number, change)
    assert any(line.startswith(wanted) for line in errors_of(folder)), errors_of(folder)


def replace(name: str, data: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(data)


def unlink(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


def into_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def append(name: str, data: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes() + data)


FILE_MISTAKES: list[tuple[str, Callable[[Path], object], str]] = [
    ("no study.yaml", unlink("study.yaml"), "study.yaml: is missing"),
    ("empty study.yaml", replace("study.yaml", b""), "study.yaml: is empty"),
    ("blank study.yaml", replace("study.yaml", b"\xef\xbb\xbf \n"), "study.yaml: is empty"),
    (
        "only a comment",
        replace("study.yaml", b"# later\n"),
        "study.yaml line 1: found nothing; allowed: keys and values",
    ),
    ("a list", replace("study.yaml", b"- a\n- b\n"), "study.yaml line 1: found a list; allowed: keys and values"),
    ("not YAML", replace("study.yaml", b"a: [1\nb: 2\n"), "study.yaml line 2: is not YAML"),
    ("tab", replace("study.yaml", b"a:\n\t- b\n"), "study.yaml line 2: is not YAML"),
    ("control character", replace("study.yaml", b"a: \x00\n"), "study.yaml: is not YAML"),
    ("deep", replace("study.yaml", b"a: " + b"[" * 5000), "study.yaml"),
    ("repeated key", append("study.yaml", b"study_id: again\n"), "study.yaml line"),
    ("alias", append("study.yaml", b"support: &a {help: *a}\n"), "study.yaml line"),
    ("a key of keys", append("study.yaml", b"? [a]\n: b\n"), "study.yaml line"),
    ("not a date", append("study.yaml", b"retention_days: 2026-99-99\n"), "study.yaml line"),
    ("infinite", append("study.yaml", b"retention_days: .inf\n"), "study.yaml line"),
    ("python tag", append("study.yaml", b"support: !!python/object:os.system {}\n"), "study.yaml line"),
    (
        "not UTF-8",
        replace("items.jsonl", b'{"item_id": "a",\n\xff}\n'),
        "items.jsonl line 2: found byte 0xff; allowed: UTF-8",
    ),
    ("Shift JIS", replace("guidelines.ja.md", "基準".encode("shift_jis")), "guidelines.ja.md line 1: found byte 0x8a"),
    ("UTF-16", replace("study.yaml", "study_id: a".encode("utf-16")), "study.yaml line 1: found byte 0xff"),
    ("empty items", replace("items.jsonl", b""), "items.jsonl: is empty"),
    ("no items", unlink("items.jsonl"), "items.jsonl: found no item; allowed: 1 or more"),
    ("not JSON", append("items.jsonl", b"{'item_id': 1}\n"), "items.jsonl line 4: is not JSON"),
    ("cut short", append("items.jsonl", b'{"item_id": "x", "turns": [{"ro'), "items.jsonl line 4: is not JSON"),
    ("a list a line", append("items.jsonl", b"[]\n"), "items.jsonl line 4: found a list; allowed: an object"),
    ("NaN", append("items.jsonl", b'{"depth": NaN}\n'), "items.jsonl line 4: is not JSON (NaN is no JSON number"),
    ("too large", append("items.jsonl", b'{"depth": 1e999}\n'), "items.jsonl line 4: is not JSON (1e999 is too large"),
    ("many digits", append("items.jsonl", b'{"depth": ' + b"9" * 5000 + b"}\n"), "items.jsonl line 4: is not JSON"),
    ("deep JSON", append("items.jsonl", b"[" * 100_000 + b"\n"), "items.jsonl line 4: is not JSON (nested too deeply)"),
    (
        "repeated",
        append("items.jsonl", b'{"item_id": "a", "item_id": "b"}\n'),
        "items.jsonl line 4: is not JSON (key 'item_id'",
    ),
    (
        "half a pair",
        append("items.jsonl", b'{"item_id": "\\ud800"}\n'),
        "items.jsonl line 4: is not JSON (half of a surrogate pair",
    ),
    ("no responses", unlink("responses/s1.jsonl"), "responses/s1.jsonl: no response for 3 of 3 items: i0, i1, i2"),
    (
        "one too few",
        lambda f: edit_line(f / "responses/s1.jsonl", 3, lambda v: v.update(item_id="i1")),
        "responses/s1.jsonl: no response for 1 of 3 items: i2",
    ),
    (
        "no such system",
        lambda f: shutil.copy(f / "responses/s0.jsonl", f / "responses/s7.jsonl"),
        "responses/s7.jsonl: study.yaml has no system 's7'; allowed: s0, s1",
    ),
    (
        "manifest of none",
        lambda f: (f / "responses/s7.manifest.json").write_text("{}"),
        "responses/s7.manifest.json: study.yaml has no",
    ),
    (
        "manifest a list",
        lambda f: (f / "responses/s0.manifest.json").write_text("[]"),
        "responses/s0.manifest.json: found a list",
    ),
    (
        "slip in a name",
        lambda f: (f / "practise.jsonl").write_text("{}"),
        "practise.jsonl: is no file of a study; allowed: ",
    ),
    (
        "strange language",
        lambda f: (f / "consent.fr.md").write_text("x"),
        "consent.fr.md: is in a language that `languages` of study.yaml does not name",
    ),
    ("one language", unlink("consent.en.md"), "consent.en.md: is missing or empty"),
    (
        "a folder for a file",
        lambda f: into_folder(f / "items.jsonl"),
        "items.jsonl: cannot be read",
    ),
]


@pytest.mark.parametrize(("change", "wanted"), [m[1:] for m in FILE_MISTAKES], ids=[m[0] for m in FILE_MISTAKES])
def test_mistakes_in_files(folder: Path, change: Callable[[Path], object], wanted: str) -> None:
    change(folder)
    assert any(line.startswith(wanted) for line in errors_of(folder)), errors_of(folder)


def test_all_mistakes_are_shown_at_once(folder: Path) -> None:
    edit_head(folder, lambda head: head["design"].update(seats=0))
    edit_line(folder / "items.jsonl", 2, lambda line: line.update(topik="x"))
    edit_line(folder / "responses/s0.jsonl", 1, lambda line: line.pop("text"))
    edit_line(folder / "checks.jsonl", 1, lambda line: line.update(better="first"))
    (folder / "consent.ja.md").write_bytes(b"\xff")
    files = [line.split(" ")[0].rstrip(":,") for line in errors_of(folder)]
    assert sorted(files) == ["checks.jsonl", "consent.ja.md", "items.jsonl", "responses/s0.jsonl", "study.yaml"]


def test_a_line_that_cannot_be_read_makes_no_second_mistake_elsewhere(folder: Path) -> None:
    append("items.jsonl", b"not json\n")(folder)
    edit_line(folder / "responses/s0.jsonl", 2, lambda line: line.update(item_id="i9"))
    assert len(errors_of(folder)) == 1


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    assert errors_of(tmp_path / "nowhere") == (f"{tmp_path / 'nowhere'}: not a directory",)


def study_or_errors(folder: Path) -> Study | tuple[str, ...]:
    try:
        return load_study(folder)
    except InputError as error:
        return error.errors


@pytest.mark.slow
@given(data=st.data())
@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_whatever_stands_in_the_files_there_is_a_study_or_a_study_error(tmp_path: Path, data: st.DataObject) -> None:
    """Files with bytes cut out, put in or exchanged, or with values replaced by any JSON."""
    broken = tmp_path / "broken"
    shutil.rmtree(broken, ignore_errors=True)
    shutil.copytree(TINY, broken)
    path = data.draw(st.sampled_from(sorted(p for p in broken.rglob("*") if p.is_file())))
    content = path.read_bytes()
    start = data.draw(st.integers(0, len(content)))
    end = data.draw(st.integers(start, min(len(content), start + 40)))
    values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
        max_leaves=6,
    )
    put = data.draw(st.binary(max_size=12) | values.map(lambda value: json.dumps(value).encode()))
    path.write_bytes(content[:start] + put + content[end:])
    found = study_or_errors(broken)
    assert isinstance(found, Study) or (found and all(found))


# --- saving ---------------------------------------------------------------------------------------------------

texts = st.text(max_size=20)
seen = st.text(min_size=1, max_size=20).filter(lambda text: "\0" not in text and visible(text))
words = st.builds(Words, ja=texts, en=texts)
translations = st.builds(Words, en=texts)
plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
facts = st.dictionaries(texts, plain, max_size=3)


@st.composite
def studies(draw: st.DrawFn) -> Study:
    """Sound studies with any text anywhere."""
    made = study(draw(st.integers(1, 4)), draw(st.integers(2, 3)), practice=draw(st.integers(0, 2)), checks=1, seats=3)
    items = tuple(
        item.model_copy(
            update={
                "turns": (
                    item.turns[0].model_copy(
                        update={"text": draw(seen), "translation": draw(st.none() | translations)}
                    ),
                ),
                "topic": draw(texts),
                "stratum": draw(texts),
                "depth": draw(st.none() | st.floats(0, 1)),
                "reference": draw(st.none() | texts),
            }
        )
        for item in made.items
    )
    responses = tuple(r.model_copy(update={"text": draw(seen), "generation": draw(facts)}) for r in made.responses)
    systems = tuple(
        s.model_copy(update={"name": draw(texts), "decoding": draw(facts), "manifest": draw(facts)})
        for s in made.systems
    )
    first = made.criteria[0]
    points = tuple(Point(value=p.value, words=draw(words), key=p.key) for p in first.points)
    guidelines = draw(st.none() | st.builds(Words, ja=seen, en=seen))
    return made.model_copy(
        update={
            "title": draw(words),
            "items": items,
            "responses": responses,
            "systems": systems,
            "criteria": (first.model_copy(update={"points": points}), *made.criteria[1:]),
            "guidelines": guidelines.model_copy(update={}) if guidelines else None,
            "support": draw(st.none() | st.builds(Support, help=words, contact=texts)),
            "profile": tuple(
                ProfileQuestion(question_id="q", label=draw(words)) for _ in range(draw(st.integers(0, 1)))
            ),
            "exclusions": tuple(
                draw(
                    st.lists(st.builds(Exclusion, rule=st.just("min_seconds"), threshold=st.floats(0, 99)), max_size=2)
                )
            ),
            "retention_days": draw(st.none() | st.integers(1, 9999)),
        }
    )


@pytest.mark.slow
@given(made=studies())
@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_what_is_saved_is_what_is_loaded(tmp_path: Path, made: Study) -> None:
    shutil.rmtree(tmp_path / "saved", ignore_errors=True)
    save_study(made, tmp_path / "saved")
    assert load_study(tmp_path / "saved") == made


def test_the_tiny_study_survives_saving(tmp_path: Path) -> None:
    tiny = load_study(TINY)
    save_study(tiny, tmp_path / "a")
    assert load_study(tmp_path / "a") == tiny
    save_study(load_study(tmp_path / "a"), tmp_path / "b")
    for path in (tmp_path / "a").rglob("*.*"):
        assert (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes() == path.read_bytes()


def test_nothing_is_written_of_a_study_that_does_not_fit(tmp_path: Path) -> None:
    made = study(3, 2)
    with pytest.raises(InputError, match=r"responses/s1: no response for 1 of 3 items: i2"):
        save_study(made.model_copy(update={"responses": made.responses[:-1]}), tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "note.txt").write_text("mine")
    with pytest.raises(InputError, match="is there already; allowed: a new or an empty folder"):
        save_study(study(3, 2), tmp_path / "full")
    assert [path.name for path in tmp_path.rglob("*")] == ["full", "note.txt"]
    (tmp_path / "empty").mkdir()
    save_study(study(3, 2), tmp_path / "empty")
    assert load_study(tmp_path / "empty") == study(3, 2)


def test_without_texts_nothing_of_a_dialogue_is_left_and_all_ids_are() -> None:
    tiny = load_study(TINY)
    bare = without_texts(tiny)
    dumped = bare.model_dump_json()
    said = [turn for item in tiny.items for turn in item.turns]
    assert all(turn.text not in dumped for turn in said)
    assert all(response.text not in dumped for response in tiny.responses)
    pairs: tuple[Practice | Check, ...] = (*tiny.practice, *tiny.checks)
    assert all(turn.text not in dumped for pair in pairs for turn in pair.item.turns)
    assert all(response.text not in dumped for pair in pairs for response in pair.responses)
    assert [item.item_id for item in bare.items] == [item.item_id for item in tiny.items]
    assert [len(item.turns) for item in bare.items] == [len(item.turns) for item in tiny.items]
    assert Study.model_validate_json(dumped) == bare


# --- bounds -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("criteria: " + "[" * 20_000, "study.yaml line 1: is not YAML (nested too deeply)"),
        ("criteria: " + '["]", ' * 20_000, "study.yaml line 1: is not YAML (nested too deeply)"),
        ("criteria: " + "{a: " * 5_000, "study.yaml line 1: is not YAML (nested too deeply)"),
        ("criteria: " + "- " * 20_000, "study.yaml"),
        (
            "".join(f"k{place}: v\n" for place in range(100_000)),
            "study.yaml: found 988,890 bytes; allowed: up to 131,072",
        ),
    ],
)
def test_yaml_that_would_take_long_is_refused_at_once(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    start = time.process_time()
    assert any(line.startswith(words) for line in errors_of(tmp_path))
    assert time.process_time() - start < 2

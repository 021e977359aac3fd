"""`studio import`: what is shown, asked and answered in a terminal, what is written, and how it is read again."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from studio.__main__ import main, parser
from studio.commands import importing
from studio.settings import Settings
from tasks.errors import InputError
from tasks.study.load import load_study
from tests import sixty_files

WIDE = """番号,相談内容,GPT-4,ベースモデル,備考
1,"相談者：眠れません。
カウンセラー：いつからですか。
相談者：先週からです。",それはつらいですね。,いつも何時に寝ますか。,x
2,相談者：朝が起きられません。,起きようとしているのですね。,,y
3,相談者：友だちと話せません。,話したいのですね。,誰とですか。,
"""
ANSWERED = ["--answer", "answers=GPT-4,ベースモデル", "--answer", "provenance=roleplay"]


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    path = tmp_path / "表.csv"
    path.write_text(WIDE, encoding="utf-8")
    return path


def told(capsys: pytest.CaptureFixture[str]) -> str:
    printed = capsys.readouterr()
    return printed.out + printed.err


def test_one_command_makes_a_study(wide: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "mine"
    assert main(["import", str(wide), "--out", str(out), "--yes", *ANSWERED]) == 0
    printed = told(capsys)
    assert "1 responses of ベースモデル are empty; their items are left out: 2" in printed
    assert "--answer answers=GPT-4,ベースモデル --answer provenance=roleplay" in printed
    study = load_study(out)
    assert [item.item_id for item in study.items] == ["i001", "i002"]
    assert [item.source.dialogue_id for item in study.items if item.source] == ["1", "3"]
    assert [(system.system_id, system.name) for system in study.systems] == [("GPT-4", "GPT-4"), ("s1", "ベースモデル")]
    assert study.information is not None
    assert study.information.dialogues is not None
    assert study.information.dialogues.text("ja") == "対話は、この調査のために行ったロールプレイの記録です。"
    manifest = study.systems[0].manifest
    assert manifest["mapping"] == json.loads((out / "mapping.json").read_text("utf-8"))
    assert list(manifest["files"]) == ["表.csv"]
    assert main(["check", str(out)]) == 0


def test_yes_goes_on_only_where_nothing_is_unsure(
    wide: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(wide), "--out", str(tmp_path / "mine"), "--yes"]) == 2
    printed = told(capsys)
    assert "? 表.csv: which columns are the systems' responses?" in printed
    assert "--answer answers=GPT-4,ベースモデル" in printed
    assert "nothing was written" in printed
    assert not (tmp_path / "mine").exists()


def test_what_is_unknown_is_said_by_the_import_and_by_check(
    wide: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(wide), "--out", str(tmp_path / "mine"), "--yes", *ANSWERED[:2]]) == 0
    assert "where the dialogues come from is not stated" in told(capsys)
    assert main(["check", str(tmp_path / "mine")]) == 0
    assert "information.dialogues" in told(capsys)


def test_a_saved_mapping_reads_the_same_and_is_the_same(wide: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    more = ["--yes", "--study-id", "s", "--only", "GPT-4", "--only", "ベースモデル", "--sample", "1", "--seed", "3"]
    assert main(["import", str(wide), "--out", str(first), *more, *ANSWERED]) == 0
    again = ["--mapping", str(first / "mapping.json"), "--yes", "--study-id", "s", "--seed", "3"]
    assert main(["import", str(wide), "--out", str(second), *again]) == 0
    written = [
        {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*")} for folder in (first, second)
    ]
    assert written[0] == written[1]
    saved = json.loads((first / "mapping.json").read_text("utf-8"))
    assert (saved["sample"], saved["seed"], saved["only"]) == (1, 3, ["GPT-4", "ベースモデル"])
    assert len(load_study(first).items) == 1


def test_a_terminal_is_asked_and_wrong_answers_again(
    wide: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed: Iterator[str] = iter(["9", "1,2", "published"])
    options = parser().parse_args(["import", str(wide), "--out", str(tmp_path / "mine")])
    assert importing.bring(options, Settings(), lambda prompt: next(typed)) == 0
    printed = told(capsys)
    assert "  1  GPT-4" in printed
    assert "found '9'; allowed: 1 to 4" in printed
    assert list(typed) == []
    assert len(load_study(tmp_path / "mine").systems) == 2


def test_enter_takes_what_is_proposed(wide: Path, tmp_path: Path) -> None:
    typed = iter(["", "1"])
    options = parser().parse_args(["import", str(wide), "--out", str(tmp_path / "mine")])
    assert importing.bring(options, Settings(), lambda prompt: next(typed)) == 0
    assert len(load_study(tmp_path / "mine").systems) == 2


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--answer", "answers"], "--answer: found 'answers'; allowed: KEY=VALUE"),
        (
            ["--answer", "answers=X"],
            "answer 'answers': found 'X'; allowed: 番号, 相談内容, GPT-4, ベースモデル, 備考, -",
        ),
        (["--answer", "nobody=X"], "answer 'nobody': nothing is asked under this name"),
        (["--answer", "provenance=mine"], "answer 'provenance': found 'mine'; allowed: roleplay, published"),
        ([*ANSWERED, "--only", "GPT-5"], "only: found 'GPT-5'; allowed: GPT-4, ベースモデル"),
        ([*ANSWERED, "--languages", "tlh"], "languages: found tlh; allowed for a new study: ja, en"),
        (["--answer", "answers=GPT-4"], "found 1 systems (GPT-4); a study compares two or more"),
    ],
)
def test_bad_options_write_nothing(
    wide: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], words: str
) -> None:
    assert main(["import", str(wide), "--out", str(tmp_path / "mine"), "--yes", *more]) == 2
    assert words in told(capsys)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["表.csv"]


def test_an_occupied_folder_is_left_as_it_is(wide: Path, tmp_path: Path) -> None:
    out = tmp_path / "mine"
    out.mkdir()
    (out / "kept").write_text("x")
    assert main(["import", str(wide), "--out", str(out), "--yes", *ANSWERED]) == 2
    assert [path.name for path in out.iterdir()] == ["kept"]


@pytest.mark.parametrize(("kind", "language"), [("csv", "ja"), ("csv", "en"), ("xlsx", "ja")])
def test_a_template_is_written(kind: str, language: str, tmp_path: Path) -> None:
    out = tmp_path / f"table.{kind}"
    assert main(["import", "--template", kind, "--languages", language, "--out", str(out)]) == 0
    assert out.read_bytes()[:3] == {"csv": b"\xef\xbb\xbf", "xlsx": b"PK\x03"}[kind]


def test_a_mapping_keeps_what_was_said_of_the_file_itself(tmp_path: Path) -> None:
    book = sixty_files.as_xlsx({"対話": sixty_files.wide(sixty_files.marked()), "メモ": [["説明"], ["x"]]}, hidden=[2])
    (tmp_path / "表.xlsx").write_bytes(book)
    said = [
        "--answer",
        "sheet:表.xlsx=対話",
        "--answer",
        "hidden:表.xlsx [対話]=read",
        "--answer",
        "answers=GPT-4,基本",
    ]
    assert main(["import", str(tmp_path / "表.xlsx"), "--out", str(tmp_path / "one"), "--yes", *said]) == 0
    saved = ["--mapping", str(tmp_path / "one" / "mapping.json"), "--yes"]
    assert main(["import", str(tmp_path / "表.xlsx"), "--out", str(tmp_path / "two"), *saved]) == 0
    assert load_study(tmp_path / "two").items == load_study(tmp_path / "one").items
    assert (tmp_path / "two" / "mapping.json").read_bytes() == (tmp_path / "one" / "mapping.json").read_bytes()


def test_a_table_without_names_of_columns_and_the_next_one_like_it(tmp_path: Path) -> None:
    for name in ("a", "b"):
        rows = sixty_files.wide(sixty_files.marked())[1:]
        (tmp_path / f"{name}.csv").write_bytes(sixty_files.as_csv(rows, "cp932"))
    said = [f"--answer={one}" for one in ("header:a.csv=data", "dialogue=2", "answers=3,4", "item=1")]
    assert main(["import", str(tmp_path / "a.csv"), "--out", str(tmp_path / "one"), "--yes", *said]) == 0
    saved = ["--mapping", str(tmp_path / "one" / "mapping.json"), "--yes"]
    assert main(["import", str(tmp_path / "b.csv"), "--out", str(tmp_path / "two"), *saved]) == 0
    one, two = (load_study(tmp_path / name) for name in ("one", "two"))
    assert [item.turns for item in one.items] == [item.turns for item in two.items]
    assert len(one.items) == 3
    assert [response.text for response in one.responses] == [response.text for response in two.responses]


def test_files_of_one_name_in_two_folders_are_two(tmp_path: Path) -> None:
    for folder, answer in (("a", "x"), ("b", "y")):
        (tmp_path / folder).mkdir()
        rows = "".join(f"{n},p{n},{answer}{n}\n" for n in range(3))
        (tmp_path / folder / "out.csv").write_text(f"id,prompt,response\n{rows}")
    said = [word for name in "ab" for word in ("--answer", f"system:{name}/out.csv={name}")]
    said += ["--answer", "answers=response"]
    sources = [str(tmp_path / name / "out.csv") for name in "ab"]
    assert main(["import", *sources, "--out", str(tmp_path / "mine"), "--yes", *said]) == 0
    study = load_study(tmp_path / "mine")
    assert {response.system_id: response.text[0] for response in study.responses} == {"a": "x", "b": "y"}
    assert sorted(study.systems[0].manifest["files"]) == ["a/out.csv", "b/out.csv"]


def test_a_study_of_files_of_two_kinds_in_one_language(tmp_path: Path) -> None:
    chats = [
        {"id": f"c{n}", "messages": [{"role": "user", "content": f"p{n}"}, {"role": "assistant", "content": f"r{n}"}]}
        for n in range(3)
    ]
    (tmp_path / "chats.jsonl").write_text("".join(json.dumps(chat) + "\n" for chat in chats))
    (tmp_path / "model.csv").write_text("item_id,text,model\n" + "".join(f"c{n},x{n},m\n" for n in range(3)))
    more = ["--answer", "last:chats.jsonl=human", "--languages", "en", "--criteria", "full", "--seats", "3"]
    sources = [str(tmp_path / "chats.jsonl"), str(tmp_path / "model.csv")]
    assert main(["import", *sources, "--out", str(tmp_path / "mine"), "--yes", *more]) == 0
    study = load_study(tmp_path / "mine")
    assert [(system.system_id, system.kind) for system in study.systems] == [("m", "model"), ("human", "human")]
    assert study.languages == ("en",)
    assert study.design.seats == 3


def test_no_file_is_told() -> None:
    options = parser().parse_args(["import", "--out", "x"])
    with pytest.raises(InputError, match="FILE: name one file or more"):
        importing.bring(options, Settings())


def test_nobody_is_asked_where_there_is_no_terminal(
    wide: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    assert main(["import", str(wide), "--out", str(tmp_path / "mine")]) == 2
    assert "--answer answers=" in told(capsys)

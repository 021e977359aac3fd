"""The command line: quick help, every command there, mistakes as one message and exit code 2."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from finetune.__main__ import COMMANDS, main, parser
from tests import finetune_world as world

NAMES = ("embedded", "plan", "inspect", "train", "generate", "evaluate", "merge", "push")


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_its_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser().parse_args([name, "--help"])
    assert ended.value.code == 0
    assert f"finetune {name}" in capsys.readouterr().out


def test_help_loads_no_heavy_library_and_is_quick() -> None:
    heavy = "{'torch', 'transformers', 'peft', 'numpy', 'pydantic', 'yaml', 'huggingface_hub'}"
    program = (
        "import sys; from finetune.__main__ import parser; parser().format_help();"
        f" print(sorted({heavy} & set(sys.modules)))"
    )
    started = time.monotonic()
    child = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert child.stdout.strip() == "[]"
    assert time.monotonic() - started < 5  # 0.1 s on an idle machine; loading torch alone takes 2 to 8


@pytest.mark.slow
def test_mistakes_are_messages_with_exit_code_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch", reason="the finetune extra is not installed")
    wrong = [
        (["train", "no-such", "--data", "x", "--out", str(tmp_path / "o")], "recipe no-such: not found"),
        (["train", "tiny", "--data", "a", "b", "--out", str(tmp_path / "o")], "allowed: a path to KokoroChat"),
        (["train", "tiny", "--set", "lora_r=0", "--data", "x", "--out", str(tmp_path / "o")], "lora_r: found 0"),
        (["plan", "tiny", "--data", "nowhere"], "nowhere: not found"),
        (["plan", "tiny", "--data", "preferences", "nowhere.jsonl"], "nowhere.jsonl: not found"),
        (["evaluate", "--data", "nowhere", "--system", "x=nowhere", "--out", str(tmp_path)], "not a folder here"),
        (["merge", "nowhere", "--out", str(tmp_path / "m")], "not a folder here"),
        (["push", str(tmp_path), "me/adapter"], "no finished run"),
    ]
    with world.own_cache(world.trained().folder):
        capsys.readouterr()  # what making the model printed
        for arguments, message in wrong:
            assert main(arguments) == 2, arguments
            shown = capsys.readouterr().err
            assert message in shown, (arguments, shown)
            assert shown.startswith("error: ")
            assert "Traceback" not in shown


def test_plan_inspect_and_evaluate_run_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch", reason="the finetune extra is not installed")
    made = world.trained()
    with world.own_cache(made.folder):
        settings = ["--set", "eval_dialogues=4", "--data", str(made.data)]
        assert main(["plan", "tiny", *settings]) == 0
        assert "ESTIMATES" in capsys.readouterr().out
        assert main(["inspect", "tiny", *settings, "--number", "2"]) == 0
        assert "⟦" in capsys.readouterr().out
        out = ["--dialogues", "2", "--split", "test", "--out", str(tmp_path / "losses")]
        assert main(["evaluate", "--data", str(made.data), "--system", f"t={made.adapter}", *out]) == 0
        shown = capsys.readouterr().out
    assert "t                    test   all" in shown
    assert "results automatic ITEMS RESPONSES... --losses" in shown


def test_every_module_of_commands_is_listed() -> None:
    folder = Path(__file__).resolve().parents[2] / "finetune" / "commands"
    listed = {module.__name__.rsplit(".", 1)[1] for module in COMMANDS}
    assert listed == {path.stem for path in folder.glob("*.py")} - {"__init__"}

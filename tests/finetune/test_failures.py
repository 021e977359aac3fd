"""What goes wrong on a machine is one sentence: disks, packages, tokenisers, module names, folders, corrupt weights."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch", reason="the finetune extra is not installed")

from safetensors import SafetensorError

from finetune.__main__ import main
from finetune.data.vocabulary import WholeVocabulary
from finetune.generation.decoding import Decoding
from finetune.generation.generate import generate
from finetune.model import bases, requirements, tiny
from finetune.model.merge import merge
from finetune.model.shape import shape_of
from finetune.training import plan
from finetune.training import train as training
from finetune.training.evaluate import evaluate
from finetune.training.train import train
from finetune.training.trainer import DialogueTrainer
from tasks.errors import InputError
from tests import finetune_world as world

pytestmark = pytest.mark.slow

SHORT = ("max_length=384", "on_long=split", "tokens_per_batch=384", "max_steps=4", "save_steps=2")


@pytest.fixture(scope="module", autouse=True)
def made() -> Iterator[world.Trained]:
    with world.own_cache(world.trained().folder):
        yield world.trained()


@pytest.mark.parametrize(
    "error",
    [
        OSError(28, "No space left on device"),
        SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)"),
        RuntimeError("[enforce fail at inline_container.cc:672] . unexpected pos 64 vs 0"),
        RuntimeError("PytorchStreamWriter failed writing file data/0: file write failed"),
    ],
)
def test_a_full_disk_is_one_sentence_however_it_is_said(
    made: world.Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """The ways in which the system, safetensors and torch say it, as seen on a full tmpfs."""

    def full(*_: Any) -> None:
        raise error

    monkeypatch.setattr(training, "_trained", full)
    with pytest.raises(InputError, match=r"cannot be written .*is the disk full\?.*no checkpoint was written yet"):
        train(world.tiny(*SHORT), made.data, tmp_path / "run")


def test_a_fault_of_the_program_is_not_called_a_full_disk(
    made: world.Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("shapes do not fit")

    monkeypatch.setattr(training, "_trained", broken)
    with pytest.raises(RuntimeError, match="shapes do not fit"):
        train(world.tiny(*SHORT), made.data, tmp_path / "run")


def test_a_run_whose_disk_was_full_goes_on_from_the_checkpoint_before(
    made: world.Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = DialogueTrainer._save_checkpoint

    def full(self: Any, *given: Any, **named: Any) -> None:
        if self.state.global_step == 4:
            raise OSError(28, "No space left on device")
        plain(self, *given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(DialogueTrainer, "_save_checkpoint", full)
        with pytest.raises(InputError, match="goes on from checkpoint-2"):
            train(world.tiny(*SHORT), made.data, tmp_path / "run")
    assert not (tmp_path / "run" / "manifest.json").exists()
    assert train(world.tiny(*SHORT), made.data, tmp_path / "run", resume=True).metrics.steps == 4


@pytest.mark.parametrize(
    ("setting", "module", "advice"),
    [
        ("attn_implementation=flash_attention_2", "flash_attn", "attn_implementation=sdpa"),
        ("report_to=tensorboard", "tensorboard", "report_to=none"),
        ("report_to=trackio", "trackio", "report_to=none"),
        ("load_in_4bit=true", "bitsandbytes", "load_in_4bit=false"),
        ("optim=paged_adamw_8bit", "bitsandbytes", "optim=adamw_torch"),
    ],
)
def test_a_missing_package_is_said_before_anything_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, module: str, advice: str
) -> None:
    plain = find_spec
    monkeypatch.setattr(requirements, "find_spec", lambda name: None if name == module else plain(name))
    with pytest.raises(InputError, match=rf"needs the package {module}, .*pip install .*{advice}"):
        train(world.tiny(setting), tmp_path / "no-such-data", tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_without_the_extra_the_command_line_says_what_to_install(tmp_path: Path) -> None:
    script = (
        "import sys; sys.modules['torch'] = None\n"  # import torch now fails as where it is not installed
        "from finetune.__main__ import main\n"
        f"sys.exit(main(['plan', 'tiny', '--data', {str(tmp_path)!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "error: torch is not installed: pip install 'kokoro-studio[finetune]'\n"


def test_a_tokeniser_with_more_tokens_than_rows_is_told_where_it_writes_one(tmp_path: Path) -> None:
    folder = tiny.make(tmp_path / "model", tiny.TEXT)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    whole = WholeVocabulary(folder / "tokenizer.json", config["vocab_size"])
    assert whole.encode(list(tiny.TEXT))
    (folder / "config.json").write_text(json.dumps({**config, "vocab_size": 300}), encoding="utf-8")
    few = bases.Base(folder, "few", "", demonstration=False).vocabulary()
    assert few.encode(["abc"]) == whole.encode(["abc"])  # what has rows is written: many have unused tokens
    with pytest.raises(InputError, match=r"tokenizer\.json: writes token \d+ .* embedding has 300 rows"):
        few.encode(list(tiny.TEXT))
    assert WholeVocabulary(folder / "tokenizer.json", 3).control("<|eot_id|>") is None


@pytest.mark.parametrize(
    ("config", "rows"), [({"vocab_size": 7}, 7), ({"text_config": {"vocab_size": 9}}, 9), ({"model_type": "x"}, None)]
)
def test_the_rows_of_an_embedding_are_read_or_missed_in_words(
    tmp_path: Path, config: dict[str, Any], rows: int | None
) -> None:
    (tmp_path / "config.json").write_text(json.dumps(config), encoding="utf-8")
    if rows is not None:
        assert bases._embedding_rows(tmp_path) == rows
        return
    with pytest.raises(InputError, match="vocab_size is missing"):
        bases._embedding_rows(tmp_path)


@pytest.mark.parametrize("targets", ["[q_proj, no_such]", "no_such", "[no_such]", "'[('"])
def test_target_modules_that_fit_nothing_are_named_with_those_there_are(made: world.Trained, targets: str) -> None:
    """peft passes over a wrong name beside a right one; `plan` then counted an adapter of nothing."""
    recipe = world.tiny(f"lora_target_modules={targets}")
    with pytest.raises(InputError, match="lora_target_modules: "):
        bases.adapt(bases.load(bases.find(recipe), recipe), recipe)
    with pytest.raises(InputError, match="lora_target_modules: "):
        plan.plan(recipe, made.data)


def test_target_modules_that_fit_are_taken(made: world.Trained) -> None:
    for targets in ("all-linear", "[q_proj, v_proj]", r".*\.mlp\..*_proj"):
        recipe = world.tiny(f"lora_target_modules={targets}")
        model = bases.adapt(bases.load(bases.find(recipe), recipe), recipe)
        adapted = sum(p.numel() for p in model.parameters() if p.requires_grad)
        assert adapted == shape_of(tiny.folder(0), recipe).adapter > 0


def test_an_out_that_cannot_be_written_is_said_before_the_work(made: world.Trained, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")
    out = tmp_path / "file" / "deeper"
    items = world.items(tmp_path, 2)
    works = [
        lambda: train(world.tiny(*SHORT), made.data, out),
        lambda: generate(items, [f"x={made.adapter}"], out, Decoding(), seed=0),
        lambda: evaluate([f"x={made.adapter}"], made.data, out, ("test",)),
        lambda: merge(str(made.adapter), out / "merged"),
    ]
    for work in works:
        with pytest.raises(InputError, match=r"deeper: cannot be written into \("):
            work()  # type: ignore[no-untyped-call]


def test_weights_that_cannot_be_read_are_one_sentence(tmp_path: Path) -> None:
    recipe = world.tiny()
    folder = shutil.copytree(tiny.folder(0), tmp_path / "broken")
    (folder / "model.safetensors").write_bytes(b"\x08\x00\x00\x00\x00\x00\x00\x00{broken}")
    with pytest.raises(InputError, match="broken: cannot be loaded from"):
        bases.load(bases.Base(folder, "broken", "", demonstration=False), recipe)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps({**config, "model_type": "no_such_family"}), encoding="utf-8")
    with pytest.raises(InputError, match=r"broken: cannot be loaded from .*no_such_family"):
        bases.load(bases.Base(folder, "broken", "", demonstration=False), recipe)


def ended(command: list[str]) -> int:
    """The exit code, also where the parser itself refuses."""
    try:
        return main(command)
    except SystemExit as end:
        return int(end.code or 0)


@pytest.mark.parametrize("words", [("--threads", "0"), ("--minutes", "0"), ("--minutes", "-1")])
def test_numbers_that_mean_nothing_are_refused(
    words: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["train", "tiny", "--data", str(tmp_path), "--out", str(tmp_path / "run"), *words]
    assert ended(command) == 2
    assert "error: " in capsys.readouterr().err

"""The whole loop on a laptop: blind study, preferences, DPO, answers, blind study again, raters' taste being known.

    python benchmarks/preference_loop.py --data KOKOROCHAT --out runs/loop

No person judges here: simulated raters like a response the better the fewer questions it asks, read with noise. So it
is known what there is to be learned, and the second study shows whether it was. One adapter of Gemma 3 270M answers the
same contexts twice; what the raters prefer trains it; it then meets its start, blind, on dialogues that neither saw.
Stopped in the middle, the same command goes on. Needs the extras finetune and prefer, and the laptop model.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from pathlib import Path

from results.export import folder as exports
from results.planning.simulated_export import SimulatedRater, simulated_export
from tasks.study.load import load_study

ROOT = Path(__file__).resolve().parent.parent
NOBODY = "nobody@example.org"


class Reserved(SimulatedRater):
    """A rater who wants to be asked little, and cares for nothing else."""

    def reads(self, item_id: str, system: str) -> float:
        """Less for every question, up to three."""
        return -min(self.asked[item_id, system], 3) + float(self.random.normal(0, self.noise))


def main() -> int:
    chosen = options()
    for name, done, command in steps(chosen):
        if done.exists():
            print(f"== {name}: done before", flush=True)
            continue
        print(f"== {name}", flush=True)
        started = time.monotonic()
        if name.startswith("judge"):
            judge(Path(command[0]), done, chosen.seed)
        elif code := subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False).returncode:
            print(f"{name} ended with {code}; mend it and give the same command again", file=sys.stderr)
            return code
        print(f"== {name}: {time.monotonic() - started:.0f} s", flush=True)
    answers = [str(chosen.out / "second.responses" / f"{name}.jsonl") for name in ("start", "learned")]
    items = str(chosen.out / "second.contexts" / "items.jsonl")
    return subprocess.run(
        [sys.executable, "-m", "results", "automatic", items, *answers], cwd=ROOT, check=False
    ).returncode


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="your copy of KokoroChat")
    parser.add_argument("--out", type=Path, default=Path("runs/loop"))
    parser.add_argument("--minutes", type=float, default=5, help="of supervised training before")
    parser.add_argument("--contexts", type=int, default=40, help="of the first study, of the valid part")
    parser.add_argument("--judged", type=int, default=24, help="of the second study, of the test part")
    parser.add_argument("--prompt-tokens", type=int, default=256, help="of the end of a context that is answered")
    parser.add_argument("--method", choices=("dpo", "kto"), default="dpo")
    parser.add_argument("--set", dest="settings", action="append", default=[], help="a setting of the preference run")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    chosen.data, chosen.out = chosen.data.resolve(), chosen.out.resolve()
    return chosen


def steps(chosen: argparse.Namespace) -> list[tuple[str, Path, list[str]]]:
    """(name, what lies there once it is done, arguments of `python -m` or the study to judge)."""
    out, threads = chosen.out, ["--threads", str(chosen.threads)]
    start, learned, pairs = out / "start", out / chosen.method, out / "pairs.jsonl"
    recipe = ["embedded-high", "--minutes", str(chosen.minutes)]
    train = ["finetune", "train", *recipe, "--data", str(chosen.data), "--out", str(start), "--set", "eval_dialogues=8"]
    settings = [part for text in chosen.settings for part in ("--set", text)]
    prefer = ["finetune", "prefer", str(pairs), "--from", str(start), "--out", str(learned), "--method", chosen.method]
    prefer += ["--resume", "--set", "save_steps=4"]
    twice, both = {"once": start, "again": start}, {"start": start, "learned": learned}
    told = [str(out / "second.export"), "--out", str(out / "report"), "--languages", "en", "--resamples", "2000"]
    return [
        ("train", start / "manifest.json", [*train, *threads]),
        *study(chosen, "first", chosen.contexts, "valid", twice),
        ("pairs", pairs, ["results", "pairs", str(out / "first.export"), str(out / "first"), "--out", str(pairs)]),
        (chosen.method, learned / "manifest.json", [*prefer, "--allow-simulated", *settings, *threads]),
        *study(chosen, "second", chosen.judged, "test", both),
        ("report", out / "report", ["results", "report", *told]),
    ]


def study(
    chosen: argparse.Namespace, name: str, count: int, part: str, systems: dict[str, Path]
) -> list[tuple[str, Path, list[str]]]:
    """Contexts, answers of the systems, a study of them, and its judgments."""
    out = chosen.out
    folder, answers, export = out / name, out / f"{name}.responses", out / f"{name}.export"
    items = out / f"{name}.contexts" / "items.jsonl"
    named = [part for system, place in systems.items() for part in ("--system", f"{system}={place}")]
    contexts = ["tasks", "contexts", str(chosen.data), "--n", str(count), "--split", part, "--out", str(items.parent)]
    decoding = [
        "--set",
        "max_new_tokens=48",
        "--set",
        f"max_prompt_tokens={chosen.prompt_tokens}",
        "--seed",
        str(chosen.seed),
    ]
    generate = ["finetune", "generate", "--items", str(items), *named, *decoding, "--out", str(answers)]
    build = ["tasks", "build", str(items.parent), str(answers), "--study-id", name, "--seats", "3", "--simulated"]
    return [
        (f"{name}: contexts", items, contexts),
        (f"{name}: answers", answers / f"{list(systems)[-1]}.jsonl", [*generate, "--threads", str(chosen.threads)]),
        (f"{name}: study", folder, [*build, "--contact", NOBODY, "--out", str(folder)]),
        (f"judge {name}", export, [str(folder)]),
    ]


def judge(folder: Path, export: Path, seed: int) -> None:
    """Simulated raters judge every pair."""
    made = load_study(folder)
    exports.write(simulated_export(made, seed, Reserved), export)


if __name__ == "__main__":
    sys.exit(main())

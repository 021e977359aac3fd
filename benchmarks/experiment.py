"""Quality or quantity: Low, High, Full and Low-matched with the same token budget, judged automatically.

    python benchmarks/experiment.py --data KOKOROCHAT --out runs/experiment

The data set's own first experiment at the size of a laptop. Four adapters of Gemma 3 270M see the same number of tokens
with the same seed; base and adapters answer the same contexts of unseen counsellors. Out come held-out loss, question
rate and the automatic table, with intervals over dialogues. Stopped in the middle, the same command goes on.
About 10 minutes for each adapter at 75 tokens a second, and as long again for responses and losses.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ARMS = {
    "low": ("subset=low",),
    "high": ("subset=high",),
    "full": ("subset=full",),
    "low-matched": ("subset=low", "match_subset=high"),
}
MATTER = ("backend", "tokens", "contexts", "max_new_tokens", "dialogues", "seed")
"""Options that decide what comes out; a folder holds the run of one set of them."""
ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    chosen = options()
    out: Path = chosen.out
    if wrong := begun_otherwise(chosen):
        print(wrong, file=sys.stderr)
        return 2
    for name, done, command in steps(chosen):
        if done is not None and done.is_file():
            print(f"== {name}: done before", flush=True)
            continue
        print(f"== {name}", flush=True)
        started = time.monotonic()
        if code := subprocess.run([sys.executable, "-m", *command], cwd=ROOT, check=False).returncode:
            print(f"{name} ended with {code}; mend it and give the same command again", file=sys.stderr)
            return code
        print(f"== {name}: {time.monotonic() - started:.0f} s", flush=True)
    (out / "report.md").write_text(report(chosen), encoding="utf-8")
    print((out / "report.md").read_text(encoding="utf-8"))
    return 0


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="your copy of KokoroChat")
    parser.add_argument("--out", type=Path, default=Path("runs/experiment"))
    parser.add_argument("--backend", choices=("embedded", "tiny"), default="embedded", help="tiny: to try the road")
    parser.add_argument("--tokens", type=int, default=45_000, help="training tokens of each adapter (default 45,000)")
    parser.add_argument("--contexts", type=int, default=50)
    parser.add_argument("--max-new-tokens", type=int, default=64)
    parser.add_argument("--dialogues", type=int, default=20, help="test dialogues whose loss is measured")
    parser.add_argument("--resamples", type=int, default=10_000)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    chosen.data, chosen.out = chosen.data.resolve(), chosen.out.resolve()
    return chosen


def begun_otherwise(chosen: argparse.Namespace) -> str:
    """What keeps this run from going on with what lies in `out`, and '' once the options are noted there."""
    given = {name: getattr(chosen, name) for name in MATTER}
    noted = chosen.out / "options.json"
    if noted.is_file():
        before = json.loads(noted.read_text(encoding="utf-8"))
        other = [f"--{name.replace('_', '-')} {before[name]}" for name in MATTER if before[name] != given[name]]
        return f"{chosen.out} was begun with {' '.join(other)}: say the same, or another --out" if other else ""
    chosen.out.mkdir(parents=True, exist_ok=True)
    noted.write_text(json.dumps(given, indent=1) + "\n", encoding="utf-8")
    return ""


def steps(chosen: argparse.Namespace) -> list[tuple[str, Path | None, list[str]]]:
    """(name, the file that says it is done, or None where the command itself knows, arguments of `python -m`)."""
    out, data = chosen.out, str(chosen.data)
    items = out / "contexts" / "items.jsonl"
    contexts = ["tasks", "contexts", data, "--n", str(chosen.contexts), "--out", str(items.parent)]
    trained = [(f"train {arm}", out / arm / "manifest.json", train(arm, chosen)) for arm in ARMS]
    systems = [part for arm in ARMS for part in ("--system", f"{arm}={out / arm}")]
    common = ["--system", "base=base", *systems, "--threads", str(chosen.threads)]
    decoding = ["--seed", str(chosen.seed), "--set", f"max_new_tokens={chosen.max_new_tokens}"]
    answers = ["finetune", "generate", "--items", str(items), "--out", str(out / "responses"), *decoding, *common]
    losses = ["finetune", "evaluate", "--data", data, "--out", str(out / "losses"), "--split", "test", "--dialogues",
              str(chosen.dialogues), *common]  # fmt: skip
    return [("contexts", items, contexts), *trained, ("responses", None, answers), ("losses", None, losses)]


def train(arm: str, chosen: argparse.Namespace) -> list[str]:
    settings = [*ARMS[arm], f"max_tokens={chosen.tokens}", "max_minutes=null", "max_steps=null", "eval_dialogues=4"]
    settings += [f"seed={chosen.seed}"] if chosen.backend == "embedded" else []  # tiny's seed also makes its base
    recipe = f"embedded-{arm}" if chosen.backend == "embedded" else "tiny"
    place = ["--data", str(chosen.data), "--out", str(chosen.out / arm), "--threads", str(chosen.threads), "--resume"]
    return ["finetune", "train", recipe, *place, *(part for text in settings for part in ("--set", text))]


def report(chosen: argparse.Namespace) -> str:
    """Markdown: what each adapter saw, then the table of `results automatic`, as found."""
    rows = [
        f"| {arm} | {data['dialogues']:,} | {run['tokens']:,} | {run['steps']:,} | {run['epochs']:.4f} |"
        f" {run['seconds']:.0f} |"
        for arm in ARMS
        for data, run in [_card(chosen.out / arm)]
    ]
    return "\n".join(
        [
            "# Low, High, Full and Low-matched, same token budget",
            "",
            f"{_note(chosen.backend)} Seed {chosen.seed}; {chosen.contexts} contexts of the test split; at most"
            f" {chosen.max_new_tokens} new tokens; losses on {chosen.dialogues} test dialogues.",
            "",
            "| adapter | dialogues to draw from | tokens trained on | steps | passes | seconds |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
            "```",
            automatic(chosen).rstrip(),
            "```",
            "",
        ]
    )


def automatic(chosen: argparse.Namespace) -> str:
    names = ("base", *ARMS)
    responses = [str(chosen.out / "responses" / f"{name}.jsonl") for name in names]
    losses = [str(chosen.out / "losses" / f"{name}.jsonl") for name in names]
    items = str(chosen.out / "contexts" / "items.jsonl")
    measured = [items, *responses, "--losses", *losses, "--resamples", str(chosen.resamples)]
    return _results(measured)


def _results(arguments: Sequence[str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "results", "automatic", *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return done.stdout


def _card(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    card = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return card["data"], card["metrics"]


def _note(backend: str) -> str:
    if backend == "tiny":
        return "A random two-layer model: a trial of the road, whose numbers mean nothing."
    return "Gemma 3 270M, LoRA r=16: a demonstration on a very small model, no usable counsellor."


if __name__ == "__main__":
    sys.exit(main())

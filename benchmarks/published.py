"""Figures of public data sets by the commands, beside a plain count of the same files and what others publish.

    python benchmarks/published.py --data DIR [DIR …]      (or PUBLISHED_PATH=DIR)

The files are the reader's own downloads (docs/published.md says whose); one that is not there is passed over and said.
Beside each figure of a command stands the same one counted by benchmarks/plain_counts.py, which shares nothing with the
commands. Ends with 1 where any two differ in the third decimal, or a published one in its second.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.plain_counts import (
    Numbers,
    of_alpaca,
    of_annomi,
    of_fed,
    of_lewidi,
    of_llmfao,
    of_pandalm,
    of_usr,
    of_wmt,
)
from results.__main__ import main as results


@dataclass(frozen=True)
class Case:
    """One figure, or several of one call.

    Attributes:
        files: patterns of the file's name, below any folder that is given.
        command: the call of `python -m results`, with FILE for the file.
        figures: paths into its JSON.
        counted: the same figures from the file itself.
        published: what others print of them; () where nothing is known to be printed.
        where: who published it.
        header: the file that holds the names of the columns, where the file itself has none.
    """

    name: str
    files: tuple[str, ...]
    command: str
    figures: tuple[str, ...]
    counted: Callable[[Path], Numbers]
    published: tuple[float, ...] = ()
    where: str = ""
    header: str = ""

    def shown(self) -> str:
        """The call as a reader types it, with the file as it is published."""
        name = "wmt22.csv" if self.header else Path(self.files[0]).name
        return f"python -m results {self.command.replace('FILE', name)}"


# --- the cases ----------------------------------------------------------------------------------------------------

ALPHA = ("krippendorff_alpha.value",)
_PANDALM = "agreement FILE --unit idx --raters annotator1,annotator2,annotator3 --level nominal --pairs"
_ANNOMI = "agreement FILE --unit transcript_id,utterance_id --rater annotator_id --cluster transcript_id --missing n/a"
_ALPACA = "preference FILE --item instruction --left generator_1 --right generator_2 --winner preference"
_LMCOCKTAIL = "systems.LMCocktail-10\\.7B-v1"
_WMT = "agreement FILE --unit system,itemId --rater username --value score --where itemType=TGT --level interval"
_USR = ("Understandable", "Natural", "Maintains Context", "Engaging", "Uses Knowledge", "Overall")
CASES = (
    Case("llmfao, winner", ("llmfao.csv", "llmfao_votes.csv"),
         "agreement FILE --unit id --rater worker --value winner --level nominal",
         ALPHA, of_llmfao),
    Case("PandaLM, alpha and kappas", ("testset-v1.json", "pandalm_testset.json"), _PANDALM,
         (*ALPHA, *(f"pairs_of_raters.{pair}.cohen_kappa.value" for pair in range(3))), of_pandalm,
         (float("nan"), 0.85, 0.88, 0.86), "PandaLM's README, two decimals"),
    Case("FED, Interesting", ("fed_data.json",),
         "agreement FILE --value annotations.Interesting --missing 'N/A*' --level ordinal",
         ALPHA, of_fed("Interesting", turns=True)),
    Case("FED, Overall of responses", ("fed_data.json",),
         "agreement FILE --value annotations.Overall --missing 'N/A*' --where 'response!=' --level ordinal", ALPHA,
         of_fed("Overall", turns=True)),
    *(Case(f"USR, {name}", ("pc_usr_data.json",), f"agreement FILE --value 'responses.*.{name}' --level ordinal",
           ALPHA, of_usr(name)) for name in _USR),
    Case("LeWiDi, HS-Brexit (development)", ("HS-Brexit_dev.json", "*[Bb]rexit*.json"),
         "agreement FILE --value '*.annotations' --rater '*.annotators' --split , --level nominal", ALPHA,
         of_lewidi),
    *(Case(f"AnnoMI, {name}", ("AnnoMI-full.csv", "AnnoMI-full.csv.xz"), f"{_ANNOMI} --value {name} --level nominal",
           ALPHA, of_annomi(name)) for name in ("client_talk_type", "main_therapist_behaviour")),
    Case("AlpacaEval, LMCocktail-10.7B", ("LMCocktail-10.7B-v1/alpaca_eval_gpt4/annotations.json",),
         f"{_ALPACA} --map 1=left,2=right,0=tie", tuple(f"{_LMCOCKTAIL}.{what}" for what in ("wins", "losses", "ties")),
         of_alpaca, (740, 62, 1), "AlpacaEval's leaderboard"),
    Case("WMT22, direct assessment (en-liv)", ("WMT22.Appraise.SegLvlLivSrc.*.csv",), _WMT, ALPHA, of_wmt,
         header="username,system,itemId,itemType,srcLang,trgLang,score,timeStart,timeEnd"),
)  # fmt: skip


# --- running ------------------------------------------------------------------------------------------------------


def found(case: Case, folders: Sequence[Path]) -> Path | None:
    """The file of a case, if it is there."""
    matching = (path for folder in folders for pattern in case.files for path in sorted(folder.rglob(pattern)))
    return next(matching, None)


def by_command(case: Case, path: Path, resamples: int) -> Numbers:
    """The figures of the command."""
    arguments = [str(path) if part == "FILE" else part for part in _words(case.command)]
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = results([*arguments, "--json", "--resamples", str(resamples)])
    if code:
        raise SystemExit(err.getvalue())
    printed = json.loads(out.getvalue())
    return tuple(_at(printed, figure) for figure in case.figures)


def _words(command: str) -> list[str]:
    return next(csv.reader([command], delimiter=" ", quotechar="'"))


def _at(value: Any, path: str) -> float:
    for part in path.replace("\\.", "\0").split("."):
        value = value[int(part) if isinstance(value, list) else part.replace("\0", ".")]
    return float(value)


def with_header(case: Case, path: Path, folder: Path) -> Path:
    """The file, or a copy under the names of its columns where it has none."""
    if not case.header:
        return path
    copy = folder / "with-header.csv"
    copy.write_text(f"{case.header}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    return copy


def check(case: Case, path: Path, resamples: int) -> tuple[list[str], bool]:
    """A row of the table, and whether command and count agree in the third decimal, published figures in theirs."""
    with tempfile.TemporaryDirectory() as folder:
        used = with_header(case, path, Path(folder))
        own, counted = by_command(case, used, resamples), case.counted(used)
    alike = all(abs(a - b) < 5e-4 for a, b in zip(own, counted, strict=True))
    published = [(a, b) for a, b in zip(own, case.published, strict=False) if b == b]
    alike = alike and all(abs(a - b) <= 5e-3 for a, b in published)
    printed = ", ".join(f"{b:g}" for _, b in published)
    return [case.name, _shown(own), _shown(counted), f"{printed} ({case.where})" if printed else "–"], alike


def _shown(figures: Numbers) -> str:
    return ", ".join(f"{value:.3f}".removeprefix("0") if value != int(value) else f"{value:g}" for value in figures)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    given = os.environ.get("PUBLISHED_PATH", "")
    parser.add_argument("--data", type=Path, nargs="+", default=[Path(p) for p in given.split(os.pathsep) if p],
                        metavar="DIR", help="folders with the files (PUBLISHED_PATH)")  # fmt: skip
    parser.add_argument("--resamples", type=int, default=100, help="of the intervals, which are not compared (100)")
    options = parser.parse_args(arguments)
    if not options.data:
        parser.error("name folders with the files by --data or PUBLISHED_PATH (docs/published.md)")
    print("| figure | command | counted | published |", "|---|---|---|---|", sep="\n")
    wrong, absent = [], []
    for case in CASES:
        path = found(case, options.data)
        if path is None:
            absent.append(f"{case.name}: no {' or '.join(case.files)}")
            continue
        cells, alike = check(case, path, options.resamples)
        print(f"| {' | '.join(cells)} |", flush=True)
        wrong += [] if alike else [case.name]
    for line in (*(f"Not there: {one}" for one in absent), *(f"Differs: {name}" for name in wrong)):
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

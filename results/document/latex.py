"""The report's tables as LaTeX with booktabs rules, one file a table, ready to be \\input into a paper.

Needs the package booktabs. Japanese text needs LuaLaTeX with luatexja, or upLaTeX; any other language LuaLaTeX with
babel (for Arabic `bidi=basic`) and a font of its script. The cells are those of the page; numbers are alike in all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from unicodedata import bidirectional

from results.document.view import Heading, Section, Table

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "#": r"\#",
    "$": r"\$",
    "%": r"\%",
    "&": r"\&",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "\u2212": "$-$",
    "\u2013": "--",
    "\u2026": r"\ldots{}",
    "\u00a0": "~",
    "\u00d7": r"$\times$",
    "\u00b1": r"$\pm$",
    "\u2265": r"$\geq$",
    "\u2264": r"$\leq$",
    "α": r"$\alpha$",
    "κ": r"$\kappa$",
    "δ": r"$\delta$",
    "ν": r"$\nu$",
    "\u201c": "``",
    "\u201d": "''",
    "\u2018": "`",
    "\u2019": "'",
}
"""What TeX would read as a command, and marks that text fonts lack."""
_ONE_MARK = re.compile("|".join(map(re.escape, _SPECIAL)))
_ISOLATED = re.compile("\u2068([^\u2068\u2069]*)\u2069")


def escape(text: str) -> str:
    """The text as LaTeX prints it, on one line; what is isolated in it runs from left to right where its letters do.

    TeX would else set a minus sign, which is a formula of its own, behind its number beside Arabic letters.
    """
    found = _ONE_MARK.sub(lambda match: _SPECIAL[match.group()], " ".join(text.split("\n")))
    while found != (inner := _ISOLATED.sub(lambda match: _left_to_right(match[1]), found)):
        found = inner
    return found


def _left_to_right(escaped: str) -> str:
    """A run of its own. babel's own \\babelsublr drops the first of some numbers and turns their brackets."""
    return escaped if _is_turned(escaped) else rf"\mbox{{\foreignlanguage{{english}}{{{escaped}}}}}"


def _is_turned(text: str) -> bool:
    """Whether letters that run from right to left stand in a text."""
    return any(bidirectional(letter) in ("R", "AL") for letter in text)


def latex_tables(sections: Sequence[Section], mark: str = "") -> dict[str, str]:
    """LaTeX by file name (without ending) of every table; every caption begins with `mark`."""
    tables: dict[str, str] = {}
    for section in sections:
        for number, (title, table) in enumerate(_tables(section), start=1):
            name = section.key if number == 1 else f"{section.key}-{number}"
            tables[name] = table_of(table, _caption(mark, title, table.note), f"tab:{name}")
    return tables


def _tables(section: Section) -> Iterator[tuple[str, Table]]:
    """The section's tables, each with the heading it stands under."""
    title = section.title
    for block in section.blocks:
        if isinstance(block, Heading):
            title = f"{section.title}: {block.text}"
        elif isinstance(block, Table) and block.rows:
            yield title, block


def _caption(*parts: str) -> str:
    """Mark, title and note as sentences: a table travels without its report."""
    return " ".join(part if part[-1] in ".。" else f"{part}." for part in parts if part)


def table_of(table: Table, caption: str, label: str) -> str:
    """One table environment: first column left, the others right. `label` is used as it is."""
    turned = any(map(_is_turned, (*table.header, *(row[0] for row in table.rows))))
    return "\n".join(
        [
            r"\begin{table}",
            r"\centering",
            rf"\caption{{{escape(caption)}}}",
            rf"\label{{{label}}}",
            rf"\begin{{tabular}}{{l{'r' * (len(table.header) - 1)}}}",
            r"\toprule",
            _line(table.header, turned),
            r"\midrule",
            *(_line(row, turned) for row in table.rows),
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    )


def _line(cells: Sequence[str], turned: bool) -> str:
    """A row; in a table whose words run from right to left, its numbers do not."""
    return " & ".join(_cell(cell, turned) for cell in cells) + r" \\"


def _cell(cell: str, turned: bool) -> str:
    """A cell; one that begins with a box of another direction says its own, or the box would stand at its end."""
    made = escape(cell)
    if turned and _is_turned(made) and made.startswith(r"\mbox"):
        return rf"{{\textdir TRT {made}}}"
    return _left_to_right(made) if turned and any(map(str.isdigit, cell)) else made

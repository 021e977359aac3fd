"""Sixty files as people have them, made of one small truth: what each is, what may be asked, and what must come out."""

from __future__ import annotations

import csv
import gzip
import io
import json
import lzma
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["right", "refused"]
Cells = Sequence[Sequence[str]]

SAID = (
    (("client", "眠れません。"), ("counselor", "いつからですか。"), ("client", "先週からです。")),
    (("client", "朝が起きられません。"),),
    (("client", "友だちと話せません。"), ("counselor", "話したいのですね。"), ("client", "はい。")),
)
"""The dialogues: (role, words) turn by turn."""
REPLIES = {
    "GPT-4": ("それはつらいですね。", "起きようとしているのですね。", "何が心配ですか。"),
    "基本": ("何時に寝ますか。", "何時に起きますか。", "誰とですか、学校ですか。"),
}
LAST = tuple(dialogue[-1][1] for dialogue in SAID)
"""The dialogues of which only the client's last words are there."""
HEADER = ("番号", "相談内容", *REPLIES)


@dataclass(frozen=True)
class Case:
    """A file.

    Attributes:
        answers: what a person who knows the file says to the questions.
        outcome: a study with the truth in it, or a refusal.
        last: only the client's last words stand in the file.
        names: systems, where the file calls them otherwise.
        words: part of a refusal.
    """

    name: str
    content: bytes
    answers: Mapping[str, str] = field(default_factory=dict)
    outcome: Outcome = "right"
    last: bool = False
    names: tuple[str, str] = ("GPT-4", "基本")
    words: str = ""
    items: tuple[int, ...] = (0, 1, 2)

    def truth(self) -> list[tuple[tuple[tuple[str, str], ...], tuple[str, str]]]:
        """(dialogue, the responses of both systems) of each item that must come out, in any order."""
        dialogues = [((("client", LAST[n])),) if self.last else SAID[n] for n in range(3)]
        return sorted((dialogues[n], (REPLIES["GPT-4"][n], REPLIES["基本"][n])) for n in self.items)


WIDE = {"answers": "GPT-4,基本"}


def marked(client: str = "相談者：", counselor: str = "カウンセラー：", end: str = "\n") -> list[str]:
    """The dialogues as cells with speaker marks."""
    marks = {"client": client, "counselor": counselor}
    return [end.join(f"{marks[role]}{words}" for role, words in dialogue) for dialogue in SAID]


def wide(dialogues: Sequence[str], header: Sequence[str] = HEADER) -> list[list[str]]:
    """A wide table: id, dialogue, both responses."""
    rows = zip(("1", "2", "3"), dialogues, *REPLIES.values(), strict=True)
    return [list(header), *(list(row) for row in rows)]


def as_csv(cells: Cells, encoding: str = "utf-8", delimiter: str = ",", end: str = "\r\n") -> bytes:
    """A table as CSV."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(cells)
    return out.getvalue().encode(encoding)


def as_jsonl(rows: Sequence[Mapping[str, Any]], start: str = "", between: str = "") -> bytes:
    """Rows as JSON Lines."""
    return (start + "".join(json.dumps(row, ensure_ascii=False) + "\n" + between for row in rows)).encode()


def as_json(rows: Any) -> bytes:
    """Rows as one JSON array."""
    return json.dumps(rows, ensure_ascii=False, indent=1).encode()


def as_zip(files: Mapping[str, bytes]) -> bytes:
    """Files packed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def as_parquet(cells: Cells) -> bytes:
    """A table as Parquet."""
    import pyarrow
    import pyarrow.parquet

    out = io.BytesIO()
    columns = {name: [row[place] for row in cells[1:]] for place, name in enumerate(cells[0])}
    pyarrow.parquet.write_table(pyarrow.table(columns), out)
    return out.getvalue()


def as_xlsx(
    sheets: Mapping[str, Cells], hidden: Sequence[int] = (), merged: str = "", hidden_column: int | None = None
) -> bytes:
    """Tables as an Excel file; `hidden`, `hidden_column`: of the first sheet, from 0; `merged`: a range of it."""
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, cells in sheets.items():
            sheet = book.add_worksheet(name)
            for row, line in enumerate(cells):
                for column, cell in enumerate(line):
                    number = row and column == 0 and cell.isdecimal()
                    _ = sheet.write_number(row, column, int(cell)) if number else sheet.write_string(row, column, cell)
            for row in hidden:
                sheet.set_row(row, None, None, {"hidden": True})
            if hidden_column is not None:
                sheet.set_column(hidden_column, hidden_column, None, None, {"hidden": True})
            if merged:
                sheet.merge_range(merged, "")
            hidden, merged, hidden_column = (), "", None
    return out.getvalue()


def records() -> list[dict[str, str]]:
    """The wide table as records."""
    cells = wide(marked())
    return [dict(zip(cells[0], row, strict=True)) for row in cells[1:]]


def chats(system: str, as_role: Mapping[str, str], role: str, said: str) -> list[list[dict[str, str]]]:
    """The dialogues as lists of messages, each with the system's response at its end."""
    return [
        [{role: as_role[who], said: words} for who, words in (*SAID[n], ("counselor", REPLIES[system][n]))]
        for n in range(3)
    ]


def long(system: str | None = None) -> list[list[str]]:
    """One answer in a row, of both systems or of one."""
    systems = [system] if system else list(REPLIES)
    return [[str(n + 1), LAST[n], name, REPLIES[name][n]] for n in range(3) for name in systems]


LONG_HEADER = ["item_id", "prompt", "model", "response"]
OPENAI = {"client": "user", "counselor": "assistant"}
SHAREGPT = {"client": "human", "counselor": "gpt"}


def tables() -> list[Case]:
    """The wide table in every way of writing files."""
    plain = wide(marked())
    notes = [["これは説明です"], ["値段は税別です"]]
    return [
        Case("utf8.csv", as_csv(plain), WIDE),
        Case("bom.csv", as_csv(plain, "utf-8-sig"), WIDE),
        Case("cp932.csv", as_csv(plain, "cp932"), WIDE),
        Case("euc.csv", as_csv(plain, "euc_jp"), WIDE),
        Case("jis.csv", as_csv(plain, "iso2022_jp"), WIDE),
        Case("utf16.txt", as_csv(plain, "utf-16", "\t"), WIDE),
        Case("utf16.csv", as_csv(plain, "utf-16"), WIDE),
        Case("tab.tsv", as_csv(plain, delimiter="\t"), WIDE),
        Case("semicolon.csv", as_csv(plain, delimiter=";"), WIDE),
        Case("bar.csv", as_csv(plain, delimiter="|"), WIDE),
        Case("lf.csv", as_csv(plain, end="\n"), WIDE),
        Case("blank.csv", as_csv([plain[0], *(row for line in plain[1:] for row in (["", "", "", ""], line))]), WIDE),
        Case("tail.csv", as_csv(plain) + b"\r\n\r\n", WIDE),
        Case("array.json", as_json(records()), WIDE),
        Case("lines.jsonl", as_jsonl(records()), WIDE),
        Case("bom.jsonl", as_jsonl(records(), "\ufeff"), WIDE),
        Case("gaps.jsonl", as_jsonl(records(), between="\n"), WIDE),
        Case("t.parquet", as_parquet(plain), WIDE),
        Case("one.xlsx", as_xlsx({"Sheet1": plain}), WIDE),
        Case("two.xlsx", as_xlsx({"対話": plain, "メモ": notes}), {**WIDE, "sheet:two.xlsx": "対話"}),
        Case(
            "hidden.xlsx", as_xlsx({"対話": plain}, hidden=[2]), {**WIDE, "hidden:hidden.xlsx": "leave"}, items=(0, 2)
        ),
        Case("shown.xlsx", as_xlsx({"対話": plain}, hidden=[2]), {**WIDE, "hidden:shown.xlsx": "read"}),
        Case(
            "japan.xlsx",
            as_xlsx({"対話": plain, "メモ": notes}, hidden=[2]),
            {**WIDE, "sheet:japan.xlsx": "対話", "hidden:japan.xlsx [対話]": "read"},
        ),
        Case(
            "columns.xlsx",
            as_xlsx({"対話": [[*row, "x"] for row in plain]}, hidden_column=4),
            {**WIDE, "hidden_columns:columns.xlsx": "leave"},
        ),
        Case(
            "headless.csv",
            as_csv(plain[1:]),
            {"header:headless.csv": "data", "dialogue": "2", "item": "1", "answers": "3,4"},
            names=("3", "4"),
        ),
        Case("gzip.csv.gz", gzip.compress(as_csv(plain, "cp932")), WIDE),
        Case("xz.jsonl.xz", lzma.compress(as_jsonl(records())), WIDE),
        Case("packed.zip", as_zip({"表.csv": as_csv(plain, "cp932")}), WIDE),
        Case("mac.zip", as_zip({"表.csv": as_csv(plain), "__MACOSX/._表.csv": b"x"}), WIDE),
        Case("noid.csv", as_csv([row[1:] for row in plain]), WIDE),
        Case("index.csv", as_csv([["", *plain[0]], *([str(n), *row] for n, row in enumerate(plain[1:]))]), WIDE),
    ]


def dialogues() -> list[Case]:
    """The wide table with every kind of speaker mark."""
    roles = {**WIDE, "role:A": "client", "role:B": "counselor"}
    names = {**WIDE, "role:田中": "client", "role:佐藤": "counselor"}
    mixed = ["相談者：眠れません。\nTh：いつからですか。\nCl：先週からです。", *marked("Cl：", "Th：")[1:]]
    inline = marked(end="")
    forms = {
        "short": marked("相：", "カ："),
        "latin": marked("Cl: ", "Th: "),
        "full": marked("Ｃｌ：", "Ｔｈ："),
        "boxed": marked("【相談者】", "【カウンセラー】"),
        "listed": marked("・相談者　", "・カウンセラー　"),
        "half": marked("ｸﾗｲｱﾝﾄ:", "ｶｳﾝｾﾗｰ:"),
        "roles": marked("user: ", "assistant: "),
        "crlf": marked(end="\r\n"),
    }
    return [
        *(Case(f"{name}.csv", as_csv(wide(cells)), WIDE) for name, cells in forms.items()),
        Case("mixed.csv", as_csv(wide(mixed)), {**WIDE, "role:相談者": "client", "role:Cl": "client"}),
        Case("letters.csv", as_csv(wide(marked("A：", "B："))), roles),
        Case("names.csv", as_csv(wide(marked("田中：", "佐藤："))), names),
        Case("inline.csv", as_csv(wide(inline)), {**WIDE, "inside": "split"}),
        Case("lines.csv", as_csv(wide(marked("", ""), ("番号", "対話", *REPLIES))), {**WIDE, "form": "alternating"}),
        Case("some.csv", as_csv(wide([*marked()[:1], LAST[1], *marked()[2:]])), {**WIDE, "unmarked": "client"}),
        Case("last.csv", as_csv(wide(LAST)), WIDE, last=True),
    ]


def others() -> list[Case]:
    """Shapes of other tools."""
    gpt, base = ("GPT-4", "基本")
    pairs = [
        {"id": n, "prompt": LAST[n], "model_A": gpt, "model_B": base, "answer_A": REPLIES[gpt][n],
         "answer_B": REPLIES[base][n]} for n in range(3)
    ]  # fmt: skip
    swapped = [
        row if row["id"] != 1 else {**row, "model_A": base, "model_B": gpt, "answer_A": row["answer_B"],
                                    "answer_B": row["answer_A"]} for row in pairs
    ]  # fmt: skip
    nameless = [{key: value for key, value in row.items() if not key.startswith("model")} for row in pairs]
    named = {"system:answer_A": gpt, "system:answer_B": base}
    texts = {"prompt": "prompt", "answer_A": "text1", "answer_B": "text2", "model_A": "model_1", "model_B": "model_2"}
    studio = [{"id": n, "data": {new: row[old] for old, new in texts.items()}, "annotations": []}
              for n, row in enumerate(pairs)]  # fmt: skip
    argilla = [{"id": str(n), "fields": {"prompt": LAST[n], "response1": REPLIES[gpt][n],
                                         "response2": REPLIES[base][n]}}
               for n in range(3)]  # fmt: skip
    fields = {"system:fields.response1": gpt, "system:fields.response2": base}
    trl = [
        {"prompt": chat[:-1], "chosen": chat[-1:], "rejected": other[-1:]}
        for chat, other in zip(*(chats(name, OPENAI, "role", "content") for name in (gpt, base)), strict=True)
    ]
    long_csv = as_csv([LONG_HEADER, *long()])
    own = {"answers": "b,d", "dialogue": "c", "item": "a"}
    headers = ("a", "c", "b", "d")
    return [
        Case("long.csv", long_csv, last=True),
        Case("shuffled.csv", as_csv([LONG_HEADER, *long()[::-1]]), last=True),
        Case("pairs.json", as_json(pairs), last=True),
        Case("swapped.json", as_json(swapped), last=True),
        Case("nameless.jsonl", as_jsonl(nameless), named, last=True),
        Case("studio.json", as_json(studio), last=True),
        Case("argilla.jsonl", as_jsonl(argilla), fields, last=True),
        Case("trl.jsonl", as_jsonl(trl), names=("chosen", "rejected")),
        Case("chats.zip", as_zip({f"{n}.jsonl": as_jsonl([{"id": str(k), "messages": chat} for k, chat in
             enumerate(chats(name, OPENAI, "role", "content"))]) for n, name in zip("ab", REPLIES, strict=True)}),
             {"last": "response", "system:chats.zip/a.jsonl": gpt, "system:chats.zip/b.jsonl": base}),
        Case("sharegpt.zip", as_zip({f"{n}.json": as_json([{"id": str(k), "conversations": chat} for k, chat in
             enumerate(chats(name, SHAREGPT, "from", "value"))]) for n, name in zip("ab", REPLIES, strict=True)}),
             {"last": "response", "system:sharegpt.zip/a.json": gpt, "system:sharegpt.zip/b.json": base}),
        Case("models.zip", as_zip({f"{n}.csv": as_csv([LONG_HEADER, *long(name)])
                                   for n, name in zip("ab", REPLIES, strict=True)}), last=True),
        Case("named.csv", as_csv(wide(marked(), headers)), own, names=("b", "d")),
    ]  # fmt: skip


def refused() -> list[Case]:
    """What must not become a study, and what becomes one but for the items that have no answer."""
    plain = wide(marked())
    cut = as_csv(plain).replace(b"\r\n2,", b",\xe3\x81\x82\r\n2,")
    empty = [*plain[:2], [*plain[2][:3], ""], plain[3]]
    unseen = [*plain[:2], [*plain[2][:3], "\u200b"], plain[3]]
    twice = [LONG_HEADER, *long(), ["1", LAST[0], "GPT-4", "別の応答"]]
    nested = [{"id": str(n), "prompt": LAST[n], "model": name, "text": {"content": here[n]}}
              for n in range(3) for name, here in REPLIES.items()]  # fmt: skip
    path = {"answers": "text.content", "system_column": "model", "dialogue": "prompt"}
    return [
        Case("cut.csv", cut, WIDE, "refused", words="cells"),
        Case("quote.csv", as_csv(plain).replace(b'2,', b'2,"', 1), WIDE, "refused", words="quote"),
        Case("nul.csv", as_csv(plain).replace("何時".encode(), b"a\0b", 1), WIDE, "refused", words="NUL"),
        Case("bad8.csv", as_csv(plain).replace("何時".encode(), b"\xff\xfe", 1), WIDE, "refused"),
        Case("double.csv", as_csv([["番号", "相談内容", "A", "A"], *plain[1:]]), WIDE, "refused", words="A"),
        Case("keys.jsonl", b'{"id":1,"id":2,"text":"x"}\n', {}, "refused", words="twice"),
        Case("twice.csv", as_csv(twice), {"item": "item_id"}, "refused", words="two different responses"),
        Case("nested.jsonl", as_jsonl(nested), path, last=True),
        Case("empty.csv", as_csv(empty), WIDE, items=(0, 2)),
        Case("unseen.csv", as_csv(unseen), WIDE, items=(0, 2)),
        Case("hollow.csv", b"", {}, "refused"),
        Case("votes.csv", b"q,judge,model_a,model_b,winner\n1,j,x,y,model_a\n", {}, "refused", words="judgments"),
    ]  # fmt: skip


def cases() -> list[Case]:
    """All of them."""
    return [*tables(), *dialogues(), *others(), *refused()]

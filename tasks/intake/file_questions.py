"""What must be known of a file before it can be read: told by its bytes, given as an answer, or asked.

Its encoding, the sign between its cells, whether its first row names the columns, which sheets of a workbook are
wanted, what becomes of hidden rows and columns and of merged cells, which file of an archive. What was told or answered
is noted, so that a person sees it.
"""

from __future__ import annotations

from collections.abc import Sequence

from tasks.intake.asking import Asker, Note, Question, chosen
from tasks.intake.content import Content
from tasks.intake.encoding import ENCODINGS, Told, refuse_undecodable, tell
from tasks.intake.header import is_named
from tasks.intake.readers.excel.sheet_xml import letters
from tasks.intake.readers.excel.workbook import Sheet
from tasks.intake.readers.separators import SEPARATORS, separators

MOST_OPTIONS = 200
MOST_SHOWN, MOST_CELLS = 60, 8
"""Characters and cells of a first row that are shown."""
Values = dict[str, str | int]


class FileQuestions:
    """Asks, and remembers the answers, over all files of one opening.

    Attributes:
        asker: the answers given, and the questions that are open.
        notes: what was told and how sure that is; the opening's own list.
    """

    def __init__(self, asker: Asker, notes: list[Note]) -> None:
        self.asker = asker
        self.notes = notes

    def encoding(self, content: Content) -> str:
        """The encoding of a file; '' where it must be asked."""
        told = tell(content)
        said = self.asker.given(f"encoding:{content.name}")
        if told.encoding and (told.how != "letters" or not self.asker.given("encoding")) and not said:
            self._note_encoding(content, told)
            return told.encoding
        answer = self._answer(_encoding_question(content, told), free=ENCODINGS)
        if answer is None:
            return ""
        refuse_undecodable(content, answer[0])
        self.notes.append(Note("read_encoding_said", {"file": content.name, "encoding": answer[0]}))
        return answer[0]

    def separator(self, content: Content, encoding: str) -> str:
        """The name of the sign between the cells of a file; '' where it must be asked."""
        likely = separators(content, encoding)
        if len(likely) == 1 and not self.asker.given(f"separator:{content.name}"):
            if likely[0] != "comma":
                self.notes.append(Note(f"read_separator_{likely[0]}", {"file": content.name}))
            return likely[0]
        values: Values = {"file": content.name}
        samples = _lines(content, encoding)
        question = Question(f"separator:{content.name}", "ask_separator", values, options=likely, samples=samples)
        answer = self._answer(question, free=tuple(SEPARATORS))
        return answer[0] if answer else ""

    def sheets(self, content: Content, names: tuple[str, ...]) -> tuple[str, ...]:
        """The sheets of a workbook that are wanted; () where it must be asked."""
        if len(names) == 1:
            return names
        values: Values = {"file": content.name, "n": len(names)}
        question = Question(f"sheet:{content.name}", "ask_sheet", values, options=names, several=True)
        return self._answer(question) or ()

    def hidden(self, name: str, sheet: Sheet) -> str:
        """`read` or `leave` the hidden rows of a sheet; '' where it must be asked."""
        rows = [str(row) for row in sorted(sheet.seen.hidden)]
        return self._either("hidden", name, ("read", "leave"), rows) if rows else "read"

    def hidden_columns(self, name: str, sheet: Sheet) -> str:
        """`read` or `leave` the hidden columns of a sheet; '' where it must be asked."""
        columns = [letters(column) for column in sorted(sheet.seen.hidden_columns)]
        return self._either("hidden_columns", name, ("read", "leave"), columns) if columns else "read"

    def merged(self, name: str, sheet: Sheet) -> str:
        """`fill` the merged cells of a sheet or `leave` them empty; '' where it must be asked."""
        rows = [str(area[0][0] + 1) for area in sheet.merged]
        return self._either("merged", name, ("fill", "leave"), rows) if rows else "leave"

    def header(self, name: str, rows: Sequence[Sequence[str]]) -> str:
        """Whether the first of some rows holds `names` of columns or `data`; '' where it must be asked."""
        said = self.asker.given(f"header:{name}") or self.asker.given("header")
        if is_named(rows) and not said:
            return "names"
        samples = tuple(cell[:MOST_SHOWN] for row in rows[:1] for cell in row if cell.strip())[:MOST_CELLS]
        question = Question(f"header:{name}", "ask_header", {"file": name}, ("names", "data"), samples=samples)
        answer = self._answer(question)
        if answer == ("data",):
            self.notes.append(Note("found_no_header", {"file": name}))
        return answer[0] if answer else ""

    def one_of(self, contents: Sequence[Content], name: str) -> Content | None:
        """The one file of several that a person wants; None where it must be asked."""
        if len(contents) == 1:
            return contents[0]
        names = tuple(content.name for content in contents)
        values: Values = {"file": name, "n": len(names)}
        answer = self._answer(Question(f"part:{name}", "ask_part", values, options=names[:MOST_OPTIONS]), free=names)
        return next((content for content in contents if answer and content.name == answer[0]), None)

    def _note_encoding(self, content: Content, told: Told) -> None:
        if told.how != "utf8" and (told.how, told.encoding) != ("mark", "utf-8"):
            share = round(100 * told.candidates[0].score) if told.candidates else 100
            values: Values = {"file": content.name, "encoding": told.encoding, "share": share}
            self.notes.append(Note(f"read_encoding_{told.how}", values))

    def _either(self, kind: str, name: str, options: tuple[str, str], rows: Sequence[str]) -> str:
        """The answer to a question of two options about some rows or columns; '' where it is open."""
        shown = ", ".join(rows[:5]) + (" …" if len(rows) > 5 else "")
        values: Values = {"file": name, "n": len(rows), "rows": shown}
        answer = self._answer(Question(f"{kind}:{name}", f"ask_{kind}", values, options=options))
        return answer[0] if answer else ""

    def _answer(self, question: Question, *, free: Sequence[str] = ()) -> tuple[str, ...] | None:
        """The answer to a question of a file, or to its kind for all files; None where it is open.

        Args:
            free: answers that are allowed beside the options.
        """
        answer = self.asker.given(question.key) or self.asker.given(question.key.partition(":")[0])
        if answer is None or not answer.strip():
            self.asker.questions.append(question)
            return None
        return (answer.strip(),) if answer.strip() in free else chosen(question, answer)


def _encoding_question(content: Content, told: Told) -> Question:
    likely = told.candidates
    return Question(
        f"encoding:{content.name}",
        "ask_encoding",
        {"file": content.name},
        options=tuple(one.encoding for one in likely),
        samples=tuple(f"{one.encoding}: {' | '.join(one.cells)}" for one in likely),
    )


def _lines(content: Content, encoding: str) -> tuple[str, ...]:
    text = content.read(4096).decode(encoding, "ignore")
    return tuple(line[:80] for line in text.splitlines()[:3])

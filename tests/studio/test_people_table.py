"""Tables of people: headers as people write them, never a mail that is '' in silence, nothing that splits a letter."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.intake.people import MAILS, NAMES, Person, read_people
from tasks.errors import InputError


def people_of(tmp_path: Path, text: str) -> tuple[Person, ...]:
    path = tmp_path / "people.csv"
    path.write_text(text, encoding="utf-8")
    return read_people(path).people


@pytest.mark.parametrize(
    "header",
    ["name,email", "Name,Mail", "name, mail", "氏名,メールアドレス", "NAME,E-mail", "ｎａｍｅ,e_mail", "nr,name,mail"],
)
def test_headers_as_people_write_them(tmp_path: Path, header: str) -> None:
    row = "山田,a@example.org" if "nr" not in header else "1,山田,a@example.org"
    row = row.replace(",", ", ") if ", " in header else row
    assert people_of(tmp_path, f"{header}\n{row}\n") == (Person("山田", "a@example.org"),)


@given(name=st.sampled_from(sorted(NAMES)), mail=st.sampled_from(sorted(MAILS)), swapped=st.booleans())
def test_every_word_is_understood_in_any_order(
    tmp_path_factory: pytest.TempPathFactory, name: str, mail: str, swapped: bool
) -> None:
    header, row = (f"{mail},{name}", "a@example.org,A") if swapped else (f"{name},{mail}", "A,a@example.org")
    assert people_of(tmp_path_factory.mktemp("people"), f"{header}\n{row}\n") == (Person("A", "a@example.org"),)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,mail,mail\nA,a@example.org,b@example.org\n", "2 columns have this name"),
        ("name,mail,email\nA,a@example.org,b@example.org\n", "may both be meant"),
        ("who,where\nA,a@example.org\n", "needs a column name, mail or both; the file has ['who', 'where']"),
        ('name,mail\nA,a@example.org\n"B\nBcc: x",b@example.org\n', "row 3, column name: found 'B\\nBcc: x'"),
        ("name,mail\nA\u2028Bcc: x,a@example.org\n", "row 2, column name"),
        ("name,mail\nA,a@b@c\n", "row 2, column mail: found 'a@b@c'"),
        ("name,mail\nA,a@example.org,x\n", "row 2: found 3 cells"),
        ("name,mail,nr\n,,1\n", "row 2: has neither name nor mail"),
        ("name,mail\n", "holds no rows"),
    ],
)
def test_everything_else_is_refused_whole(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        people_of(tmp_path, text)
    assert words in str(caught.value)


def test_blank_rows_are_left_out_and_said(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("name,mail\nA,a@example.org\n\n,\nB,b@example.org\n,\n", encoding="utf-8")
    people, notes = read_people(path)
    assert [person.name for person in people] == ["A", "B"]
    assert [note for note in notes if "is blank" in note] == [
        f"{path}, row 3: is blank and was left out",
        f"{path}, row 4: is blank and was left out",
    ]


def test_a_table_in_cp932_is_read_once_somebody_says_so(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes("name,mail\n山田,a@example.org\n".encode("cp932"))
    with pytest.raises(InputError, match=r"in which encoding.*--encoding: cp932.*cp932: 山田"):
        read_people(path)
    assert read_people(path, {"encoding": "cp932"}).people == (Person("山田", "a@example.org"),)

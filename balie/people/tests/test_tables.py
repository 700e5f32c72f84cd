"""Tables as office programs write them."""

import csv
import io
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from balie.people.tables import CannotRead, Table, read_table


def read(content: bytes, name: str = "people.csv") -> Table:
    return read_table(io.BytesIO(content), name)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_csv_is_read_as_it_comes(encoding: str, delimiter: str, line_end: str) -> None:
    written = line_end.join([delimiter.join(["naam", "e-mail"]), delimiter.join(["Zoë Ünal", "zoe@balie.example"])])

    table = read(written.encode(encoding))

    assert table == Table(headings=("naam", "e-mail"), rows=((2, ("Zoë Ünal", "zoe@balie.example")),))


def test_windows_characters_are_read() -> None:
    assert read("name\nO’Neill – “Bo” €".encode("cp1252")).rows[0][1] == ("O’Neill – “Bo” €",)


def test_quoted_cells_may_hold_delimiters_and_lines() -> None:
    assert read(b'name;note\n"Jansen; Ben";"one\ntwo"\nAda;x').rows == (
        (2, ("Jansen; Ben", "one\ntwo")),
        (3, ("Ada", "x")),
    )


def test_a_comma_in_a_heading_does_not_hide_the_delimiter() -> None:
    assert read(b'"name, first";email;status\nx;y;z').headings == ("name, first", "email", "status")


def test_excels_line_about_the_delimiter_is_obeyed() -> None:
    assert read(b"sep=,\r\nname,email\r\nAda,a@b.example").headings == ("name", "email")


def test_a_hundred_thousand_rows_are_read_and_too_many_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"name;email\n" + b"".join(b"Person %d;p%d@b.example\n" % (one, one) for one in range(100_000))
    table = read(content)
    assert (len(table.rows), table.rows[-1]) == (100_000, (100_001, ("Person 99999", "p99999@b.example")))
    monkeypatch.setattr("balie.people.tables.MOST_ROWS", 99_999)
    with pytest.raises(CannotRead, match=r"people\.csv has more than 200,000 rows"):
        read(content)


def test_empty_rows_are_left_out_and_others_keep_their_number() -> None:
    assert read(b"name;email\n\n;;\nAda\n").rows == ((4, ("Ada", "")),)


def test_cells_beyond_the_headings_are_left_out() -> None:
    assert read(b"name;email\nAda;2;3").rows == ((2, ("Ada", "2")),)


def test_an_xlsx_is_read_with_its_dates_and_numbers() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for line in (
        ["name", "hire date", "seen", "number", "half"],
        ["Ada", datetime(2021, 3, 9), date(2020, 1, 2), 12.0, 1.5],  # noqa: DTZ001
        [None, None, None, None, None],
        ["Ben", None, None, 7, None],
    ):
        sheet.append(line)
    file = io.BytesIO()
    book.save(file)

    assert read(file.getvalue(), "people.xlsx") == Table(
        headings=("name", "hire date", "seen", "number", "half"),
        rows=((2, ("Ada", "2021-03-09", "2020-01-02", "12", "1.5")), (4, ("Ben", "", "", "7", ""))),
        is_typed=True,
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n;;\n",
        b"PK\x03\x04 and then nonsense",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old Excel file",
        b'name;email\n"' + b"x" * 200_000,
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(CannotRead, match=r"people\.csv .*\."):
        read(content)


cells = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n", exclude_categories=["Cs"]), max_size=20)


@given(
    rows=st.lists(st.tuples(cells, cells), max_size=8),
    delimiter=st.sampled_from(";,\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_whatever_is_in_the_cells_comes_back(rows: list[tuple[str, str]], delimiter: str, encoding: str) -> None:
    file = io.StringIO(newline="")
    csv.writer(file, delimiter=delimiter).writerows([("name", "email"), *rows])

    table = read(file.getvalue().encode(encoding))

    expected = [tuple(cell.strip() for cell in row) for row in rows]
    assert [row for _number, row in table.rows] == [row for row in expected if any(row)]


@given(content=st.binary(max_size=400))
def test_no_bytes_bring_reading_down(content: bytes) -> None:
    try:
        table = read(content)
    except CannotRead:
        return
    assert all(len(row) == len(table.headings) for _number, row in table.rows)

"""Reads a table of people from a file: CSV as any office program writes it, or XLSX."""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice
from typing import BinaryIO, Final

from django.utils.translation import gettext_noop as _

from balie.platform.sentences import Said

MOST_BYTES: Final = 50 * 1024 * 1024
MOST_UNPACKED_BYTES: Final = 500 * 1024 * 1024
MOST_ROWS: Final = 200_000
MOST_COLUMNS: Final = 300

_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DELIMITERS = ";,\t|"


class CannotRead(Said):
    """The file is not a table that can be read; the message says why, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Headings, and rows with the number that they have in the file. Empty rows are left out, short ones are filled up."""

    headings: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    # Whether the file itself says which cells are numbers and days; they are written 1234.5 and 2026-11-23 then.
    is_typed: bool = False


def read_table(file: BinaryIO, name: str) -> Table:
    """The table in a file; `name` is only for messages, what the file is its content says. Raises `CannotRead`."""
    table, is_longer = _read(file, name, MOST_ROWS)
    if is_longer:
        raise CannotRead(_("%(name)s has more than 200,000 rows. Divide it into several files."), name=name)
    return table


def read_beginning(file: BinaryIO, name: str, *, rows: int) -> Table:
    """The headings and the first rows, without the work that the others are. Raises `CannotRead`."""
    return _read(file, name, rows)[0]


def _read(file: BinaryIO, name: str, most: int) -> tuple[Table, bool]:
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise CannotRead(_("%(name)s is larger than 50 MB. Divide it into several files."), name=name)
    if content.startswith(_OLD_EXCEL):
        raise CannotRead(_("%(name)s is an old Excel file. Save it as XLSX or CSV."), name=name)
    is_typed = content.startswith(_ZIP)
    lines = _xlsx_lines(content, name) if is_typed else _csv_lines(content, name)
    filled = ((number, line) for number, line in enumerate(lines, start=1) if any(line))
    heading = next(filled, None)
    if heading is None:
        raise CannotRead(_("%(name)s is empty."), name=name)
    rows = list(islice(filled, most + 1))
    width = min(max(place for place, cell in enumerate(heading[1], start=1) if cell), MOST_COLUMNS)
    table = Table(
        headings=tuple(heading[1][:width]),
        rows=tuple((number, tuple((line + [""] * width)[:width])) for number, line in rows[:most]),
        is_typed=is_typed,
    )
    return table, len(rows) > most


def _csv_lines(content: bytes, name: str) -> Iterator[list[str]]:
    text = _decoded(content).replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")
    first = text.lstrip("\n").partition("\n")[0].strip()
    if first.lower().startswith("sep=") and len(first) == len("sep=;"):
        # Excel's own way to say which delimiter follows; the line counts as empty.
        delimiter, text = first[-1], text.replace(first, "", 1)
    else:
        delimiter = max(_DELIMITERS, key=lambda one: len(next(csv.reader([first], delimiter=one), [])))
    try:
        for line in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [cell.strip() for cell in line]
    except csv.Error:
        raise CannotRead(
            _("%(name)s is not a table: a cell has no end. Look for a single quotation mark."), name=name
        ) from None


def _decoded(content: bytes) -> str:
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    if content[1:2] == b"\0" or content[:1] == b"\0":
        # UTF-16 without its mark: every second byte of plain letters is zero.
        return content.decode("utf-16-le" if content[1:2] == b"\0" else "utf-16-be", "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        # Five bytes mean nothing in Windows-1252; Latin-1 knows every byte.
        return content.decode("latin-1")


def _xlsx_lines(content: bytes, name: str) -> Iterator[list[str]]:
    import openpyxl

    damaged = CannotRead(_("%(name)s is damaged, or no XLSX file. Save it again as XLSX or CSV."), name=name)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            if sum(part.file_size for part in packed.infolist()) > MOST_UNPACKED_BYTES:
                raise CannotRead(_("%(name)s is too large when it is unpacked."), name=name)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    except CannotRead:
        raise
    except Exception:
        # openpyxl passes on whatever its XML and zip parsers raise.
        raise damaged from None
    try:
        sheet = book.worksheets[0]
        # Some programs write a wrong size of the sheet, and openpyxl would believe it.
        sheet.reset_dimensions()
        for line in sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS):
            yield [_cell(value) for value in line]
    except Exception:
        raise damaged from None
    finally:
        book.close()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()

"""Employees as a table for a spreadsheet or for another import, as far as the reader's access rights go.

Cells that a spreadsheet would take for a formula are neutralised: OWASP, "CSV Injection". An import takes that back.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from django.utils.translation import gettext as _

from balie.people.known import Known
from balie.people.models import Attribute, Person
from balie.people.rights import Rights

_T = Attribute.Type
# As OWASP lists them, the wide forms that some spreadsheets read the same included; and what another quote would hide.
_DANGEROUS: Final = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
# A plain number is no formula, whatever it begins with.
_NUMBER: Final = re.compile(r"[+-]?\d+([.,]\d+)?")


def lines(people: Iterable[Person], *, attributes: Iterable[Attribute], reader: Person) -> Iterator[list[str]]:
    """Headings in the reader's language, then a line for each person; days and numbers as every program reads them.

    An attribute that the reader sees of nobody here has no column; of whom they may not see it, its cell is empty.
    """
    everybody = list(people)
    access = Rights.of(reader).over(everybody)
    seen = [one for one in attributes if any(each.may_view(one) for each in access.values())]
    known = Known(everybody)
    known.read_people(everybody, attributes=seen)
    yield [
        _("Name"), _("Email"), _("Status"), _("Language"), _("Time zone"), _("Supervisor"),
        *(str(attribute) for attribute in seen),
    ]  # fmt: skip
    for person in everybody:
        lead = known.person(person.supervisor_id) if person.supervisor_id else None
        mine = access[person.pk]
        yield [
            person.name, person.email, str(person.get_status_display()), person.language, person.time_zone,
            (lead.email or lead.name) if lead else "",
            *(_cell(one, person.attributes.get(one.key), known) if mine.may_view(one) else "" for one in seen),
        ]  # fmt: skip


def as_csv(table: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with its mark, semicolons: what spreadsheets open as a table in Europe, and an import reads."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", quoting=csv.QUOTE_MINIMAL)
    writer.writerows([neutralised(cell) for cell in line] for line in table)
    return written.getvalue().encode("utf-8-sig")


def as_xlsx(table: Iterable[Sequence[str]]) -> bytes:
    """Every cell is text, so that none is a formula."""
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Balie")
    for line in table:
        cells = []
        for written in line:
            cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", written))
            cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def neutralised(cell: str) -> str:
    """With an apostrophe before what a spreadsheet would work out."""
    return f"'{cell}" if _DANGEROUS.match(cell) and not _NUMBER.fullmatch(cell) else cell


def as_it_was(cell: str) -> str:
    """Without the apostrophe that `neutralised` put there."""
    return cell[1:] if cell.startswith("'") and neutralised(cell[1:]) == cell else cell


def _cell(attribute: Attribute, value: object, known: Known) -> str:
    if value is None:
        return ""
    if attribute.type == _T.PERSON:
        person = known.person(value) if isinstance(value, int) else None
        return (person.email or person.name) if person else ""
    if attribute.has_choices:
        choices = known.choices(attribute)
        keys = value if isinstance(value, list) else [value]
        return "; ".join(str(choices.get(str(key), key)) for key in keys)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)

"""What is exported is no formula, and comes back by an import as it was."""

import csv
import io

import openpyxl
import pytest

from balie.people import exporting
from balie.people.importing import make_plan, read_table
from balie.people.models import Attribute, Choice, Person
from balie.people.presets import make_preset_attributes

pytestmark = pytest.mark.django_db

FORMULA = "=cmd|' /C calc'!A0"


def test_cells_that_a_spreadsheet_would_work_out_are_neutralised() -> None:
    for cell in (FORMULA, "+31 30 555", "-1+1", "@SUM(A1)", "\t=1", "＝1+1", "'=1"):
        assert exporting.neutralised(cell) == f"'{cell}"
        assert exporting.as_it_was(exporting.neutralised(cell)) == cell
    for cell in ("-5", "+1.5", "Ada", "a=b", "", "'t Hart", "2026-11-23"):
        assert exporting.neutralised(cell) == cell
        assert exporting.as_it_was(cell) == cell


def company(ada: Person, cleo: Person) -> list[Attribute]:
    make_preset_attributes()
    work = Attribute.objects.get(key="office").section
    for key, type_ in (("kit", "choices"), ("buddy", "person"), ("remote", "yes_no"), ("hours", "decimal")):
        Attribute.objects.create(key=key, label=key.title(), section=work, type=type_)
    for name in ("Laptop", "Screen, large"):
        Choice.objects.create(attribute=Attribute.objects.get(key="kit"), key=name[:6].lower(), label=name)
    ada.attributes = {
        "kit": ["laptop"], "buddy": cleo.pk, "remote": False, "hours": "36.5", "office": FORMULA, "phone": "+31 30 555",
        "hire_date": "2021-03-09",
    }  # fmt: skip
    ada.save()
    return [*Attribute.objects.in_use().prefetch_related("choices")]


@pytest.mark.parametrize("write", [exporting.as_csv, exporting.as_xlsx])
def test_an_export_comes_back_by_an_import_and_changes_nothing(
    ada: Person, cleo: Person, eva: Person, write: object
) -> None:
    attributes = company(ada, cleo)
    content = write(exporting.lines(Person.objects.order_by("pk"), attributes=attributes, reader=eva))  # type: ignore[operator]  # one of both
    plan = make_plan(read_table(io.BytesIO(content), "people"))
    assert (plan.size, plan.unchanged, plan.faults, plan.ignored_columns) == (0, 3, [], [])


def test_no_cell_of_an_xlsx_is_a_formula(ada: Person, cleo: Person, eva: Person) -> None:
    content = exporting.as_xlsx(exporting.lines([ada], attributes=company(ada, cleo), reader=eva))
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows() for cell in row]
    assert FORMULA in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells if cell.value} == {"s"}


def test_a_csv_opens_as_a_table_and_names_people_by_address(ada: Person, cleo: Person, eva: Person) -> None:
    content = exporting.as_csv(exporting.lines([ada], attributes=company(ada, cleo), reader=eva))
    assert content.startswith(b"\xef\xbb\xbf")
    heading, line = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    said = dict(zip(heading, line, strict=True))
    assert (said["Buddy"], said["Supervisor"], said["Office"]) == (
        "cleo@balie.example",
        "cleo@balie.example",
        f"'{FORMULA}",
    )


def test_what_the_reader_may_not_see_is_not_in_it(ada: Person, cleo: Person, organisation: object) -> None:
    attributes = company(ada, cleo)
    heading, line = exporting.lines([ada], attributes=attributes, reader=cleo)
    assert "Hours" not in heading
    assert FORMULA not in line

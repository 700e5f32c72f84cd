"""`balie people import`, as an administrator types it."""

from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from balie.operations.commands import people
from balie.organisation.models import Organisation
from balie.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # The tests have their desk already.
    monkeypatch.setattr(people, "desk", nullcontext)
    Organisation.objects.create(name="Balie Example", language="en")
    return tmp_path


def run(folder: Path, text: str, *options: str) -> Result:
    file = folder / "people.csv"
    file.write_text(text)
    return CliRunner().invoke(people.people, ["import", str(file), *options])


def test_a_dry_run_shows_the_plan_and_changes_nothing(folder: Path) -> None:
    result = run(folder, "name;email\nAda;ada@balie.example\n", "--dry-run")

    assert result.exit_code == 0
    assert "Ada <ada@balie.example>" in result.output
    assert "1 new, 0 changed" in result.output
    assert not Person.objects.exists()


def test_good_rows_come_over_and_a_fault_is_the_exit_code(folder: Path) -> None:
    result = run(folder, "name;email\nAda;ada@balie.example\nBen;\n")

    assert result.exit_code == 1
    assert "Row 3: The work address is missing." in result.output
    assert list(Person.objects.values_list("name", flat=True)) == ["Ada"]
    again = run(folder, "name;email\nAda;ada@balie.example\n")
    assert again.exit_code == 0
    assert "0 new, 0 changed, 0 inactive, 1 as before" in again.output


def test_departures_are_asked_for(folder: Path) -> None:
    run(folder, "name;email\nAda;ada@balie.example\nBen;ben@balie.example\n")
    Person.objects.bulk_create(Person(name=f"P{n}", email=f"p{n}@balie.example") for n in range(2))
    result = run(folder, "name;email\nAda;ada@balie.example\n", "--departures")
    assert result.exit_code == 1
    assert "3 of 4 employees would become inactive" in result.output
    assert not Person.objects.filter(status="inactive").exists()
    result = run(folder, "name;email\nAda;ada@balie.example\n", "--departures", "--many-may-leave")

    assert "Inactive from now on:\n  Ben\n  P0\n  P1\n" in result.output
    assert Person.objects.get(name="Ben").status == "inactive"


def test_what_is_no_table_is_said_in_a_sentence(folder: Path) -> None:
    result = run(folder, "hello")

    assert result.exit_code == 1
    assert "No column holds the work address" in result.output


def test_columns_are_mapped_by_hand(folder: Path) -> None:
    result = run(
        folder,
        "Wie;Adres;status\nAda;ada@balie.example;what\n",
        "--map",
        "wie=name",
        "--map",
        "Adres=email",
        "--map",
        "status=",
    )
    assert result.exit_code == 0, result.output
    assert Person.objects.get().name == "Ada"
    assert run(folder, "a;b\nAda;x\n", "--map", "c=name").exit_code == 2

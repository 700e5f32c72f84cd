"""`balie people`: bring employees over from a file."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from balie.operations.standing import desk

if TYPE_CHECKING:
    from balie.people.importing import ImportPlan

_MOST_LINES: Final = 50


@click.group()
def people() -> None:
    """Bring employees over."""


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Show what would change, and change nothing.")
@click.option(
    "--departures", is_flag=True, help="Make employees inactive who are not in the file (administrators never)."
)
def import_(*, file: Path, dry_run: bool, departures: bool) -> None:
    """Bring employees over from FILE (CSV or XLSX). Nobody is told. Rows that cannot be used are named, the rest is imported."""
    with desk():
        from balie.people.importing import CannotRead, ChangedMeanwhile, ImportPlan, read_table

        try:
            with file.open("rb") as opened:
                plan = ImportPlan.make(read_table(opened, file.name), with_departures=departures)
            _show(plan)
            if not dry_run and plan.size:
                with click.progressbar(length=plan.size, label="Importing") as bar:
                    plan.apply(progress=bar.update)
        except CannotRead as reason:
            click.echo(str(reason), err=True)
            sys.exit(1)
        except ChangedMeanwhile:
            click.echo("Somebody changed people meanwhile, so nothing was imported. Run the command again.", err=True)
            sys.exit(1)
        if dry_run:
            click.echo("Nothing was changed.")
        if plan.faults:
            sys.exit(1)


def _show(plan: "ImportPlan") -> None:
    """The plan, as one reads it: a section for each kind of change, long ones cut."""
    _section("New", [f"{one.person.name} <{one.person.email}>" for one in plan.additions])
    _section(
        "Changed",
        [
            f"{one.person.name}: "
            + "; ".join(f"{label}: {old or '-'} → {new}" for label, (old, new) in one.changes.items())
            for one in plan.changes
        ],
    )
    _section("Inactive from now on", [person.name for person in plan.departures])
    if plan.ignored_columns:
        click.echo("Columns left out: " + ", ".join(plan.ignored_columns))
    _section("Rows with a fault", [f"Row {fault.row}: {fault.what}" for fault in plan.faults])
    click.echo(
        f"{len(plan.additions)} new, {len(plan.changes)} changed, {len(plan.departures)} inactive, "
        f"{plan.unchanged} as before, {len(plan.faults)} with a fault."
    )


def _section(title: str, lines: Sequence[str]) -> None:
    if not lines:
        return
    click.echo(f"{title}:")
    for line in lines[:_MOST_LINES]:
        click.echo(f"  {line}")
    if len(lines) > _MOST_LINES:
        click.echo(f"  and {len(lines) - _MOST_LINES} more")

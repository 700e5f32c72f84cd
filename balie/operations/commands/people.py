"""`balie people`: bring employees over from a file."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from balie.operations.standing import desk

if TYPE_CHECKING:
    from balie.people.importing import ImportPlan
    from balie.people.tables import Table

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
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="HEADING=COLUMN",
    help="What a column holds: name, first_name, last_name, email, other_addresses, status, language, time_zone, supervisor, "
    "or an attribute's key; nothing leaves it out. As often as wanted; others are guessed.",
)
@click.option("--decimal-mark", type=click.Choice([",", "."]), help="How numbers are written; guessed from the file.")
@click.option("--month-first", is_flag=True, default=None, help="Dates are 11/23/2026; guessed from the file.")
@click.option("--many-may-leave", is_flag=True, help="Go on when more become inactive than the organisation allows.")
def import_(
    *,
    file: Path,
    dry_run: bool,
    departures: bool,
    maps: tuple[str, ...],
    decimal_mark: str | None,
    month_first: bool | None,
    many_may_leave: bool,
) -> None:
    """Bring employees over from FILE (CSV or XLSX). Nobody is told. Rows that cannot be used are named, the rest is imported."""
    with desk():
        from balie.people.importing import (
            CannotRead,
            ChangedMeanwhile,
            Reading,
            TooManyLeave,
            apply,
            make_plan,
            read_table,
        )

        try:
            with file.open("rb") as opened:
                table = read_table(opened, file.name)
            reading = Reading(
                columns=_columns(table, maps), decimal_mark=decimal_mark or "", is_month_first=month_first or None
            )
            plan = make_plan(table, with_departures=departures, reading=reading)
            _show(plan)
            if not dry_run and plan.size:
                with click.progressbar(length=plan.size, label="Importing") as bar:
                    apply(plan, many_may_leave=many_may_leave, progress=bar.update)
        except TooManyLeave:
            click.echo(
                f"{plan.leaving} of {plan.present} employees would become inactive, which is more than the organisation allows "
                "at once. Nothing was imported. If the file is complete, add --many-may-leave.",
                err=True,
            )
            sys.exit(1)
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


def _columns(table: "Table", maps: Sequence[str]) -> tuple[str, ...] | None:
    """The guesses, changed as was asked; None when nothing was."""
    if not maps:
        return None
    from balie.people.headings import PERSON_FIELDS, columns, plainly
    from balie.people.models import Attribute

    attributes = [*Attribute.objects.in_use()]
    found = columns(table.headings, attributes=attributes)
    known = PERSON_FIELDS | {attribute.key for attribute in attributes} | {""}
    places = {plainly(heading): place for place, heading in enumerate(table.headings)}
    for one in maps:
        heading, _sign, column = one.rpartition("=")
        if plainly(heading) not in places or column not in known:
            raise click.BadParameter(f"{one}: there is no such column or attribute.", param_hint="--map")
        found = ["" if name == column else name for name in found]
        found[places[plainly(heading)]] = column
    return tuple(found)


def _show(plan: "ImportPlan") -> None:
    """The plan, as one reads it: a section for each kind of change, long ones cut."""
    _section("New", [f"{one.person.name} <{one.person.email}>" for one in plan.additions])
    _section(
        "Changed",
        [
            f"{one.person.name}: "
            + "; ".join(f"{label}: {old or '-'} → {new}" for label, old, new in one.changes(plan.known))
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

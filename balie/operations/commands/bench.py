"""`balie bench`: the project's own measurements."""

import sys
from datetime import datetime

import click

from balie.operations.standing import desk


@click.group()
def bench() -> None:
    """Fill a desk of its own (another BALIE_DATA) and measure it; never one that people use."""


@bench.command()
@click.option("--requests", default=1_000_000, show_default=True, type=click.IntRange(1, 20_000_000))
def fill(*, requests: int) -> None:
    """Make a company of realistic size."""
    with desk():
        from balie.operations.bench.filling import NotEmpty
        from balie.operations.bench.filling import fill as fill_desk

        def say(line: str) -> None:
            click.echo(f"{datetime.now():%H:%M:%S} {line}")  # noqa: DTZ005  (the operator's own clock)

        try:
            fill_desk(requests=requests, say=say)
        except NotEmpty:
            click.echo("There are requests here already; the bench fills an empty desk only.", err=True)
            sys.exit(1)


@bench.command()
@click.argument("names", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--n", default=2000, show_default=True, help="How many of each.")
def run(*, names: tuple[str, ...], as_json: bool, n: int) -> None:
    """Measure NAMES (all when none is given)."""
    with desk():
        from balie.operations.bench import measures

        unknown = set(names) - set(measures.MEASURES)
        if unknown:
            click.echo(
                f"There is no measure {', '.join(sorted(unknown))}; there are {', '.join(measures.MEASURES)}.", err=True
            )
            sys.exit(2)
        for name in names or measures.MEASURES:
            # Some take minutes before their first figure.
            click.echo(f"{datetime.now():%H:%M:%S} {name}", err=True)  # noqa: DTZ005  (the operator's own clock)
            for measured in measures.MEASURES[name](n):
                click.echo(measured.as_json() if as_json else measured.as_line())


@bench.command()
@click.option("--minutes", default=60, show_default=True, type=click.IntRange(1, 24 * 60))
def soak(*, minutes: int) -> None:
    """Memory of web, two workers and the mail door under a steady load."""
    with desk():
        from balie.operations.bench.soak import soak as soak_desk

        def say(line: str) -> None:
            click.echo(f"{datetime.now():%H:%M:%S} {line}")  # noqa: DTZ005  (the operator's own clock)

        for measured in soak_desk(minutes=minutes, say=say):
            click.echo(measured.as_line())

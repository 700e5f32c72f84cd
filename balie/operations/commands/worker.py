"""`balie worker`: understands what came in and delivers what is owed."""

import click

from balie.operations.standing import desk


@click.command()
def worker() -> None:
    """Any number of these may run, on any number of machines."""
    with desk():
        from balie.operations.working import work

        work()

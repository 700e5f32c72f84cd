"""`balie check`: what is wrong with this installation, and how to mend it."""

import sys

import click

from balie.operations.standing import desk


@click.command()
def check() -> None:
    """Print each problem with its cure; exit with 1 if there is any."""
    with desk(migrated=False):
        from balie.operations.checking import problems

        found = list(problems())
        for problem in found:
            click.echo(f"{problem.what}\n  {problem.cure}")
        if found:
            sys.exit(1)
        click.echo("Everything is in order.")

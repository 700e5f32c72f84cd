"""`balie demo`: the demo company."""

import sys

import click

from balie.operations.standing import desk


@click.command()
def demo() -> None:
    """Load the demo company into an empty desk."""
    with desk():
        from balie.operations.demo.loading import load

        if not load():
            click.echo("This desk has an organisation already; the demo company only goes into an empty one.", err=True)
            sys.exit(1)
        click.echo("The demo company is there.")

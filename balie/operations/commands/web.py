"""`balie web`: the web server."""

import os
import sys

import click

from balie.operations.standing import desk


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--processes", default=0, type=click.IntRange(0, 64), help="How many; as many as there are cores by default."
)
def web(*, host: str, port: int, processes: int) -> None:
    """Pages, the API and the live stream. Any number of these may run, on any number of machines."""
    with desk():
        from balie.operations.serving import PortTaken, serve_web

        try:
            serve_web(host=host, port=port, processes=processes or os.cpu_count() or 1)
        except PortTaken as reason:
            click.echo(str(reason), err=True)
            sys.exit(1)

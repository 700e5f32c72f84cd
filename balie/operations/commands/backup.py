"""`balie backup`: everything into one file."""

import sys
from pathlib import Path

import click

from balie.operations.standing import desk


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(*, file: Path) -> None:
    """Write data, attachments and keys into FILE. Keep it as safe as the desk itself: the keys are in it."""
    with desk():
        from balie.operations.backup import BackupFailed, back_up

        try:
            back_up(file)
        except BackupFailed as reason:
            click.echo(str(reason), err=True)
            sys.exit(1)

"""`balie restore`: everything back from one file."""

import sys
from pathlib import Path

import click

from balie.operations.standing import desk


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace the desk that is here already.")
def restore(*, file: Path, force: bool) -> None:
    """Bring back data, attachments and keys from FILE, made by `balie backup`. The whole of it is verified first."""
    with desk():
        from balie.operations import restoring

        bring_back = restoring.restore_over if force else restoring.restore
        try:
            manifest = bring_back(file)
        except (restoring.RestoreRefused, restoring.RestoreFailed) as reason:
            click.echo(str(reason), err=True)
            sys.exit(1)
        click.echo(f"Restored what was backed up at {manifest.made_at}.")

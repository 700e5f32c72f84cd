"""What a command stands on: a database that answers, Django set up, migrations done."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from balie.platform import environment, lifeline, logs, postgres


@contextmanager
def desk(*, migrated: bool = True) -> Iterator[None]:
    """Everything a command needs for its lifetime; starts the embedded PostgreSQL when it is used and not running."""
    given = environment.read()
    logs.set_up(json=not sys.stderr.isatty())
    lifeline.watch()
    if given.database_url:
        _set_up(migrated=migrated)
        yield
        return
    try:
        with postgres.serving(given.data) as url:
            os.environ["BALIE_DATABASE_URL"] = url
            _set_up(migrated=migrated)
            yield
    except postgres.CannotStart as reason:
        click.echo(str(reason), err=True)
        sys.exit(1)


def _set_up(*, migrated: bool) -> None:
    import django

    django.setup()
    if migrated:
        from balie.operations.migrating import migrate_once

        migrate_once()

"""Bringing the database up to this version of Balie: by every process at its start, by one of them at a time."""

import time

import psycopg
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from balie.platform import listening

_LOCK = 0x62616C6965  # "balie" in ASCII; any number does, so long as it is always the same

_PATIENCE = 60.0  # seconds for a database that says that it is starting
_STARTING = ("starting up", "not yet accepting connections", "shutting down")


def migrate_once() -> bool:
    """Apply the migrations that are missing, and say whether there were any; waits while another process applies them.

    The lock belongs to a connection of its own and goes with it, so a process that is killed meanwhile holds up nobody.
    """
    _await_start()
    if not missing_migrations():
        return False
    with psycopg.connect(**listening.address(), autocommit=True, application_name="balie migrating") as lock:
        lock.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        if not missing_migrations():
            return False
        call_command("migrate", verbosity=0, interactive=False)
        return True


def missing_migrations() -> list[str]:
    """The names of the migrations that this version has and the database has not, as `app.name`."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def applied_migrations() -> list[str]:
    """The names of the migrations that the database has."""
    return sorted(f"{app}.{name}" for app, name in MigrationExecutor(connection).loader.applied_migrations)


def known_migrations() -> set[str]:
    """The names of the migrations that this version of Balie has, with those that newer ones replace."""
    loader = MigrationExecutor(connection).loader
    replaced = {key for migration in (loader.disk_migrations or {}).values() for key in migration.replaces}
    return {f"{app}.{name}" for app, name in {*(loader.disk_migrations or {}), *replaced}}


def _await_start() -> None:
    """A database that is there and still starting, as after a crash, is waited for; one that is not there is not."""
    patience = time.monotonic() + _PATIENCE
    while True:
        try:
            return connection.ensure_connection()
        except OperationalError as fault:
            if not any(words in str(fault) for words in _STARTING) or time.monotonic() > patience:
                raise
            time.sleep(0.2)

"""Bringing a desk back from a backup: all is verified beside the installation first, and then takes its place."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import IO

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from psycopg import sql

from balie.operations import archive
from balie.operations.backup import fingerprint, run_tool
from balie.operations.migrating import known_migrations, migrate_once
from balie.platform import files
from balie.platform.environment import read as read_environment
from balie.platform.secrets import KEY_FILE

# What a newer pg_restore says and an older server does not know, or what is there already.
_NOT_FOR_ALL_SERVERS = (b"SET transaction_timeout", b"CREATE SCHEMA public;")


class RestoreRefused(Exception):
    """Nothing was changed; the message says why, and what to do."""


class RestoreFailed(Exception):
    """The database is as it was before; the message says why."""


def restore(file: Path) -> archive.Manifest:
    """Bring a backup back onto an empty installation; raises `RestoreRefused` when it is not empty, or the backup not whole."""
    if _holds_people():
        raise RestoreRefused(
            "There is a desk here already: restore onto an empty installation, or add --force to replace it."
        )
    return restore_over(file)


def restore_over(file: Path) -> archive.Manifest:
    """Bring a backup back in place of whatever is here."""
    if others := _other_sessions():
        raise RestoreRefused(
            f"{others} other connections use this database: stop Balie (run, web, worker and maildoor) first, and restore then."
        )
    beside = settings.BALIE.data / "restoring"
    if beside.exists():
        shutil.rmtree(beside)
    try:
        beside.mkdir(mode=0o700, parents=True)
        manifest = _verified(file, beside)
        _put_files(beside)
        _put_database(beside / archive.DATABASE, manifest)
        _put_key(beside)
    except OSError as reason:
        raise RestoreRefused(f"{file} could not be restored: {reason}.") from reason
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    # The backup may be older than this version.
    connection.close()
    migrate_once()
    return manifest


def _verified(file: Path, beside: Path) -> archive.Manifest:
    try:
        manifest = archive.unpack(file, beside)
    except archive.BrokenArchive as reason:
        raise RestoreRefused(str(reason)) from reason
    if unknown := sorted(set(manifest.migrations) - known_migrations()):
        raise RestoreRefused(
            f"This backup was made by a newer Balie ({manifest.balie}, with {unknown[-1]}): restore it with that version."
        )
    if fingerprint(_key_afterwards(beside)) != manifest.key:
        raise RestoreRefused(
            "This backup belongs to another secret key: set BALIE_SECRET_KEY to the one that was set where it was made, "
            "or unset it if none was."
        )
    return manifest


def _key_afterwards(beside: Path) -> str:
    """The key that will be in use after the restore: the variable goes before the file."""
    if given := read_environment().secret_key:
        return given
    restored = beside / archive.KEY
    return (restored.read_text().split() or [""])[0] if restored.exists() else str(settings.SECRET_KEY)


def _holds_people() -> bool:
    person = get_user_model()
    return person._meta.db_table in connection.introspection.table_names() and person._default_manager.exists()


def _other_sessions() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


def _put_files(beside: Path) -> None:
    """Before the rows that name them. They were synced when they were unpacked, and are on the same disk."""
    for file in (beside / "files").glob("*"):
        place = files.path_of(file.name)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.replace(place)
        archive.sync(place.parent)
        archive.sync(place.parent.parent)
    if (root := settings.BALIE.data / "files").exists():
        archive.sync(root)


def _put_database(dump: Path, manifest: archive.Manifest) -> None:
    """In one transaction: what was there goes, what was backed up comes, and every table has as many rows as it had."""
    reading = run_tool("pg_restore", "--no-owner", "--no-privileges", "--file=-", str(dump))
    writing = run_tool(
        "psql",
        "--no-psqlrc",
        "--quiet",
        "--output=/dev/null",
        "--single-transaction",
        "--set=ON_ERROR_STOP=1",
        "--file=-",
    )
    connection.close()
    with reading, writing:
        assert reading.stdin is not None
        assert reading.stdout is not None
        assert writing.stdin is not None
        reading.stdin.close()
        try:
            writing.stdin.write(
                b"SET client_min_messages = warning; DROP SCHEMA public CASCADE;"
                b" CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO PUBLIC;\n"
            )
            _copy(reading.stdout, writing.stdin)
            # Only a dump that was read to its end may be committed.
            whole = reading.wait() == 0
            ending = _proof(manifest) if whole else [b"\nSELECT 'the dump is damaged'::int;\n"]
            writing.stdin.writelines(ending)
        except BrokenPipeError:
            pass  # it has ended, and says why
        _, said = _end(writing)
        if writing.returncode != 0:
            reading.kill()
            raise RestoreFailed(f"The database refused the backup: {said.decode(errors='replace').strip()}")


def _copy(source: IO[bytes], target: IO[bytes]) -> None:
    for line in islice(source, 100):
        if not line.startswith(_NOT_FOR_ALL_SERVERS):
            target.write(line)
    shutil.copyfileobj(source, target, 1 << 20)


def _proof(manifest: archive.Manifest) -> Iterator[bytes]:
    for table, rows in manifest.rows.items():
        sentence = sql.SQL(
            "DO $proof$ BEGIN IF (SELECT count(*) FROM {table}) <> {rows} THEN"
            " RAISE EXCEPTION 'table % has not as many rows as were backed up', {name}; END IF; END $proof$;\n"
        ).format(table=sql.Identifier("public", table), rows=sql.Literal(rows), name=sql.Literal(table))
        yield sentence.as_bytes()


def _end(process: "subprocess.Popen[bytes]") -> tuple[bytes, bytes]:
    if process.stdin:
        with suppress(BrokenPipeError):
            process.stdin.close()
    process.stdin = None  # or communicate would close it again
    return process.communicate()


def _put_key(beside: Path) -> None:
    restored = beside / archive.KEY
    if restored.exists():
        restored.chmod(0o600)
        restored.replace(settings.BALIE.data / KEY_FILE)
        archive.sync(settings.BALIE.data)

"""Backing a desk up while it runs: one moment of the database, then the files that it names, then the key."""

import fcntl
import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from psycopg import Connection, sql
from psycopg.conninfo import make_conninfo

from balie.operations import archive
from balie.operations.migrating import applied_migrations
from balie.platform import clock, files, listening
from balie.platform.postgres_programs import MAJOR, binary
from balie.platform.secrets import KEY_FILE

_OLDEST = 15


class BackupFailed(Exception):
    """There is no backup; the message says why."""


def back_up(file: Path) -> archive.Manifest:
    """Write everything into one archive. It appears under its name when it is whole; an older one there is replaced."""
    try:
        with files_stay(), archive.writing(file.absolute()) as writer:
            with tempfile.TemporaryDirectory(prefix=".balie-backup-", dir=file.absolute().parent) as folder:
                dump = Path(folder) / archive.DATABASE
                manifest = _dump(dump)
                writer.add(archive.DATABASE, dump)
            for path in sorted(kept_files()):
                writer.add(f"files/{path.name}", path)
            if (key := settings.BALIE.data / KEY_FILE).exists():
                writer.add(archive.KEY, key)
            writer.finish(manifest)
    except OSError as reason:
        raise BackupFailed(f"{file} could not be written: {reason.strerror or reason}.") from reason
    return manifest


def kept_files() -> Iterator[Path]:
    """Every kept file. Those that came after the dump come along: that is no harm, and a sweep removes them."""
    root = settings.BALIE.data / "files"
    return (path for path in root.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*") if path == files.path_of(path.name))


def fingerprint(key: str) -> str:
    """Tells one secret key from another, and tells nothing of the key."""
    return hashlib.sha256(b"balie backup: " + key.encode()).hexdigest()[:16]


def count_rows(database: "Connection[tuple[object, ...]]") -> dict[str, int]:
    """The number of rows of each table."""
    tables = database.execute("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    rows = {}
    for (table,) in tables:
        counted = database.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", str(table))))
        (rows[str(table)],) = (int(str(number)) for number in counted.fetchone() or ())
    return rows


def run_tool(name: str, *arguments: str) -> "subprocess.Popen[bytes]":
    """One of PostgreSQL's programs on our database. The password is in its environment, where others cannot read it."""
    address = listening.address()
    password = str(address.pop("password", None) or "")
    command = [str(binary(name)), *arguments]
    if name != "pg_restore":
        command += ["--no-password", f"--dbname={make_conninfo(**address)}"]
    quiet = {"PGOPTIONS": "", "LC_ALL": "C"}
    return subprocess.Popen(  # noqa: S603  (our own program)
        command,
        env={**os.environ, **quiet, **({"PGPASSWORD": password} if password else {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


@contextmanager
def files_stay() -> Iterator[None]:
    """Hold off the sweep of files, so that what the dump names is there until it is in the archive."""
    root = settings.BALIE.data / "files"
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def _dump(path: Path) -> archive.Manifest:
    """The rows are counted in the same snapshot that pg_dump writes down, so that a restore can prove itself."""
    connection.ensure_connection()
    server = connection.connection.info.server_version
    if not _OLDEST <= server // 10000 <= MAJOR:
        raise BackupFailed(
            f"This database is PostgreSQL {server // 10000}; Balie can back up versions {_OLDEST} to {MAJOR}: "
            "use the pg_dump that belongs to it, and copy the files and keys in BALIE_DATA."
        )
    with transaction.atomic():
        database: Connection[tuple[object, ...]] = connection.connection
        database.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        (snapshot,) = database.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        rows = count_rows(database)
        dumping = run_tool(
            "pg_dump",
            *("--format=custom", "--compress=none", "--no-owner", "--no-privileges", "--no-comments"),
            *(f"--snapshot={snapshot}", f"--file={path}"),
        )
        _, said = dumping.communicate()
        if dumping.returncode != 0:
            raise BackupFailed(f"The database could not be backed up: {said.decode(errors='replace').strip()}")
        migrations = applied_migrations()
    return archive.Manifest(
        made_at=clock.now().isoformat(timespec="seconds"),
        balie=version("balie"),
        postgresql=f"{server // 10000}.{server % 10000}",
        migrations=migrations,
        rows=rows,
        key=fingerprint(settings.SECRET_KEY),
    )

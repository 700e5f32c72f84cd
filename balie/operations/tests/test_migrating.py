"""Many processes start at once; one of them brings the database up to date, and none runs before that."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager

from django.db import connection

from balie.operations.migrating import applied_migrations, known_migrations, migrate_once, missing_migrations
from balie.operations.tests.conftest import Installation, administer

STARTS = "import django; django.setup(); from balie.operations.migrating import migrate_once; print(migrate_once())"


def test_one_of_many_migrates_and_the_others_wait_for_it(install: object) -> None:
    name = f"new_{secrets.token_hex(6)}"
    administer(f"CREATE DATABASE {name}")
    try:
        from psycopg.conninfo import conninfo_to_dict

        server = conninfo_to_dict(os.environ["BALIE_TEST_SERVER"])
        user = f"{server['user']}:{server['password']}" if server.get("password") else server["user"]
        url = f"postgresql://{user}@/{name}?host={server['host']}&port={server.get('port', 5432)}"
        starting = [
            subprocess.Popen(
                [sys.executable, "-c", STARTS],
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "BALIE_DATABASE_URL": url},
            )
            for _ in range(3)
        ]
        told = [process.communicate(timeout=120)[0].strip() for process in starting]
        assert sorted(told) == ["False", "False", "True"]
    finally:
        administer(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_database_that_is_up_to_date_is_left_alone(
    install: Callable[[], Installation], at: Callable[[Installation], AbstractContextManager[None]]
) -> None:
    with at(install()):
        assert missing_migrations() == []
        assert set(applied_migrations()) <= known_migrations()
        assert not migrate_once()
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
            assert cursor.fetchone() == (0,)

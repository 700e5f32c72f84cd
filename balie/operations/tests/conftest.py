"""Whole installations for tests: a database of its own on the test server, and a data folder of its own."""

import dataclasses
import fcntl
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import override_settings
from psycopg.conninfo import make_conninfo

from balie.operations.demo.loading import load
from balie.operations.migrating import migrate_once
from balie.operations.tests.desk import Desk, open_desk


@dataclasses.dataclass
class Installation:
    """Where one desk keeps what it has."""

    database: str
    data: Path

    @property
    def url(self) -> str:
        return make_conninfo(os.environ["BALIE_TEST_SERVER"], dbname=self.database)


def administer(statement: str) -> None:
    with psycopg.connect(make_conninfo(os.environ["BALIE_TEST_SERVER"], dbname="postgres"), autocommit=True) as server:
        server.execute(statement)  # type: ignore[call-overload]


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that all processes of a run have together."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@contextmanager
def _first(shared: Path, what: str) -> Iterator[bool]:
    """Whether this process is the first of the run to make it; the others wait until it is made."""
    with (shared / f"{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = shared / f"{what}.made"
        yield not made.exists()
        made.touch()


@pytest.fixture(scope="session")
def migrated(shared: Path, django_db_blocker: Any) -> str:
    """An empty database with all migrations, to copy."""
    name = f"made_{os.environ['BALIE_TEST_RUN']}"
    with _first(shared, "migrated") as is_first:
        if is_first:
            administer(f"CREATE DATABASE {name}")
            with _connected_to(name, django_db_blocker):
                migrate_once()
    return name


@contextmanager
def _connected_to(name: str, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        before = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = name
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = before


@pytest.fixture(scope="session")
def install(migrated: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Installation]]:
    """Each call makes one more empty installation."""
    made: list[Installation] = []

    def install() -> Installation:
        one = Installation(database=f"desk_{secrets.token_hex(6)}", data=tmp_path_factory.mktemp("desk"))
        administer(f"CREATE DATABASE {one.database} TEMPLATE {migrated}")
        made.append(one)
        return one

    yield install
    for one in made:
        administer(f"DROP DATABASE IF EXISTS {one.database} WITH (FORCE)")


@pytest.fixture(scope="session")
def at(django_db_blocker: Any) -> Callable[[Installation], Any]:
    """`with at(installation):` is being on that machine."""

    @contextmanager
    def at(installation: Installation) -> Iterator[None]:
        there = dataclasses.replace(settings.BALIE, data=installation.data)
        with override_settings(BALIE=there), _connected_to(installation.database, django_db_blocker):
            yield

    return at


@pytest.fixture(scope="session")
def loaded(migrated: str, at: Callable[[Installation], Any], shared: Path) -> Callable[[Installation], None]:
    """Puts the demo company into an installation: made once for all processes of a run, and then copied."""
    first = Installation(f"demo_{os.environ['BALIE_TEST_RUN']}", shared / "demo")
    with _first(shared, "loaded") as is_first:
        if is_first:
            administer(f"CREATE DATABASE {first.database} TEMPLATE {migrated}")
            first.data.mkdir()
            with at(first):
                load()

    def loaded(one: Installation) -> None:
        administer(f"DROP DATABASE {one.database} WITH (FORCE)")
        administer(f"CREATE DATABASE {one.database} TEMPLATE {first.database}")
        shutil.copytree(first.data, one.data, dirs_exist_ok=True)

    return loaded


@pytest.fixture(scope="session")
def demo(install: Callable[[], Installation], loaded: Callable[[Installation], None]) -> Installation:
    """The demo company, for all tests that only look at it."""
    one = install()
    loaded(one)
    return one


@pytest.fixture
def company(demo: Installation, at: Callable[[Installation], Any]) -> Iterator[None]:
    """The test sees the demo company; what it changes is taken back."""
    with at(demo), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One whole desk for all tests that harm it; each leaves it well."""
    with open_desk(tmp_path_factory.mktemp("whole") / "desk") as opened:
        yield opened

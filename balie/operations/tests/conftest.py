"""Whole installations for tests: a database of its own on the test server, and a data folder of its own."""

import dataclasses
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from psycopg.conninfo import make_conninfo

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
def migrated(django_db_blocker: Any) -> Iterator[str]:
    """An empty database with all migrations, to copy."""
    name = f"made_{secrets.token_hex(6)}"
    administer(f"CREATE DATABASE {name}")
    with _connected_to(name, django_db_blocker):
        migrate_once()
    yield name
    administer(f"DROP DATABASE {name} WITH (FORCE)")


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
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One whole desk for all tests that harm it; each leaves it well."""
    with open_desk(tmp_path_factory.mktemp("whole") / "desk") as opened:
        yield opened

"""What all tests stand on: one embedded PostgreSQL for the run, a data folder of its own, and the cast."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


def _begin() -> None:
    """Before Django reads its settings: a fresh data folder, and a server that ends with the run."""
    if "BALIE_TEST_SERVER" not in os.environ:
        from balie.platform.postgres import Postgres

        folder = Path(tempfile.mkdtemp(prefix="balie-test-"))
        fast = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"}
        server = Postgres.start(folder / "database", settings=fast)
        os.environ["BALIE_TEST_SERVER"] = server.url
        atexit.register(lambda: (server.stop(), shutil.rmtree(folder, ignore_errors=True)))
    # The processes of one run know each other by it.
    os.environ.setdefault("BALIE_TEST_RUN", secrets.token_hex(6))
    os.environ["BALIE_DATABASE_URL"] = os.environ["BALIE_TEST_SERVER"]
    os.environ["BALIE_DATA"] = tempfile.mkdtemp(prefix="balie-data-")
    atexit.register(shutil.rmtree, os.environ["BALIE_DATA"], ignore_errors=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "balie.config.settings")
    for name in ("BALIE_SMTP_URL", "BALIE_URL", "BALIE_MAIL_DOMAIN", "BALIE_SECRET_KEY"):
        os.environ.pop(name, None)
    import django

    django.setup()


_begin()

pytest_plugins = ["balie.config.tests.cast", "balie.config.tests.counting", "balie.config.tests.browser"]


@pytest.fixture(autouse=True)
def _own_files(tmp_path: Path, settings: object) -> None:
    """Each test keeps its files in a folder of its own."""
    import dataclasses

    settings.BALIE = dataclasses.replace(settings.BALIE, data=tmp_path / "data")  # type: ignore[attr-defined]  # pytest-django's wrapper
    (tmp_path / "data").mkdir()
    # Without the manifest that `collectstatic` writes.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}  # type: ignore[attr-defined]


@pytest.fixture(scope="session", autouse=True)
def _emptied_quickly() -> Iterator[None]:
    """What a test commits is deleted after it."""
    from django.test import TransactionTestCase

    from balie.platform.tests.emptying import empty

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes minutes begins first, so that no process works on it alone at the end."""
    items.sort(key=lambda item: item.get_closest_marker("takes_minutes") is None)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """The process that began the run takes away what its processes shared."""
    if not hasattr(session.config, "workerinput"):
        import psycopg
        from psycopg.conninfo import make_conninfo

        with psycopg.connect(
            make_conninfo(os.environ["BALIE_TEST_SERVER"], dbname="postgres"), autocommit=True
        ) as server:
            for made in ("demo", "made"):
                server.execute(f"DROP DATABASE IF EXISTS {made}_{os.environ['BALIE_TEST_RUN']}")

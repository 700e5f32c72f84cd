"""The database's engine says what Django's would, and notices as soon that the server has gone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def test_moments_are_in_utc() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT '2026-11-29 12:30:00.25+02'::timestamptz, array['2026-01-01 00:00+00'::timestamptz], NULL::timestamptz"
        )
        row = cursor.fetchone()
    assert row == (datetime(2026, 11, 29, 10, 30, 0, 250_000, UTC), [datetime(2026, 1, 1, tzinfo=UTC)], None)
    assert row[0].tzinfo is UTC


def test_a_connection_that_the_server_ended_is_not_taken_for_usable() -> None:
    other = connection.copy()
    other.ensure_connection()
    try:
        assert other.is_usable()
        # Asked again right after it answered, it is believed by its silence.
        assert other.is_usable()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [other.connection.info.backend_pid])
        assert not other.is_usable()
    finally:
        other.close()


def test_whoever_was_silent_for_long_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert connection.is_usable()
    monkeypatch.setattr("balie.platform.engine.base._SURELY_THERE", 0.0)
    monkeypatch.setattr("django.db.backends.postgresql.base.DatabaseWrapper.is_usable", lambda _self: False)
    assert not connection.is_usable()

"""A transaction that waits for nothing for long: for doors whose callers give up soon, and come again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, transaction


@contextmanager
def in_haste(*, at_most: timedelta) -> Iterator[None]:
    """In it no statement takes longer, at work or waiting for a lock: PostgreSQL ends it, and `OperationalError` is raised.

    It holds for this transaction only, so that whoever gets the connection next from a pooler is in no haste.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            milliseconds = int(at_most / timedelta(milliseconds=1))
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)])
        yield

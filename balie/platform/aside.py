"""Saying how far a long transaction is, in a connection of its own: what it writes is seen at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper


@contextmanager
def aside() -> Iterator[BaseDatabaseWrapper]:
    """A second connection to the same database, closed at the end. It would wait for ever for a row that the first has locked."""
    second = connection.copy()
    try:
        yield second
    finally:
        second.close()

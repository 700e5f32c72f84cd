"""Django's own backend of PostgreSQL, asked for less: the driver reads moments, and no page begins with `SELECT 1`."""

from __future__ import annotations

import select
import time
from functools import lru_cache
from typing import Any, Final

from django.db.backends.postgresql import base
from psycopg import adapters as _driver
from psycopg.adapt import AdaptersMap
from psycopg.postgres import types
from psycopg.pq import Format

# What lies between us and the server forgets a connection that was silent for minutes; so soon after the last answer nobody has.
_SURELY_THERE: Final = 10.0


class DatabaseWrapper(base.DatabaseWrapper):
    """For `ENGINE`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._answered = float("-inf")

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        return {**params, "context": _reading_moments(params["context"])}

    def create_cursor(self, name: str | None = None) -> Any:
        """Django would look whether the zone of moments is still its own. Named cursors are not used, see the settings."""
        return self.connection.cursor()

    def is_usable(self) -> bool:
        """Whether the server is still there. What it has closed has something to be read: its end."""
        now = time.monotonic()
        if self.connection is not None and now - self._answered < _SURELY_THERE:
            is_silent = not self.connection.closed and not select.select([self.connection.fileno()], [], [], 0)[0]
            if is_silent:
                return True
        is_there: bool = super().is_usable()
        self._answered = now if is_there else float("-inf")
        return is_there


class _Adapted:
    """What psycopg takes as a context."""

    def __init__(self, adapters: AdaptersMap) -> None:
        self.adapters = adapters
        self.connection = None


@lru_cache
def _reading_moments(django: _Adapted) -> _Adapted:
    """Django reads a moment in Python, to set its zone. Its connections are in UTC, and the driver says so of each moment."""
    adapters = AdaptersMap(django.adapters)
    loader = _driver.get_loader(types["timestamptz"].oid, Format.TEXT)
    assert loader is not None
    adapters.register_loader("timestamptz", loader)
    return _Adapted(adapters)

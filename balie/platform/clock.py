"""The one place that says what time it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """The current time, in UTC."""
    return _pretended.get() or datetime.now(UTC)


@contextmanager
def pretending(moment: datetime) -> Iterator[None]:
    """Let it be this moment for a while: for the demo company, whose requests have a past."""
    token = _pretended.set(moment)
    try:
        yield
    finally:
        _pretended.reset(token)

"""Values are written while attributes stand still: none gets another type between a check and a write."""

from django.db import connection

# A lock of our own that nothing else takes; both ways of it end with the transaction.
_LOCK = 0x62616C6965_01


def stand_still() -> None:
    """Whoever writes values; many may at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_LOCK])


def change() -> None:
    """Whoever changes attributes or choices; waits for those who write values, and they wait."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])

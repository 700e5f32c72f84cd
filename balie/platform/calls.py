"""Calls to other processes, by NOTIFY inside the transaction: nobody hears of what was rolled back."""

from django.db import connection

from balie.platform.gathering import later


def call(channel: str, said: str = "") -> None:
    """Call whoever listens to this channel, once the current transaction has committed."""
    later(_call_all, (channel, said))


def _call_all(calls: list[tuple[str, str]]) -> None:
    # The same call twice in one transaction is heard once anyway.
    channels, said = zip(*dict.fromkeys(calls), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_notify(channel, said) FROM unnest(%s::text[], %s::text[]) AS called (channel, said)",
            [list(channels), list(said)],
        )

"""One LISTEN connection, kept open: opened directly, not through Django, and opened again after PostgreSQL was away."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0
# A peer that vanished without a word is noticed within a minute.
_KEEPALIVE = {"keepalives": 1, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}

log = logging.getLogger("balie.live")


async def listen(
    channel: str, *, on_listening: Callable[[], None], on_notice: Callable[[str], None], name: str = "balie live"
) -> None:
    """Call `on_notice` with the payload of each notice on `channel`, for ever; runs until it is cancelled.

    `on_listening` is called each time that listening begins: what was said before then has been missed.
    """
    pause = FIRST_PAUSE_SECONDS
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(
                **address(), autocommit=True, application_name=name
            ) as connection:
                await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                pause = FIRST_PAUSE_SECONDS
                on_listening()
                async for notice in connection.notifies():
                    on_notice(notice.payload)
        except (psycopg.Error, OSError) as error:
            log.warning("listening_interrupted", extra={"reason": type(error).__name__, "again_in_seconds": pause})
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def address() -> dict[str, Any]:
    """Where PostgreSQL itself is, in psycopg's words: what listens or holds a lock needs a connection that stays its own,
    which a pooler such as PgBouncer in transaction mode does not give."""
    if settings.BALIE.database_direct_url:
        return {**_KEEPALIVE, **conninfo_to_dict(settings.BALIE.database_direct_url)}
    given = connections["default"].get_connection_params()
    ours = ("context", "cursor_factory", "prepare_threshold", "application_name")
    return {**_KEEPALIVE, **{key: value for key, value in given.items() if key not in ours}}

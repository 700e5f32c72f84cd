"""The mail door as a process: the SMTP door and the readers of mailboxes, until it is asked to end."""

import asyncio
import signal
import ssl
from collections.abc import Callable
from contextlib import suppress

from balie.channels.email.door import Door
from balie.channels.email.mailboxes import Readers
from balie.channels.email.smtp_limits import Limits


async def serve(
    *,
    host: str,
    port: int,
    tls: ssl.SSLContext | None,
    on_open: Callable[[int], None],
    limits: Limits | None = None,
) -> None:
    """Take in mail until SIGTERM or SIGINT; `on_open` is told the port. Raises `OSError` when the port cannot be had."""
    door = Door(tls=tls, limits=limits)
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, ending.set)
    readers = Readers()
    try:
        on_open(await door.open(host=host, port=port))
        readers.start()
        await ending.wait()
    finally:
        stopped = asyncio.to_thread(readers.stop)
        with suppress(asyncio.CancelledError):
            await asyncio.gather(stopped, door.close())

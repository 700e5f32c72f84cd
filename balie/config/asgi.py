"""What a web process runs: pages in one thread, live streams on the event loop, one port for both."""

import asyncio
import signal
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.db import close_old_connections

from balie.config import metrics
from balie.config.bridge import Bridge, Message, PageThread, Receive, Send, Wsgi, answer_plainly
from balie.config.hearing import hearing_of
from balie.config.static_files import PREFIX, StaticFiles
from balie.config.wsgi import application as django_pages
from balie.platform.hub import Hearing, Hub
from balie.platform.listening import listen
from balie.platform.live import CHANNEL
from balie.platform.stream import Stream

# Nobody waits two minutes for a page, and no proxy does: what takes longer is stuck.
STUCK_SECONDS = 120.0


class Desk:
    """The ASGI application. What runs beside requests begins with the lifespan, in the process that serves, after any fork."""

    def __init__(self, pages: Wsgi) -> None:
        self._pages = pages
        self._static = StaticFiles(Path(settings.STATIC_ROOT))

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close"})
        elif scope["path"] == "/live":
            await self._stream(scope, receive, send)
        elif scope["path"].startswith(PREFIX):
            await self._static(scope, send)
        elif scope["path"] == "/livez":
            await self._tell_whether_alive(send)
        else:
            await self._bridge(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        """The process's life: from before the first request until after the last."""
        self._thread = PageThread()
        self._bridge = Bridge(self._pages, thread=self._thread)
        hub = Hub(self._hears, on_count=lambda count: metrics.live_streams().set(count))
        self._stream = Stream(hub)
        await receive()
        loop = asyncio.get_running_loop()
        _on_the_end(lambda: loop.call_soon_threadsafe(hub.close))
        beside = [
            asyncio.create_task(listen(CHANNEL, on_listening=hub.listening, on_notice=hub.hear)),
            asyncio.create_task(hub.keep_beating()),
            asyncio.create_task(hub.keep_reading()),
        ]
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await asyncio.to_thread(self._thread.stop)
        await send({"type": "lifespan.shutdown.complete"})

    async def _hears(self, session: str) -> Hearing | None:
        # The thread's connection serves: a second one per process would cost PostgreSQL 10 MB.
        return await self._thread.run(lambda: _hearing_of(session))

    async def _tell_whether_alive(self, send: Send) -> None:
        if self._thread.busy_seconds() > STUCK_SECONDS:
            await answer_plainly(send, 503, "One page has taken longer than two minutes; this process is stuck.")
        else:
            await answer_plainly(send, 200, "alive")


def _hearing_of(session: str) -> Hearing | None:
    # Outside of a request nobody else looks whether the connection still works.
    close_old_connections()
    return hearing_of(session)


def _on_the_end(close: Callable[[], object]) -> None:
    """Also end the streams when the process is told to end: the server waits for all answers, and a stream has no end of its own.

    The event loop hears of a signal by its own pipe, so this takes nothing away from whoever asked the loop to hear it.
    """

    def end(number: int, frame: FrameType | None) -> None:
        close()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)


application = Desk(django_pages)

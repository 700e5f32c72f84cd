"""The SMTP door: a mail is answered with 250 once it is stored, and never before."""

import asyncio
import ssl
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import cast

import structlog
from django.conf import settings
from django.db import connection

from balie.channels.email.recipients import Recipient, Recipients
from balie.channels.email.smtp import Conversation
from balie.channels.email.smtp_body import Body, Places
from balie.channels.email.smtp_limits import Limits
from balie.channels.email.taking_in import take_in

log = structlog.get_logger(__name__)

# Each thread has a connection of its own, so that several mails commit at once and share the disk's flush.
_THREADS = 4


class Door:
    """Listens, and knows who is inside."""

    def __init__(self, *, tls: ssl.SSLContext | None = None, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.folder = Path(settings.BALIE.data)
        self.folder.mkdir(parents=True, exist_ok=True)
        self._tls = tls
        self._recipients = Recipients()
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="door")
        self._inside: set[Conversation] = set()
        self._of_one: Counter[str] = Counter()
        self.large_places = Places(self.limits.large_at_once)
        self._one_large_at_a_time = asyncio.Lock()
        self._somebody_left = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._is_closing = False

    async def open(self, *, host: str, port: int) -> int:
        """Listen, and return the port; the system chooses one for port 0. Raises `OSError`."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Conversation(self, tls=self._tls), host, port)
        return cast("int", self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Take no more, answer the mails that are on their way, within `limits.farewell` seconds, and say goodbye."""
        self._is_closing = True
        if self._server:
            self._server.close()
        for conversation in list(self._inside):
            conversation.part()
        try:
            async with asyncio.timeout(self.limits.farewell):
                while self._inside:
                    self._somebody_left.clear()
                    await self._somebody_left.wait()
        except TimeoutError:
            log.warning("mails cut off, their senders will try again", mails=len(self._inside))
            for conversation in list(self._inside):
                if conversation.transport:
                    conversation.transport.close()
        await self._close_connections()
        self._threads.shutdown(wait=False, cancel_futures=True)

    @property
    def patience(self) -> float:
        """How long a client may think, in seconds; less when many wait."""
        return self.limits.hurried if len(self._inside) > self.limits.connections // 2 else self.limits.idle

    def refusal(self, transport: asyncio.BaseTransport) -> str:
        """Why this client cannot come in, as an SMTP answer; "" when it can."""
        if self._is_closing:
            return "421 4.3.2 Closing, please come again"
        if (
            len(self._inside) >= self.limits.connections
            or self._of_one[_client(transport)] >= self.limits.connections_of_one
        ):
            return "421 4.7.0 Too many connections, please try again later"
        return ""

    def enter(self, conversation: Conversation) -> None:
        if conversation not in self._inside:
            self._inside.add(conversation)
            self._of_one[conversation.client] += 1

    def leave(self, conversation: Conversation) -> None:
        if conversation in self._inside:
            self._inside.discard(conversation)
            self._of_one[conversation.client] -= 1
            if self._of_one[conversation.client] <= 0:
                del self._of_one[conversation.client]
            self._somebody_left.set()

    async def find_recipient(self, address: str) -> Recipient:
        """The recipient with this address; raises as `Recipients.find`."""
        if known := self._recipients.find_at_once(address):
            return known
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._recipients.find, address)

    async def keep(self, body: Body, *, recipients: Sequence[Recipient], envelope: dict[str, str]) -> None:
        """Store the mail; raises as `take_in`, and `TimeoutError`. Large ones are in memory one at a time."""
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self.limits.keeping), AsyncExitStack() as stack:
            if body.size > self.limits.large:
                await stack.enter_async_context(self._one_large_at_a_time)
            await loop.run_in_executor(
                self._threads, lambda: take_in(body.content(), recipients=recipients, envelope=envelope)
            )

    async def _close_connections(self) -> None:
        """Each thread closes its own; the barrier sees to it that none closes twice while another closes none."""
        barrier = threading.Barrier(_THREADS)

        def close() -> None:
            with suppress(threading.BrokenBarrierError):
                barrier.wait(1)
            connection.close()

        loop = asyncio.get_running_loop()
        await asyncio.wait([loop.run_in_executor(self._threads, close) for _ in range(_THREADS)], timeout=1.5)


def _client(transport: asyncio.BaseTransport) -> str:
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if peer else ""

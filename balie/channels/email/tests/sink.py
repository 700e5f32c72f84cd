"""A real SMTP server that takes our mail, with faults to switch on."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from balie.platform.environment import MailRoute


@dataclass
class Sink:
    """`says_to` answers RCPT by address, `says_after_data` answers the whole mail; `connections` counts clients.

    With `starttls` or `tls` it speaks encrypted only; with `user` it takes mail from nobody else.
    """

    port: int = 0
    taken: list[Envelope] = field(default_factory=list)
    says_to: dict[str, str] = field(default_factory=dict)
    says_to_sender: str = "250 OK"
    says_after_data: str = "250 OK"
    stalls: bool = False
    drops_in_data: bool = False
    drops_after_data: bool = False
    speaks_utf8: bool = True
    connections: int = 0
    starttls: ssl.SSLContext | None = None
    tls: ssl.SSLContext | None = None
    user: str = ""
    password: str = ""
    _ended: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def route(self) -> MailRoute:
        return MailRoute(
            host="localhost" if self.starttls or self.tls else "127.0.0.1", port=self.port,
            user=self.user, password=self.password, starttls=bool(self.starttls), tls=bool(self.tls),
        )  # fmt: skip

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, said: Any) -> AuthResult:
        """Whether AUTH succeeds."""
        good = isinstance(said, LoginPassword) and (said.login, said.password) == (
            self.user.encode(),
            self.password.encode(),
        )
        return AuthResult(success=good, handled=False)

    @property
    def mails(self) -> list[EmailMessage]:
        """What was taken, as the standard library reads it."""
        return [
            cast(
                "EmailMessage",
                message_from_bytes(cast("bytes", one.content).replace(b"\r\n", b"\n"), policy=policy.default),
            )
            for one in self.taken
        ]

    def hang_up(self) -> None:
        """Close every connection, as an idle server does."""
        for server in self._servers:
            server._loop.call_soon_threadsafe(server.transport.abort)
        self._servers.clear()

    _servers: list[Any] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802  # the name that aiosmtpd looks for
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return self.says_to_sender

    async def handle_RCPT(  # noqa: N802  # the name that aiosmtpd looks for
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.stalls:
            await self._ended.wait()
        envelope.rcpt_tos.append(address)
        return self.says_to.get(address, "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # the same
        if self.says_after_data.startswith("2"):
            self.taken.append(envelope)
        if self.drops_after_data:
            server.transport.abort()
        return self.says_after_data


class _Server(SMTP):
    """Counts its clients, and can vanish in the middle of a mail."""

    def connection_made(self, transport: Any) -> None:
        sink = cast("Sink", self.event_handler)
        sink.connections += 1
        sink._servers.append(self)
        super().connection_made(transport)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  # aiosmtpd's name
        if cast("Sink", self.event_handler).drops_in_data:
            await self.push("354 Go on")
            self.transport.abort()
            return
        await super().smtp_DATA(arg)


@contextmanager
def open_sink(**faults: Any) -> Iterator[Sink]:
    """A sink on a free port of this machine, in a thread of its own."""
    sink, is_open = Sink(**faults), threading.Event()
    loop = asyncio.new_event_loop()

    async def serve() -> None:
        sink._ended = asyncio.Event()
        server = await loop.create_server(
            lambda: _Server(
                sink, enable_SMTPUTF8=sink.speaks_utf8, hostname="sink.example", data_size_limit=40_000_000,
                tls_context=sink.starttls, require_starttls=bool(sink.starttls), auth_require_tls=not sink.tls,
                authenticator=sink.authenticate if sink.user else None, auth_required=bool(sink.user and sink.starttls),
            ),
            "127.0.0.1", 0, ssl=sink.tls,
        )  # fmt: skip
        sink.port = server.sockets[0].getsockname()[1]
        is_open.set()
        await sink._ended.wait()
        server.close()
        for one in sink._servers:
            if one.transport:
                one.transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert is_open.wait(10)
    try:
        yield sink
    finally:
        loop.call_soon_threadsafe(sink._ended.set)
        thread.join(10)
        loop.close()

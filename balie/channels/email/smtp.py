"""One SMTP conversation (RFC 5321): aiosmtpd's commands, with our own addresses, limits and body."""

import asyncio
import ssl
from typing import TYPE_CHECKING, AnyStr

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings

from balie.channels.email import mail_path
from balie.channels.email.recipients import CannotTell, NoSuchRecipient, NotOurs, Recipient, TeamClosed
from balie.channels.email.smtp_body import Body, NeverEnds, NoPlace, TooLarge
from balie.channels.email.taking_in import GoesInCircles
from balie.channels.receiving import NotKept

if TYPE_CHECKING:
    from balie.channels.email.door import Door

log = structlog.get_logger(__name__)

TAKEN = "250 2.0.0 OK: it is stored"
LATER = "451 4.3.0 It could not be stored at this moment, please try again later"
BUSY = "452 4.3.1 Too many large mails at once, please try again later"
CIRCLES = "554 5.4.6 Too many Received headers, this mail goes in circles"
CLOSED = "550 5.1.6 This team has been closed, and its address is not read any more"
UNKNOWN = "550 5.1.1 There is no such address here"
ELSEWHERE = "550 5.7.1 This server takes mail for its own domain only"
UNSURE = "451 4.3.0 The address cannot be looked up at this moment, please try again later"
TOO_MANY_RECIPIENTS = "452 4.5.3 Too many recipients in one go, please send the rest in another"


class Reception:
    """The hooks that aiosmtpd calls in one conversation."""

    def __init__(self, door: "Door") -> None:
        self._door = door
        self.recipients: list[Recipient] = []

    async def handle_EHLO(  # noqa: N802  # aiosmtpd finds it by this name
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [line for line in responses[:-1] if "AUTH" not in line] + ["250-PIPELINING", responses[-1]]

    async def handle_MAIL(  # noqa: N802  # aiosmtpd finds it by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        self.recipients = []
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802  # aiosmtpd finds it by this name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= self._door.limits.recipients:
            return TOO_MANY_RECIPIENTS
        try:
            recipient = await self._door.find_recipient(address)
        except NotOurs:
            return ELSEWHERE
        except TeamClosed:
            return CLOSED
        except NoSuchRecipient:
            return UNKNOWN
        except CannotTell:
            return UNSURE
        envelope.rcpt_tos.append(address)
        self.recipients.append(recipient)
        return "250 2.1.5 OK"

    async def handle_exception(self, error: Exception) -> str:
        log.error("smtp conversation failed", fault=type(error).__name__)
        return LATER


class Conversation(SMTP):
    """One client. `is_occupied` while a mail is between DATA and our answer, which the door waits for when it ends."""

    def __init__(self, door: "Door", *, tls: ssl.SSLContext | None) -> None:
        self.line_length_limit = door.limits.line
        self._door = door
        self._reception = Reception(door)
        self._errors = 0
        self._is_turned_away = False
        self._is_asked_to_leave = False
        self.is_occupied = False
        super().__init__(
            self._reception,
            data_size_limit=door.limits.size,
            enable_SMTPUTF8=True,
            hostname=settings.BALIE.mail_domain,
            ident="ESMTP Balie",
            tls_context=tls,
            timeout=door.limits.idle,
            loop=asyncio.get_running_loop(),
        )

    @property
    def client(self) -> str:
        """The client's IP address."""
        peer = self.session.peer if self.session else None
        return str(peer[0]) if peer else ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        is_starttls = self._original_transport is not None
        if not is_starttls and (refusal := self._door.refusal(transport)):
            self._is_turned_away = True
            assert isinstance(transport, asyncio.WriteTransport)
            transport.write(refusal.encode() + b"\r\n")
            transport.close()
            return
        super().connection_made(transport)
        self._door.enter(self)

    def connection_lost(self, error: Exception | None) -> None:
        if not self._is_turned_away:
            self._door.leave(self)
            super().connection_lost(error)

    def eof_received(self) -> bool | None:
        return None if self._is_turned_away else super().eof_received()

    def part(self) -> None:
        """End the conversation politely: now, or after the answer to the mail that is on its way."""
        self._is_asked_to_leave = True
        if not self.is_occupied:
            self._hang_up("421 4.3.2 Closing, please come again")

    async def push(self, status: AnyStr) -> None:
        await super().push(status)
        line = status if isinstance(status, str) else status.decode()
        self._errors += line.startswith("5")
        if self._errors >= self._door.limits.errors and not self._is_asked_to_leave:
            self._is_asked_to_leave = True
            await super().push("421 4.7.0 Too many errors, goodbye")
            if self.transport:
                self.transport.close()

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  # aiosmtpd finds it by this name
        assert self.envelope is not None
        if await self.check_helo_needed():
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
            return
        self.is_occupied = True
        try:
            self._reset_timeout(self._door.limits.letter)
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            answer = await self._answer_to_body()
            await self.push(answer)
        finally:
            self.envelope = Envelope()
            self._reset_timeout()
            self.is_occupied = False
        if self._is_asked_to_leave:
            self.part()

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802  # aiosmtpd finds it by this name
        await self.push("502 5.5.1 Nobody signs in here: this server takes mail for its own domain only")

    async def smtp_VRFY(self, arg: str) -> None:  # noqa: N802  # aiosmtpd finds it by this name
        await self.push("252 2.1.5 Send it a mail, and we shall see")

    async def _answer_to_body(self) -> str:
        limits = self._door.limits
        too_large = f"552 5.3.4 Larger than {limits.size} bytes"
        with Body(
            limit=limits.size, in_memory=limits.large, folder=self._door.folder, places=self._door.large_places
        ) as body:
            try:
                await body.read_from(self._reader)
                self._reset_timeout(2 * limits.keeping)
                await self._door.keep(body, recipients=self._reception.recipients, envelope=self._envelope())
            except TooLarge:
                return too_large
            except NeverEnds:
                self._is_asked_to_leave = True
                return too_large
            except NoPlace:
                return BUSY
            except GoesInCircles:
                return CIRCLES
            except (NotKept, OSError, TimeoutError) as fault:
                log.warning("mail not taken", fault=type(fault).__name__, cause=type(fault.__cause__).__name__)
                return LATER
        return TAKEN

    def _envelope(self) -> dict[str, str]:
        assert self.session is not None
        assert self.envelope is not None
        cipher = self.session.ssl.get("cipher") if self.session.ssl else None
        return {
            "door": "smtp",
            "mail_from": "" if self.envelope.mail_from in ("<>", None) else str(self.envelope.mail_from),
            "client_ip": self.client,
            "helo": str(self.session.host_name or ""),
            "tls": str(cipher[1]) if cipher else "",
        }

    def _reset_timeout(self, duration: float | None = None) -> None:
        super()._reset_timeout(duration or self._door.patience)

    def _timeout_cb(self) -> None:
        self._hang_up("421 4.4.2 Nothing heard for too long, goodbye")

    def _hang_up(self, farewell: str) -> None:
        # A sealed connection that is closing has nothing left to write to.
        if isinstance(self.transport, asyncio.WriteTransport) and not self.transport.is_closing():
            self.transport.write(farewell.encode() + b"\r\n")
            self.transport.close()

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        return mail_path.split_argument(arg)

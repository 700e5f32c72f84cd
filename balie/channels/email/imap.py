"""The network edge of mailboxes: one open IMAP folder (RFC 3501), read without leaving a trace."""

import imaplib
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BufferedReader
from typing import Any, Self, cast

from imap_tools import MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError
from imap_tools.mailbox import BaseMailBox
from imap_tools.utils import encode_folder

from balie.channels.email.models import Mailbox, Trouble
from balie.channels.email.oauth import AccessTokens, NoToken
from balie.channels.email.taking_in import LARGEST

_PATIENCE = 30.0
_LISTING = 100  # mails whose size is asked for at once
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_ARRIVED = re.compile(rb'\bINTERNALDATE "([^"]+)"')


class CannotRead(Exception):
    """The mailbox cannot be read; `trouble` says why, `detail` is what the other side said."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(trouble.value)
        self.trouble = trouble
        self.detail = " ".join(detail.split())[:300]


class NotHandedOver(Exception):
    """The server refuses this one mail."""


@dataclass(frozen=True, kw_only=True)
class Listed:
    """A mail in the folder, before it is fetched."""

    uid: int
    size: int
    arrived_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """How long to wait for news, in seconds. IDLE is renewed long before the half hour of RFC 2177, because routers on the
    way forget a silent connection after ten minutes or so."""

    idle: float = 9 * 60
    poll: float = 30
    look: float = 1


class Folder:
    """An open folder. Reading is with PEEK and, unless mail is to be deleted, in a folder that was opened to be read only."""

    def __init__(self, client: BaseMailBox, mailbox: Mailbox) -> None:
        self._box = client
        self._imap = client.client
        self._can_idle = b"IDLE" in self._ask("capability")[0].upper().split()
        self._has_uidplus = b"UIDPLUS" in self._ask("capability")[0].upper().split()
        answer, words = self._imap.select(encode_folder(mailbox.folder).decode(), not mailbox.deletes_after_reading)
        if answer != "OK":
            raise CannotRead(Trouble.FOLDER, _text(words))
        validity = self._imap.response("UIDVALIDITY")[1]
        self.uidvalidity = int(validity[0]) if validity and validity[0] else 0

    def uids_after(self, uid: int, *, since: datetime | None) -> list[int]:
        """The numbers of the mails after this one, ascending."""
        self._ask("noop")
        # The server compares days, in a time zone of its own.
        day = f" SINCE {(since - timedelta(days=1)).strftime('%d-%b-%Y')}" if since else ""
        found = self._ask("uid", "SEARCH", f"UID {uid + 1}:*{day}")
        numbers = [int(number) for line in found if line for number in line.split() if number.isdigit()]
        # "n:*" names the last mail even if its number is lower than n.
        return sorted(number for number in numbers if number > uid)

    def list_mails(self, uids: list[int]) -> Iterator[Listed]:
        """Size and time of these mails, in their order; those that are gone by now are left out."""
        for start in range(0, len(uids), _LISTING):
            some = uids[start : start + _LISTING]
            lines = self._ask("uid", "FETCH", ",".join(map(str, some)), "(RFC822.SIZE INTERNALDATE)")
            listed = {mail.uid: mail for line in lines if (mail := _listed(line))}
            yield from (listed[uid] for uid in some if uid in listed)

    def fetch(self, mail: Listed) -> bytes:
        """The mail, or the beginning of one that is larger than any door takes; b"" if it is gone. Raises `NotHandedOver`."""
        part = f"<0.{LARGEST}>" if mail.size > LARGEST else ""
        answer, lines = self._call("uid", "FETCH", str(mail.uid), f"(UID BODY.PEEK[]{part})")
        if answer != "OK":
            raise NotHandedOver(_text(lines))
        return next((bytes(line[1]) for line in lines if isinstance(line, tuple) and _names(line, mail.uid)), b"")

    def delete(self, uid: int) -> None:
        """Delete one mail, and only this one: without UIDPLUS (RFC 4315) it is marked, and the next to tidy up removes it."""
        self._ask("uid", "STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
        if self._has_uidplus:
            self._ask("uid", "EXPUNGE", str(uid))

    def wait(self, stop: threading.Event, waiting: Waiting) -> None:
        """Wait for news, or until it is time to look anyway, or to stop."""
        if not self._can_idle:
            stop.wait(waiting.poll)
            return
        with _faults():
            self._box.idle.start()  # type: ignore[no-untyped-call]  # imap-tools types only some of its methods
            until = time.monotonic() + waiting.idle
            while not stop.is_set() and time.monotonic() < until:
                began = time.monotonic()
                if self._is_said_already() or self._box.idle.poll(timeout=waiting.look):
                    break
                if time.monotonic() - began < waiting.look / 2:
                    # The end of the stream, too, is something to read: ending IDLE finds out.
                    break
            self._box.idle.stop()  # type: ignore[no-untyped-call]  # the same

    def _is_said_already(self) -> bool:
        """Whether a word of the server lies in a buffer of ours, where no poll sees it: news that came along with its consent
        to IDLE would be heard when that is renewed, minutes later."""
        line, patience = self._imap.sock, self._imap.sock.gettimeout()
        line.settimeout(0)
        try:
            return bool(cast(BufferedReader, self._imap.file).peek(1))
        except OSError:
            return False
        finally:
            line.settimeout(patience)

    def close(self) -> None:
        with suppress(imaplib.IMAP4.error, ImapToolsError, OSError):
            self._box.logout()
        _hang_up(self._box)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, command: str, *arguments: str) -> list[Any]:
        answer, lines = self._call(command, *arguments)
        if answer != "OK":
            raise CannotRead(Trouble.LOST, _text(lines))
        return lines

    def _call(self, command: str, *arguments: str) -> tuple[str, list[Any]]:
        with _faults():
            answer, lines = getattr(self._imap, command)(*arguments)
        return answer, lines


def open_folder(mailbox: Mailbox, tokens: AccessTokens) -> Folder:
    """Connect, sign in and open the folder; raises `CannotRead`."""
    if mailbox.security == Mailbox.Security.NONE and not mailbox.is_on_this_machine:
        raise CannotRead(Trouble.OPEN_LINE)
    client = _connect(mailbox)
    try:
        _sign_in(client, mailbox, tokens)
        with _faults():
            return Folder(client, mailbox)
    except BaseException:
        _hang_up(client)
        raise


def check(mailbox: Mailbox) -> None:
    """Connect, sign in and open the folder, only to see whether that works; raises `CannotRead`."""
    open_folder(mailbox, AccessTokens()).close()


def _connect(mailbox: Mailbox) -> BaseMailBox:
    host, port = mailbox.host, mailbox.port
    try:
        if mailbox.security == Mailbox.Security.TLS:
            return MailBox(host, port, timeout=_PATIENCE, ssl_context=ssl.create_default_context())
        if mailbox.security == Mailbox.Security.STARTTLS:
            return _begin_tls(MailBoxUnencrypted(host, port, timeout=_PATIENCE))
        return MailBoxUnencrypted(host, port, timeout=_PATIENCE)
    except ssl.SSLCertVerificationError as fault:
        raise CannotRead(Trouble.CERTIFICATE, fault.verify_message) from None
    except ssl.SSLError as fault:
        raise CannotRead(Trouble.NO_TLS, fault.reason or "") from None
    except (socket.gaierror, UnicodeError):
        raise CannotRead(Trouble.HOST_UNKNOWN) from None
    except ConnectionRefusedError:
        raise CannotRead(Trouble.NOT_LISTENING) from None
    except imaplib.IMAP4.error as fault:
        trouble = Trouble.NO_STARTTLS if "TLS" in str(fault) else Trouble.NOT_IMAP
        raise CannotRead(trouble, str(fault)) from None
    except OSError as fault:
        raise CannotRead(Trouble.NO_ANSWER, fault.strerror or "") from None


def _begin_tls(client: BaseMailBox) -> BaseMailBox:
    try:
        client.client.starttls(ssl.create_default_context())
    except BaseException:
        _hang_up(client)
        raise
    return client


def _hang_up(client: BaseMailBox) -> None:
    """Close the connection, also when the other side has gone without a word."""
    with suppress(imaplib.IMAP4.error, OSError):
        client.client.shutdown()


def _sign_in(client: BaseMailBox, mailbox: Mailbox, tokens: AccessTokens) -> None:
    try:
        if mailbox.sign_in == Mailbox.SignIn.OAUTH2:
            client.xoauth2(mailbox.user, tokens.fetch_for(mailbox), initial_folder=None)
        elif (mailbox.user + mailbox.password).isascii():
            client.login(mailbox.user, mailbox.password, initial_folder=None)
        else:
            client.login_utf8(mailbox.user, mailbox.password, initial_folder=None)
    except NoToken as fault:
        raise CannotRead(Trouble.TOKEN, str(fault)) from None
    except imaplib.IMAP4.abort:
        raise CannotRead(Trouble.LOST) from None
    except (ImapToolsError, imaplib.IMAP4.error) as fault:
        tokens.forget(mailbox)
        raise CannotRead(Trouble.LOGIN, _server_words(fault)) from None
    except OSError:
        raise CannotRead(Trouble.LOST) from None


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except (imaplib.IMAP4.error, ImapToolsError, OSError) as fault:
        raise CannotRead(Trouble.LOST, type(fault).__name__) from fault


def _listed(line: object) -> Listed | None:
    text = line[0] if isinstance(line, tuple) else line
    if not isinstance(text, bytes) or not (uid := _UID.search(text)):
        return None
    size, arrived = _SIZE.search(text), _ARRIVED.search(text)
    if not size:
        return None
    arrived_at = _time(arrived[1].decode("ascii", "replace")) if arrived else None
    return Listed(uid=int(uid[1]), size=int(size[1]), arrived_at=arrived_at)


def _time(value: str) -> datetime | None:
    try:
        return datetime.strptime(value.strip(), "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        return None


def _names(line: tuple[Any, ...], uid: int) -> bool:
    found = _UID.search(line[0])
    return found is None or int(found[1]) == uid


def _text(lines: list[Any]) -> str:
    return b" ".join(line for line in lines if isinstance(line, bytes)).decode("utf-8", "replace")


def _server_words(fault: Exception) -> str:
    """What the server answered to the sign-in, and nothing that we sent."""
    result = getattr(fault, "command_result", None)
    if isinstance(result, tuple) and len(result) > 1:
        return _text(list(result[1]))
    argument = fault.args[0] if fault.args else b""
    return argument.decode("utf-8", "replace") if isinstance(argument, bytes) else str(argument)

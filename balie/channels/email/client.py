"""Hands mail to the server that sends it on: the only part of sending that touches the network."""

import smtplib
import ssl
import threading
import time
from contextlib import suppress
from email.message import EmailMessage
from typing import Final

from django.conf import settings

from balie.channels.email import outbox
from balie.channels.email.header_lines import POLICY, ascii_domain
from balie.platform.characters import clean_text
from balie.platform.environment import MailRoute

PATIENCE: Final = 30.0  # seconds for each answer of the server
KEPT_IDLE: Final = 30.0  # seconds; servers hang up after some minutes without a word
MOST_ON_ONE_LINE: Final = 100

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})
# "Sign in first" is said about us and not about the mail (RFC 4954, 6), though the numbers begin with a five.
_ABOUT_US = frozenset({530, 534, 535, 538})


class RefusedForGood(Exception):
    """The server will never take this mail (SMTP 5xx)."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code} {text}".strip())
        self.code = code
        self.text = text


class TryAgain(Exception):
    """It was not taken this time: 4xx, no connection, no answer in time."""


class _Line:
    """An open connection, and how it was used."""

    def __init__(self, smtp: smtplib.SMTP, route: MailRoute) -> None:
        self.smtp = smtp
        self.route = route
        self.used_at = time.monotonic()
        self.mails = 0

    def is_good_for(self, route: MailRoute) -> bool:
        """Whether one more mail to this server can go by it."""
        if self.route != route or self.mails >= MOST_ON_ONE_LINE or time.monotonic() - self.used_at > KEPT_IDLE:
            return False
        try:
            return self.smtp.rset()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def hang_up(self) -> None:
        with suppress(smtplib.SMTPException, OSError):
            self.smtp.quit()
        self.smtp.close()


class _Kept(threading.local):
    """Each thread has its own line."""

    line: _Line | None = None


_kept = _Kept()


def post_mail(message: EmailMessage, *, sender: str, recipient: str) -> None:
    """Have the mail taken by the server of `BALIE_SMTP_URL`; raises `RefusedForGood` or `TryAgain`.

    `sender` is the envelope's, where reports of failure go. Without a server the mail is put into the outbox folder.
    """
    route = settings.BALIE.smtp
    if route is None:
        outbox.put(message)
        return
    needs_utf8 = not (_travels(sender).isascii() and _travels(recipient).isascii())
    raw = message.as_bytes(policy=POLICY.clone(utf8=True) if needs_utf8 else POLICY)
    line = _line_to(route)
    try:
        _hand_over(line.smtp, raw, sender=_travels(sender), recipient=_travels(recipient), needs_utf8=needs_utf8)
    except RefusedForGood:
        line.used_at = time.monotonic()
        raise
    except (TryAgain, smtplib.SMTPException, OSError) as fault:
        hang_up()
        raise fault if isinstance(fault, TryAgain) else TryAgain(_words(fault)) from fault
    line.mails += 1
    line.used_at = time.monotonic()


def hang_up() -> None:
    """Close this thread's connection, if it has one."""
    if _kept.line is not None:
        _kept.line.hang_up()
        _kept.line = None


def _line_to(route: MailRoute) -> _Line:
    if _kept.line is not None and _kept.line.is_good_for(route):
        return _kept.line
    hang_up()
    try:
        _kept.line = _Line(_connected(route), route)
    except (smtplib.SMTPException, OSError) as fault:
        raise TryAgain(_words(fault)) from fault
    return _kept.line


def _connected(route: MailRoute) -> smtplib.SMTP:
    name = ascii_domain(settings.BALIE.mail_domain)
    if route.tls:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            route.host, route.port, local_hostname=name, timeout=PATIENCE, context=_trust(route.host)
        )
    else:
        smtp = smtplib.SMTP(route.host, route.port, local_hostname=name, timeout=PATIENCE)
    try:
        if route.starttls:
            smtp.starttls(context=_trust(route.host))
        if route.user:
            smtp.login(route.user, route.password)
        smtp.ehlo_or_helo_if_needed()
    except BaseException:
        smtp.close()
        raise
    return smtp


def _trust(host: str) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if host in _HERE:
        # A server on this machine has no name that anybody could vouch for, and nobody stands in between.
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _hand_over(smtp: smtplib.SMTP, raw: bytes, *, sender: str, recipient: str, needs_utf8: bool) -> None:
    options = [f"SIZE={len(raw)}"] if smtp.has_extn("size") else []
    if needs_utf8:
        if not smtp.has_extn("smtputf8"):
            raise RefusedForGood(553, "The mail server does not take addresses with other letters than a to z.")
        options += ["SMTPUTF8", "BODY=8BITMIME"]
    try:
        _expect(smtp.mail(sender, options), smtp)
        _expect(smtp.rcpt(recipient), smtp)
        _expect(smtp.data(raw), smtp)
    except smtplib.SMTPDataError as fault:
        _expect((fault.smtp_code, _as_bytes(fault.smtp_error)), smtp)
        raise TryAgain(_words(fault)) from fault
    finally:
        smtp.command_encoding = "ascii"


def _expect(answer: tuple[int, bytes], smtp: smtplib.SMTP) -> None:
    """Go on after 2xx; anything else ends this mail, and a connection that is still good is kept for the next."""
    code, said = answer
    if 200 <= code < 300:
        return
    text = _printable(said)
    if 500 <= code < 600 and code not in _ABOUT_US:
        with suppress(smtplib.SMTPException, OSError):
            smtp.rset()
        raise RefusedForGood(code, text)
    raise TryAgain(f"{code} {text}".strip())


def _words(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        return f"{fault.smtp_code} {_printable(_as_bytes(fault.smtp_error))}".strip()
    if isinstance(fault, TimeoutError):
        return "The mail server did not answer in time."
    if isinstance(fault, ConnectionRefusedError):
        return "Nothing listens where the mail server should be."
    if isinstance(fault, smtplib.SMTPServerDisconnected):
        return "The mail server hung up."
    return f"{type(fault).__name__}: {_printable(str(fault).encode('utf-8', 'replace'))}"


def _as_bytes(said: bytes | str) -> bytes:
    return said if isinstance(said, bytes) else said.encode("utf-8", "replace")


def _printable(said: bytes) -> str:
    return " ".join(clean_text(said.decode("utf-8", "replace")).split())[:300]


def _travels(address: str) -> str:
    local_part, _at, domain = address.rpartition("@")
    return f"{local_part}@{ascii_domain(domain)}" if domain else address

"""What `balie check` looks at: each thing that keeps a desk from working, with its cure."""

import os
import shutil
import smtplib
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import Error as DatabaseFault
from django.db import connection
from django.utils.translation import gettext as _

from balie.channels.models import Arrival, Delivery
from balie.operations.migrating import missing_migrations
from balie.platform import clock
from balie.platform.environment import MailRoute
from balie.platform.secrets import KEY_FILE

_OLDEST_POSTGRESQL = 15
_ROOM = 1_000_000_000  # bytes; a day of a busy desk with attachments
_PATIENCE = 5.0  # seconds for a mail server to answer
_SKEW = timedelta(seconds=30)
_STALE = timedelta(minutes=10)  # what is due for longer than this, no worker has seen
_DICTIONARIES = ("english", "german", "dutch", "french", "spanish", "italian")
_LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something that is wrong, and what mends it."""

    what: str
    cure: str


def problems() -> Iterator[Problem]:
    """Everything that is wrong with this installation. What needs the database is asked only when it answers."""
    yield from _data_folder(settings.BALIE.data)
    yield from _secret_key(settings.BALIE.data / KEY_FILE)
    yield from _address(settings.BALIE.url)
    yield from _static_files()
    yield from _mail_route(settings.BALIE.smtp) if settings.BALIE.smtp else _outbox(settings.BALIE.url)
    try:
        connection.ensure_connection()
    except DatabaseFault as fault:
        yield Problem(
            what=_("The database does not answer: %(reason)s") % {"reason": str(fault).strip().splitlines()[0]},
            cure=_("Start it, or correct BALIE_DATABASE_URL."),
        )
        return
    yield from _database()


def _database() -> Iterator[Problem]:
    version = connection.connection.info.server_version // 10000
    if version < _OLDEST_POSTGRESQL:
        yield Problem(
            what=_("The database is PostgreSQL %(version)s, which is too old.") % {"version": version},
            cure=_("Upgrade it to version %(oldest)s or newer.") % {"oldest": _OLDEST_POSTGRESQL},
        )
    yield from _clock()
    yield from _dictionaries()
    if missing := missing_migrations():
        yield Problem(
            what=_("The database is not up to date: %(count)s changes are missing, the first is %(first)s.")
            % {"count": len(missing), "first": missing[0]},
            cure=_("Start Balie once: it brings the database up to date."),
        )
        return  # the tables that the rest asks may not be there
    yield from _queues()


def _data_folder(data: Path) -> Iterator[Problem]:
    if not data.is_dir() or not os.access(data, os.R_OK | os.W_OK | os.X_OK) or not _is_writable(data):
        yield Problem(
            what=_("The data folder %(folder)s cannot be written to.") % {"folder": data},
            cure=_("Give it to the user who runs Balie, or set BALIE_DATA to another folder."),
        )
        return
    free = shutil.disk_usage(data).free
    if free < _ROOM:
        yield Problem(
            what=_("Only %(megabytes)s MB are free on the disk that holds %(folder)s.")
            % {"megabytes": free // 1_000_000, "folder": data},
            cure=_("Make some room there, or move BALIE_DATA to a larger disk."),
        )


def _is_writable(folder: Path) -> bool:
    trial = folder / f".check-{os.getpid()}"
    try:
        trial.write_bytes(b"")
        trial.unlink()
    except OSError:
        return False
    return True


def _secret_key(key: Path) -> Iterator[Problem]:
    if key.exists() and (mode := stat.S_IMODE(key.stat().st_mode)) & 0o077:
        yield Problem(
            what=_("Others can read the secret key %(file)s (mode %(mode)s).") % {"file": key, "mode": f"{mode:o}"},
            cure=_("Run: %(command)s") % {"command": f"chmod 600 '{key}'"},
        )


def _address(url: str) -> Iterator[Problem]:
    if not url.startswith("https://") and not _is_local(url):
        yield Problem(
            what=_("BALIE_URL is %(url)s, so passwords and sessions travel in the open.") % {"url": url},
            cure=_("Put a web server with a certificate before Balie, and set BALIE_URL to its https address."),
        )


def _is_local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host in _LOCAL or host.endswith(".localhost")


def _static_files() -> Iterator[Problem]:
    """Ours, and what comes from a library: both are in the wheels, so either may be missing from a broken installation."""
    for name in ("django_htmx/htmx-2.min.js", "balie/css/base.css"):
        if finders.find(name) is None:
            yield Problem(
                what=_("The static files of the pages are missing (%(name)s).") % {"name": name},
                cure=_("Install Balie again."),
            )


def _mail_route(route: MailRoute) -> Iterator[Problem]:
    kind = smtplib.SMTP_SSL if route.tls else smtplib.SMTP
    try:
        with kind(route.host, route.port, timeout=_PATIENCE) as server:
            server.ehlo()
            if route.starttls:
                server.starttls()
            if route.user:
                server.login(route.user, route.password)
    except smtplib.SMTPAuthenticationError:
        yield Problem(
            what=_("The mail server %(host)s refuses the user and password.") % {"host": route.host},
            cure=_("Correct them in BALIE_SMTP_URL; special characters are written as %%XX there."),
        )
    except (OSError, smtplib.SMTPException) as reason:
        yield Problem(
            what=_("The mail server %(host)s does not answer on port %(port)s: %(reason)s")
            % {"host": route.host, "port": route.port, "reason": reason},
            cure=_("Correct BALIE_SMTP_URL, or let this machine reach that server."),
        )


def _outbox(url: str) -> Iterator[Problem]:
    if not _is_local(url):
        yield Problem(
            what=_("Mail does not leave this machine: it is written to %(folder)s.")
            % {"folder": settings.BALIE.data / "outbox"},
            cure=_("Set BALIE_SMTP_URL to your mail server."),
        )


def _clock() -> Iterator[Problem]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
    skew = abs(clock.now() - theirs)
    if skew > _SKEW:
        yield Problem(
            what=_("The clocks of this machine and of the database differ by %(seconds)s seconds.")
            % {"seconds": round(skew.total_seconds())},
            cure=_("Set both by NTP (timedatectl set-ntp true)."),
        )


def _dictionaries() -> Iterator[Problem]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT cfgname FROM pg_ts_config WHERE cfgname = ANY(%s)", [list(_DICTIONARIES)])
        there = {name for (name,) in cursor.fetchall()}
    if missing := sorted(set(_DICTIONARIES) - there):
        yield Problem(
            what=_("The database has no search dictionaries for: %(languages)s.") % {"languages": ", ".join(missing)},
            cure=_("Install the whole of PostgreSQL: its snowball dictionaries belong to it."),
        )


def _queues() -> Iterator[Problem]:
    """A worker that lives takes what is due within seconds, so work that waits for long tells that none does."""
    before = clock.now() - _STALE
    looks: tuple[tuple[Callable[[], int], str], ...] = (
        (
            Arrival.objects.filter(state__in=Arrival.PENDING, next_attempt_at__lt=before).count,
            _("%(count)s messages came in and are not read yet."),
        ),
        (
            Delivery.objects.filter(state__in=Delivery.PENDING, next_attempt_at__lt=before).count,
            _("%(count)s messages are due to go out and were not sent."),
        ),
    )
    for count, sentence in looks:
        if waiting := count():
            yield Problem(what=sentence % {"count": waiting}, cure=_("Start a worker: balie run, or balie worker."))
    if failed := Arrival.objects.filter(state=Arrival.State.FAILED).count():
        yield Problem(
            what=_("%(count)s messages came in and could not be read.") % {"count": failed},
            cure=_("An administrator sees them with their reasons in Balie, and can try each again."),
        )

"""How fast mail comes in: through the real door until it is stored, and until it is a message."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime

from django.conf import settings
from django.db.models import Max, Min, QuerySet

from balie.channels.models import Arrival, Delivery
from balie.operations import working
from balie.operations.bench.measured import Measured
from balie.operations.bench.processes import free_port, memory_mb, program
from balie.operations.bench.sending import SENDERS
from balie.platform import clock, waking
from balie.tickets.models import Ticket

_WORKERS = 2
_PATIENCE = 600.0


class NotTaken(Exception):
    """Mails, or what follows from them, did not get where they should in ten minutes."""


def measure(n: int) -> Iterator[Measured]:
    """Sends `n` mails of about 5 kB from four connections, twice: with two workers beside the mail door, and to the door alone.

    `ingest.door` is until 250; `ingest.backlog` how fast two workers make messages of what lies there; `ingest` the whole way,
    from the first mail to the last message, everything on one machine; `ingest.confirmed` the same until the last requester
    has been told, by a confirmation that a server has taken.
    """
    size = Ticket.objects.count()
    port = free_port()
    with sink(), program("maildoor", "--host", "127.0.0.1", "--port", str(port), port=port) as door:
        with workers() as working_on_it:
            begun = clock.now()
            _send_all(n, port=port)
            memory = {
                "maildoor_mb": memory_mb(door),
                "workers_mb": round(sum(memory_mb(worker) for worker in working_on_it), 1),
            }
            yield _settled("ingest", begun, n, size=size, since="received_at", **memory)
            _wait_until_delivered(begun)
            yield _confirmed(begun, size=size)
        begun = clock.now()
        accepted, elapsed = _send_all(n, port=port)
        yield Measured.of("ingest.door", size=size, concurrency=SENDERS, seconds=accepted, elapsed=elapsed)
        with workers():
            backlog = _settled("ingest.backlog", begun, n, size=size, since="settled_at")
        # Their confirmations would take as long again, and what is owed must not burden the next measure.
        _owed(begun).delete()
        yield backlog


@contextmanager
def workers() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Two of them, from when they listen."""
    with ExitStack() as running:
        working_on_it = [running.enter_context(program("worker")) for _number in range(_WORKERS)]
        until = time.monotonic() + _PATIENCE
        # Each drain of each worker sleeps under a number of its own once it has come up.
        while time.monotonic() < until and len(waking.sleepers()) < _WORKERS * (1 + working.DELIVERERS):
            time.sleep(0.1)
        yield working_on_it


def _owed(begun: datetime) -> QuerySet[Delivery]:
    """What this measure made the desk owe; what waits for longer, or for a channel that is not there, is not its own."""
    return Delivery.objects.filter(created_at__gte=begun, state=Delivery.State.OWED)


def _wait_until_delivered(begun: datetime) -> None:
    until = time.monotonic() + _PATIENCE
    while _owed(begun).exists():
        if time.monotonic() > until:
            raise NotTaken(f"{_owed(begun).count()} confirmations were not taken")
        time.sleep(0.5)


def _settled(name: str, begun: datetime, n: int, *, size: int, since: str, **also: float) -> Measured:
    """Once all `n` mails since then are messages: how long each waited, and how many were done a second."""
    _wait_until_settled(begun, n)
    arrivals = Arrival.objects.filter(received_at__gte=begun, settled_at__isnull=False)
    span = arrivals.aggregate(first=Min(since), last=Max("settled_at"))
    waits = [(done - came).total_seconds() for came, done in arrivals.values_list("received_at", "settled_at") if done]
    elapsed = (span["last"] - span["first"]).total_seconds()
    return Measured.of(name, size=size, concurrency=SENDERS, seconds=waits, elapsed=elapsed, **also)


def _send_all(n: int, *, port: int) -> tuple[list[float], float]:
    """The seconds that the door took for each, from MAIL to 250, and for all; sent by processes of their own."""
    shares = [n // SENDERS + (1 if number < n % SENDERS else 0) for number in range(SENDERS)]
    us = [sys.executable, "-m", "balie.operations.bench.sending", str(port), settings.BALIE.mail_domain]
    senders = [
        subprocess.Popen([*us, str(number), str(share)], stdout=subprocess.PIPE, text=True)  # noqa: S603  (our own program)
        for number, share in enumerate(shares)
    ]
    # The clock of all processes of one machine is the same.
    told = [line.split() for sender in senders for line in sender.communicate()[0].splitlines()]
    if len(told) < n:
        raise NotTaken(f"{n - len(told)} of {n} mails were not taken")
    spans = [(float(begun), float(ended)) for begun, ended in told]
    elapsed = max(ended for _begun, ended in spans) - min(begun for begun, _ended in spans)
    return [ended - begun for begun, ended in spans], elapsed


def _confirmed(begun: datetime, *, size: int) -> Measured:
    """How long each waited for its confirmation, from when it was stored."""
    sent = Delivery.objects.filter(created_at__gte=begun, purpose=Delivery.Purpose.CONFIRMATION, sent_at__isnull=False)
    told = {message: at for message, at in sent.values_list("message", "sent_at") if message and at}
    came = {
        message: at
        for message, at in Arrival.objects.filter(message__in=told).values_list("message", "received_at")
        if message
    }
    waits = [(told[message] - at).total_seconds() for message, at in came.items()]
    elapsed = (max(told.values()) - min(came.values())).total_seconds()
    return Measured.of("ingest.confirmed", size=size, concurrency=SENDERS, seconds=waits, elapsed=elapsed)


@contextmanager
def sink() -> Iterator[None]:
    """A server that takes what the desk sends, for the programs that are started meanwhile."""
    port = free_port()
    before = os.environ.get("BALIE_SMTP_URL")
    os.environ["BALIE_SMTP_URL"] = f"smtp://127.0.0.1:{port}"
    taking = subprocess.Popen([sys.executable, "-m", "balie.operations.bench.sink", str(port)])  # noqa: S603  (our own program)
    try:
        yield
    finally:
        taking.terminate()
        taking.wait()
        if before is None:
            del os.environ["BALIE_SMTP_URL"]
        else:
            os.environ["BALIE_SMTP_URL"] = before


def _wait_until_settled(begun: datetime, n: int) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        pending = Arrival.objects.filter(state__in=Arrival.PENDING).count()
        if not pending and Arrival.objects.filter(received_at__gte=begun).count() >= n:
            return
        time.sleep(0.2)
    raise NotTaken(f"{pending} mails did not become messages")

"""One way in for every door: keep first, understand after. Two commits, and no network between the door and the second.

Commit 1 is `keep`, in the door. Commit 2 is `understand`, in a worker, which asks the channel's driver what the arrival means.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import structlog
from django.db import Error as DatabaseFault
from django.db import InterfaceError, OperationalError, connection, transaction

from balie.channels import kinds
from balie.channels.models import Arrival
from balie.channels.models.arrival import LARGEST_IN_ROW, SettledByAnother
from balie.organisation.models import Organisation
from balie.organisation.models.organisation import NotSetUp
from balie.organisation.plan import Feature
from balie.platform import clock, files, waking

log = structlog.get_logger(__name__)

WAKE_WORD = "balie_arrivals"
_PAUSES = (10, 60, 300, 1800, 7200, 21600, 43200)
# So many times it was begun and nobody lived to say how it went.
_MOST_ATTEMPTS = 20


class NotKept(Exception):
    """The arrival could not be stored: the door must ask the other side to come again."""


def keep(*, kind: str, external_id: str, raw: bytes, envelope: dict[str, str]) -> Arrival:
    """Store one arrival and commit; raises `NotKept`. The same arrival again gives the first one, and nothing else happens."""
    return keep_all([(external_id, envelope)], kind=kind, raw=raw)[0]


def keep_all(addressed: Iterable[tuple[str, dict[str, str]]], *, kind: str, raw: bytes) -> list[Arrival]:
    """The same for one raw thing with several recipients: all of them in one commit, or none."""
    now = clock.now()
    rows = [
        Arrival(
            kind=kind, external_id=external_id, bundle=external_id.partition(":")[0][:80], envelope=envelope, size=len(raw),
            state=Arrival.State.WAITING, received_at=now, next_attempt_at=now,
        )
        for external_id, envelope in addressed
    ]  # fmt: skip
    try:
        sha256 = files.keep(raw).sha256 if len(raw) > LARGEST_IN_ROW else ""
        for row in rows:
            row.raw, row.raw_sha256 = (None, sha256) if sha256 else (raw, "")
        # Without a savepoint: a door that has begun a transaction keeps nothing of it either.
        with transaction.atomic(savepoint=False):
            Arrival.objects.bulk_create(rows, ignore_conflicts=True)
            waking.wake(WAKE_WORD)
        return rows
    except (DatabaseFault, files.NoRoom, OSError) as fault:
        raise NotKept(type(fault).__name__) from fault


class EndsWorkers(Exception):
    """Each worker that began with it ended before it was done."""


def understand_some(*, at_most: int = 20, holder: int | None = None) -> int:
    """Lease the arrivals that are due and understand them; returns how many were taken.

    What was begun before comes by itself: it may be what ended its worker, and must not take others along again.
    """
    if not _understands():
        return 0
    taken = 0
    for among, most in (("attempts = 0", at_most), ("attempts > 0", 1)):
        leased = Arrival.lease(at_most=most, holder=holder, among=among)
        for kind in dict.fromkeys(arrival.kind for arrival in leased):
            understand([arrival for arrival in leased if arrival.kind == kind], kind=kind)
        taken += len(leased)
    return taken


def _understands() -> bool:
    """Before Conversations is set up, and while the plan lacks it, arrivals wait: nothing is lost."""
    try:
        return Organisation.current().plan.is_open(Feature.CONVERSATIONS)
    except NotSetUp:
        return True


def understand(arrivals: Sequence[Arrival], *, kind: str) -> None:
    """Find out what they mean and act on it. A failure stays with its arrival, is retried, and is shown to administrators."""
    fresh = []
    for arrival in arrivals:
        with alone(arrival):
            if arrival.attempts > _MOST_ATTEMPTS:
                raise EndsWorkers
            fresh.append(arrival)
    if fresh:
        kinds.driver(kind).understand(fresh, alone=alone)


@contextmanager
def alone(arrival: Arrival) -> Iterator[None]:
    """Whatever goes wrong within is this arrival's own matter; except that the database is away, which is raised."""
    try:
        yield
    except (OperationalError, InterfaceError) as fault:
        if not connection.is_usable():
            # The database went away: the lease brings the arrival back.
            raise
        # It is there: a deadlock, or a limit that this arrival goes beyond.
        _put_off(arrival, fault)
    except SettledByAnother:
        log.info("arrival settled by another worker", arrival=arrival.pk)
    except Exception as fault:
        _put_off(arrival, fault)


def _put_off(arrival: Arrival, fault: Exception) -> None:
    # The traceback names our own lines, and never what was written.
    where = "".join(traceback.format_tb(fault.__traceback__)[-3:])
    arrival.error = f"{type(fault).__name__}: {str(fault)[:300]}\n{where}"[:4000]
    if arrival.attempts > len(_PAUSES):
        arrival.state, arrival.next_attempt_at = Arrival.State.FAILED, None
    else:
        pause = timedelta(seconds=_PAUSES[max(arrival.attempts, 1) - 1])
        arrival.state, arrival.next_attempt_at = Arrival.State.RETRYING, clock.now() + pause
    Arrival.objects.filter(pk=arrival.pk, state__in=Arrival.PENDING).update(
        state=arrival.state, error=arrival.error, next_attempt_at=arrival.next_attempt_at, held_by=None
    )
    log.warning("arrival put off", arrival=arrival.pk, attempts=arrival.attempts, fault=type(fault).__name__)

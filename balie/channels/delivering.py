"""One way out: what is owed becomes a row in the commit that owes it, and a worker delivers it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction

from balie.channels import kinds, silence, threads
from balie.channels.models import Channel, Delivery, Thread
from balie.people.models import Person
from balie.platform import clock, waking
from balie.platform.gathering import later
from balie.tickets.models import Event

if TYPE_CHECKING:
    from balie.channels.notices.models import Wishes

log = structlog.get_logger(__name__)

WAKE_WORD = "balie_deliveries"
_URGENT = "(purpose IN ('reply', 'account') OR thread_id IS NOT NULL)"
# Of several answers to one person about one request the earlier goes first, whichever worker has it; one that has failed for a
# quarter of an hour holds up the later ones no longer. In a thread nothing goes before what was said earlier, whatever happens.
_IN_ORDER = """(purpose <> 'reply' OR thread_id IS NOT NULL OR NOT EXISTS (
    SELECT FROM {table} AS earlier
    WHERE earlier.ticket_id = {table}.ticket_id AND earlier.recipient_id = {table}.recipient_id AND earlier.id < {table}.id
    AND earlier.purpose = 'reply' AND earlier.state IN ('owed', 'retrying') AND earlier.attempts < 6
)) AND (thread_id IS NULL OR NOT EXISTS (
    SELECT FROM {table} AS earlier
    WHERE earlier.thread_id = {table}.thread_id AND earlier.id < {table}.id AND earlier.state IN ('owed', 'retrying')
))""".format(table=connection.ops.quote_name(Delivery._meta.db_table))  # noqa: S608  (the name of our own table)
# Mere notices wait this long for company, so that several make one mail.
NOTICES_WAIT = timedelta(minutes=1)
MOST_IN_ONE_MAIL = 50
# The notices, by their reason, that are said in the thread in which somebody asked.
THREADED = ("solved",)
_UTC = ZoneInfo("UTC")
# Twice what two days of pauses come to: nobody lived to say how it went.
_MOST_ATTEMPTS = 40


def owe(event: Event, *, to: Iterable[Person], purpose: Delivery.Purpose) -> list[Delivery]:
    """Promise each of these people to tell them of the event; whoever must not hear of it is left out.

    Nobody is promised anything by a way that the plan lacks; what was promised before it was removed is kept.
    """
    now = clock.now()
    pause = NOTICES_WAIT if purpose == Delivery.Purpose.NOTICE else timedelta(0)
    hearing = silence.those_who_may_hear(to, purpose=purpose, ticket=event.ticket, event=event)
    thread = threads.of(event.ticket) if hearing and purpose == Delivery.Purpose.REPLY else None
    reading = threads.read_by(thread, hearing) if thread is not None else []
    owed = [
        Delivery(
            kind=kinds.EMAIL, purpose=purpose, address=address, recipient=person, ticket=event.ticket,
            message=event.message, event=event, state=Delivery.State.OWED, created_at=now, next_attempt_at=now + pause,
        )
        for person in (hearing if kinds.is_open(kinds.EMAIL) else ())
        if person not in reading and (address := person.mail_address())
    ]  # fmt: skip
    if thread is not None and reading:
        # Said once, where all of these read it.
        owed.append(threads.delivery(thread, purpose=purpose, recipient=reading[0], event=event))
    for delivery in owed:
        later(_write_down, delivery)
    return owed


def owe_notices(event: Event, *, about: str, to: Iterable[tuple[Person, str, Wishes]]) -> None:
    """Promise to tell each of these people by the channel and at the time that they wish; `silence` has been asked already."""
    now = clock.now()
    told = list(to)
    thread = threads.of(event.ticket) if about in THREADED and told else None
    reading = threads.read_by(thread, [person for person, _kind, _wishes in told]) if thread is not None else []
    if thread is not None and reading:
        later(
            _write_down,
            threads.delivery(thread, purpose=Delivery.Purpose.NOTICE, recipient=reading[0], event=event, about=about),
        )
    for person, kind, wishes in told:
        if person in reading:
            continue
        if kinds.is_open(kind) and (address := person.mail_address()):
            has_hours = wishes.quiet_days or wishes.quiet_from or wishes.rhythm == wishes.Rhythm.DAILY
            zone = person.zone() if has_hours else _UTC
            notice = Delivery(
                kind=kind, purpose=Delivery.Purpose.NOTICE, about=about, address=address, recipient=person, ticket=event.ticket,
                message=event.message, event=event, state=Delivery.State.OWED, created_at=now,
                next_attempt_at=wishes.due_at(now, way=kind, zone=zone),
            )  # fmt: skip
            later(_write_down, notice)


def owe_card(thread: Thread) -> None:
    """Promise to show in the thread where its request stands, as it will be when it is shown."""
    later(_write_down, threads.delivery(thread, purpose=Delivery.Purpose.CARD, recipient=thread.reader))


def release(channel: Channel) -> int:
    """What waited for the channel goes on; gives how many that were."""
    now = clock.now()
    waiting = Delivery.objects.filter(thread__channel=channel, state__in=Delivery.PENDING, next_attempt_at__isnull=True)
    released = waiting.update(state=Delivery.State.OWED, attempts=0, error="", created_at=now, next_attempt_at=now)
    waking.wake(WAKE_WORD)
    return released


def _write_down(owed: list[Delivery]) -> None:
    Delivery.objects.bulk_create(owed, ignore_conflicts=True)
    waking.wake(WAKE_WORD)


def deliver_some(*, at_most: int = 10, holder: int | None = None) -> int:
    """Lease what is due and deliver it; returns how many were taken."""
    return _deliver_all(_lease("true", at_most=at_most, holder=holder))


def deliver_urgent(*, at_most: int = 10, holder: int | None = None) -> int:
    """The same for what somebody waits for: answers and sign-in links. Confirmations and notices come later."""
    return _deliver_all(_lease(_URGENT, at_most=at_most, holder=holder))


def _lease(among: str, *, at_most: int, holder: int | None) -> list[Delivery]:
    """What was begun before comes by itself: it may be what ended its worker, and must not take others along again."""
    leased = []
    for attempts, most in (("attempts = 0", at_most), ("attempts > 0", 1)):
        leased += Delivery.lease(at_most=most, holder=holder, among=f"{among} AND {attempts} AND {_IN_ORDER}")
    return leased


def _deliver_all(leased: list[Delivery]) -> int:
    # What happened first is told first, whatever order the database gives them in.
    fresh = []
    for delivery in sorted(leased, key=lambda one: one.pk):
        if delivery.attempts > _MOST_ATTEMPTS:
            delivery.refuse("Each worker that began with it ended before it was done.")
        else:
            fresh.append(delivery)
    for kind in dict.fromkeys(delivery.kind for delivery in fresh):
        _deliver([delivery for delivery in fresh if delivery.kind == kind], kinds.driver(kind))
    return len(leased)


def _deliver(deliveries: list[Delivery], driver: kinds.Driver) -> None:
    if isinstance(driver, kinds.DeliversMany):
        driver.deliver_all(deliveries, alone=alone)
        return
    for delivery in deliveries:
        with alone(delivery):
            driver.deliver(delivery)


@contextmanager
def alone(delivery: Delivery) -> Iterator[None]:
    """Whatever goes wrong within is this delivery's own matter, and is tried again later; except that the database is away,
    which is raised."""
    try:
        yield
    except Exception as fault:
        if isinstance(fault, OperationalError | InterfaceError) and not connection.is_usable():
            # The database went away: the lease brings the delivery back.
            raise
        log.warning("delivery put off", delivery=delivery.pk, fault=type(fault).__name__)
        delivery.put_off(type(fault).__name__)


def begin(deliveries: Sequence[Delivery], *, name: Callable[[Delivery], str]) -> list[Delivery]:
    """Name them before their first try and hold them for one try more; gives those that no other worker has by now."""
    held_until = clock.now() + Delivery.LEASE
    table = connection.ops.quote_name(Delivery._meta.db_table)
    pending = ", ".join(f"'{state}'" for state in Delivery.PENDING)
    names = {one.pk: one.external_id or name(one) for one in deliveries}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE {table} AS this SET external_id = begun.name, next_attempt_at = %s
            FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[]) AS begun (id, name, held_until)
            WHERE this.id = begun.id AND this.state IN ({pending}) AND this.next_attempt_at = begun.held_until
            RETURNING this.id
            """,  # noqa: S608  (names of our own tables)
            [held_until, list(names), list(names.values()), [one.next_attempt_at for one in deliveries]],
        )
        held = {number for (number,) in cursor.fetchall()}
    begun = [one for one in deliveries if one.pk in held]
    for one in begun:
        one.external_id, one.next_attempt_at = names[one.pk], held_until
    return begun


def take_all(deliveries: Sequence[Delivery]) -> None:
    """The other side has them all."""
    taken_at = clock.now()
    Delivery.objects.filter(pk__in=[one.pk for one in deliveries]).update(
        state=Delivery.State.SENT, error="", raw=None, next_attempt_at=None, sent_at=taken_at
    )


def gather_notices(delivery: Delivery, *, name: Callable[[list[Delivery]], str]) -> list[Delivery]:
    """The notice and all others that its recipient is owed by now, oldest first: one mail tells them all.

    `name` makes the external id of that mail, before its first try; what failed together is tried again together, under the
    same name. Gives nothing when another mail tells of this notice, or will.
    """
    with transaction.atomic():
        # Always in this order, so that two workers with notices for one person cannot wait for each other.
        owed = list(
            Delivery.objects.select_for_update(of=("self",))
            .filter(
                recipient=delivery.recipient_id, kind=delivery.kind, purpose=Delivery.Purpose.NOTICE,
                state__in=Delivery.PENDING,
            )
            .order_by("pk")
        )  # fmt: skip
        current = next((one for one in owed if one.pk == delivery.pk), None)
        if current is None or current.next_attempt_at != delivery.next_attempt_at:
            return []
        group = [one for one in owed if one.external_id == current.external_id]
        if current.external_id and group[0].pk != current.pk:
            # The oldest speaks for all of them.
            Delivery.objects.filter(pk=current.pk).update(
                next_attempt_at=group[0].next_attempt_at, held_by=group[0].held_by
            )
            return []
        if not current.external_id:
            group = [current, *(one for one in group if one.pk != current.pk)][:MOST_IN_ONE_MAIL]
            group.sort(key=lambda one: one.pk)
        external_id, held_until = current.external_id or name(group), clock.now() + Delivery.LEASE
        for one in group:
            one.external_id, one.next_attempt_at, one.attempts = external_id, held_until, max(delivery.attempts, 1)
            one.held_by = delivery.held_by
        Delivery.objects.bulk_update(group, ["external_id", "next_attempt_at", "attempts", "held_by"])
    return group

"""One way out: what is owed becomes a row in the commit that owes it, and a worker delivers it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction

from balie.channels import kinds, silence
from balie.channels.models import Delivery
from balie.people.models import Person
from balie.platform import clock, waking
from balie.tickets.models import Event

log = structlog.get_logger(__name__)

WAKE_WORD = "balie_deliveries"
_URGENT = "purpose IN ('reply', 'account')"
# Mere notices wait this long for company, so that several make one mail.
NOTICES_WAIT = timedelta(minutes=1)
MOST_IN_ONE_MAIL = 50
# Twice what two days of pauses come to: nobody lived to say how it went.
_MOST_ATTEMPTS = 40


def owe(event: Event, *, to: Iterable[Person], purpose: Delivery.Purpose) -> list[Delivery]:
    """Promise each of these people to tell them of the event; whoever must not hear of it is left out."""
    now = clock.now()
    pause = NOTICES_WAIT if purpose == Delivery.Purpose.NOTICE else timedelta(0)
    owed = [
        Delivery(
            kind=kinds.EMAIL, purpose=purpose, address=address, recipient=person, ticket=event.ticket,
            message=event.message, event=event, state=Delivery.State.OWED, created_at=now, next_attempt_at=now + pause,
        )
        for person in silence.those_who_may_hear(to, purpose=purpose, ticket=event.ticket, event=event)
        if (address := person.mail_address())
    ]  # fmt: skip
    if owed:
        Delivery.objects.bulk_create(owed, ignore_conflicts=True)
        waking.wake(WAKE_WORD)
    return owed


def deliver_some(*, at_most: int = 5, holder: int | None = None) -> int:
    """Lease what is due and deliver each by itself; returns how many were taken."""
    return _deliver_all(Delivery.lease(at_most=at_most, holder=holder))


def deliver_urgent(*, at_most: int = 5, holder: int | None = None) -> int:
    """The same for what somebody waits for: answers and sign-in links. Confirmations and notices come later."""
    return _deliver_all(Delivery.lease(at_most=at_most, holder=holder, among=_URGENT))


def _deliver_all(leased: list[Delivery]) -> int:
    # What happened first is told first, whatever order the database gives them in.
    for delivery in sorted(leased, key=lambda one: one.pk):
        deliver(delivery)
    return len(leased)


def deliver(delivery: Delivery) -> None:
    """Send it. A failure stays with this delivery and is tried again later."""
    if delivery.attempts > _MOST_ATTEMPTS:
        delivery.refuse("Each worker that began with it ended before it was done.")
        return
    try:
        kinds.driver(delivery.kind).deliver(delivery)
    except Exception as fault:
        if isinstance(fault, OperationalError | InterfaceError) and not connection.is_usable():
            # The database went away: the lease brings the delivery back.
            raise
        log.warning("delivery put off", delivery=delivery.pk, fault=type(fault).__name__)
        delivery.put_off(type(fault).__name__)


def begin(delivery: Delivery, *, external_id: str) -> bool:
    """Name it before the first try and hold it for one try more; False when another worker has it by now."""
    held_until = clock.now() + Delivery.LEASE
    held = Delivery.objects.filter(
        pk=delivery.pk, state__in=Delivery.PENDING, next_attempt_at=delivery.next_attempt_at
    ).update(external_id=external_id, next_attempt_at=held_until)
    delivery.external_id, delivery.next_attempt_at = external_id, held_until
    return bool(held)


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

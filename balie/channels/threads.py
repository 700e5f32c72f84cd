"""Threads, and who reads them: a person's answer goes where they asked, once, and nobody gets it twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q

from balie.channels import kinds
from balie.channels.models import Delivery, Thread
from balie.people.models import Person
from balie.platform import clock
from balie.platform.gathering import remembered
from balie.tickets.models import Event, Ticket


def of(ticket: Ticket) -> Thread | None:
    """Where the request lives, by a way that the plan has: in its own thread, else in one of a request merged into it."""
    return remembered((of, ticket.pk), lambda: _of(ticket))


def read_by(thread: Thread, people: Iterable[Person]) -> list[Person]:
    """Those of these people who read the thread, its requester first."""
    asked = list(people)
    if thread.reader_id is not None:
        return [person for person in asked if person.pk == thread.reader_id]
    ticket = thread.ticket
    if ticket is None or not asked:
        return []
    # In a channel that many read: whoever asked or spoke there.
    speaking = set(
        ticket.messages.filter(channel=thread.channel.kind, author__in=[one.pk for one in asked])
        .order_by()
        .values_list("author_id", flat=True)
    )
    found = [person for person in asked if person.pk in speaking]
    return sorted(found, key=lambda person: person.pk != ticket.requester_id)


def reached(ticket: Ticket, people: Sequence[Person], *, addresses: Sequence[str]) -> set[int]:
    """Those who have it already, since it was said in the thread."""
    if not any(address.startswith("thread:") for address in addresses):
        return set()
    thread = of(ticket)
    if thread is None or thread.address not in addresses:
        return set()
    return {person.pk for person in read_by(thread, people)}


def delivery(
    thread: Thread, *, purpose: str, recipient: Person | None, event: Event | None = None, about: str = ""
) -> Delivery:
    """One thing to say in the thread, not yet saved."""
    now = clock.now()
    return Delivery(
        kind=thread.channel.kind, purpose=purpose, about=about, address=thread.place, recipient=recipient, thread=thread,
        ticket_id=thread.ticket_id, message=event.message if event else None, event=event, state=Delivery.State.OWED,
        created_at=now, next_attempt_at=now,
    )  # fmt: skip


def withdraw(ticket: Ticket) -> None:
    """Where many read, nothing more is said of a private team's request: it goes on in a talk with its requester."""
    thread = ticket.threads.select_related("channel").order_by("-pk").first()
    if thread is None or thread.fits(ticket):
        return
    talk = private_talk(thread, ticket.requester)
    if talk is not None:
        Thread.objects.create(channel=thread.channel, ticket=ticket, reader=ticket.requester, place=talk)


def private_talk(thread: Thread, person: Person) -> str | None:
    """The id by which the person is written to alone, or None when the channel does not know them."""
    identity = person.identities.filter(
        kind=thread.channel.kind, external_id__startswith=f"{thread.channel.external_id}:"
    ).first()
    return identity.external_id.partition(":")[2] if identity else None


def _of(ticket: Ticket) -> Thread | None:
    tickets = Ticket.objects.filter(Q(pk=ticket.pk) | Q(merged_into=ticket.pk)).order_by().values("pk")
    threads = Thread.objects.filter(ticket__in=tickets).select_related("channel", "reader", "ticket__team")
    found = sorted(threads, key=lambda one: (one.ticket_id == ticket.pk, one.pk), reverse=True)
    return next((one for one in found if one.fits(ticket) and kinds.is_open(one.channel.kind)), None)

"""Saying that two requests belong together."""

from django.db import transaction

from balie.people.models import Person
from balie.tickets.models import Event, Link, Ticket


def link(one: Ticket, other: Ticket, *, by: Person | None) -> None:
    """Link the two; nothing happens when they are the same or linked already."""
    lower, higher = sorted((one.pk, other.pk))
    if lower == higher:
        return
    with transaction.atomic():
        _link, is_new = Link.objects.get_or_create(lower_id=lower, higher_id=higher)
        if is_new:
            for ticket, linked in ((one, other), (other, one)):
                Event.record(ticket, kind=Event.Kind.LINKED, by=by, ticket=linked.pk)


def unlink(one: Ticket, other: Ticket, *, by: Person) -> None:
    lower, higher = sorted((one.pk, other.pk))
    with transaction.atomic():
        if Link.objects.filter(lower_id=lower, higher_id=higher).delete()[0]:
            for ticket, linked in ((one, other), (other, one)):
                Event.record(ticket, kind=Event.Kind.UNLINKED, by=by, ticket=linked.pk)


def linked_to(ticket: Ticket, *, seen_by: Person) -> list[Ticket]:
    """The linked requests that this person may know of."""
    numbers = [
        *ticket.links_up.values_list("higher_id", flat=True),
        *ticket.links_down.values_list("lower_id", flat=True),
    ]
    if not numbers:
        return []
    return list(Ticket.objects.visible_to(seen_by).filter(pk__in=numbers).order_by("pk"))

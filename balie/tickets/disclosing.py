"""An administrator opens a private team's request, with a reason that is logged and shown to the team (product, rule 4)."""

from django.db import transaction

from balie.people.models import Person
from balie.tickets import refusals
from balie.tickets.models import Disclosure, Event, Ticket

MOST_LISTED = 100


def disclose(number: int, *, by: Person, reason: str) -> Ticket:
    """Raises `NotYours` for everybody but administrators, also when there is no such request: nothing is given away."""
    if not by.is_administrator:
        raise refusals.NotYours
    if not reason.strip():
        raise refusals.ReasonMissing
    with transaction.atomic():
        ticket = Ticket.objects.present().filter(pk=number, team__is_private=True).first()
        if ticket is None:
            raise refusals.NotYours
        _row, is_new = Disclosure.objects.get_or_create(
            ticket=ticket, person=by, defaults={"reason": reason.strip()[:500]}
        )
        if is_new:
            Event.record(ticket, kind=Event.Kind.DISCLOSED, by=by, reason=reason.strip()[:500])
    return ticket


def opened_by(person: Person) -> list[Disclosure]:
    """What this administrator opened so, the latest first; without what was deleted since."""
    seen = Ticket.objects.worked_on_by(person).order_by().values("pk")
    rows = Disclosure.objects.filter(person=person, ticket__in=seen).select_related("ticket__team", "ticket__status")
    return list(rows.order_by("-opened_at", "-pk")[:MOST_LISTED])

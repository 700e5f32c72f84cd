"""Who hears that a promise is nearly or already missed: whoever it is assigned to, else those of the team who listen."""

from __future__ import annotations

from balie.channels import telling
from balie.channels.notices import giving
from balie.channels.notices.kinds import Kind
from balie.people.models import Person
from balie.tickets.models import Event, Ticket


def tell_workers(event: Event) -> None:
    """At once, unless the team does not work now: then `watching` tells them when it opens."""
    if not event.details.get("waits"):
        tell(event)


def tell(event: Event) -> None:
    """By each person's wishes."""
    kind = Kind.SLA_WARNED if event.kind == Event.Kind.SLA_WARNED else Kind.SLA_MISSED
    giving.give(event, kind, to=_concerned(event.ticket))


def _concerned(ticket: Ticket) -> list[Person]:
    assignee = ticket.assignee
    return [assignee] if assignee is not None and assignee.is_active else telling.listening_members(ticket)

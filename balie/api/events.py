"""Everything that happened to a request."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from balie.api import finding, shapes
from balie.api.door import caller_of
from balie.api.lists import Cursor, Limit, Order, Page
from balie.api.shapes import PersonShape
from balie.people.models import Person
from balie.tickets.models import Event, Ticket

router = Router(tags=["events"])

# What takes part is told of; the rest is the team's own matter.
_PUBLIC = (Event.Kind.OPENED, Event.Kind.RESOLVED, Event.Kind.REOPENED)
# These name another request, which the reader may have no right to know of.
_OF_TWO = (Event.Kind.LINKED, Event.Kind.UNLINKED, Event.Kind.MERGED, Event.Kind.ABSORBED)
_OLDEST_FIRST = Order(name="events", fields=("pk",))


class EventShape(Schema):
    """`details` hold ids and former and new values."""

    id: int
    kind: str
    by: PersonShape | None = Field(description="Null when it was nobody, but the clock")
    at: datetime
    message: int | None = Field(description="Id of the message that it is about")
    details: dict[str, Any]


@router.get(
    "/requests/{int:number}/events", response=Page[EventShape], operation_id="list_events", summary="Events, oldest first"
)  # fmt: skip
def list_events(request: HttpRequest, number: int, cursor: Cursor = "", limit: Limit = 50) -> Page[EventShape]:
    """All of them for those who work on the request; for those who take part, that it was opened, resolved and reopened."""
    caller = caller_of(request)
    ticket = finding.ticket_of(caller, number)
    works_on_it = ticket.is_worked_on_by(caller)
    events = _known(ticket, caller) if works_on_it else ticket.events.filter(kind__in=_PUBLIC)
    found, following = _OLDEST_FIRST.page(events.select_related("by"), cursor=cursor, limit=limit)
    people = shapes.people([event.by for event in found if event.by is not None])
    return Page(items=[_shown(event, people, in_full=works_on_it) for event in found], next=following)


def _known(ticket: Ticket, person: Person) -> QuerySet[Event]:
    """Without what would tell of a request that the person may not know of."""
    of_two = {
        pk: _other(details) for pk, details in ticket.events.filter(kind__in=_OF_TWO).values_list("pk", "details")
    }
    if not of_two:
        return ticket.events.all()
    known = set(Ticket.objects.visible_to(person).filter(pk__in=of_two.values()).values_list("pk", flat=True))
    return ticket.events.exclude(pk__in=[pk for pk, other in of_two.items() if other not in known])


def _other(details: dict[str, Any]) -> int:
    return int(details.get("ticket") or details.get("into") or 0)


def _shown(event: Event, people: dict[int, PersonShape], *, in_full: bool) -> EventShape:
    return EventShape(
        id=event.pk, kind=event.kind, by=people.get(event.by_id or 0), at=event.at, message=event.message_id,
        details=event.details if in_full else {},
    )  # fmt: skip

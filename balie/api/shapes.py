"""How requests and people look to a program. The names are those of the contract; more may be added, none may change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final, Literal

from ninja import Schema
from pydantic import Field

from balie.people.models import Identity, Person
from balie.sla.models import Clock
from balie.tickets.models import Rating, Ticket
from balie.tickets.models.ticket import TicketQuerySet

GroupName = Literal["todo", "in_progress", "waiting", "resolved"]
ClockState = Literal["running", "paused", "met", "breached", "cancelled"]
PriorityName = Literal["low", "normal", "high", "urgent"]

PRIORITIES: Final[dict[str, int]] = {priority.name.lower(): priority.value for priority in Ticket.Priority}
_PRIORITY_NAMES: Final = {value: name for name, value in PRIORITIES.items()}


class PersonShape(Schema):
    """Who somebody is. `email` is where mail reaches them, "" when nowhere."""

    id: int
    name: str
    email: str


class ClockShape(Schema):
    """One promise of an SLA. Of a paused one nobody knows when it is due."""

    goal: Literal["response", "resolution"]
    due_at: datetime | None
    state: ClockState
    met_at: datetime | None = Field(description="When it was done, in time or late")
    paused_at: datetime | None


class RatingShape(Schema):
    """What the requester thought of the answer: 1 not good, 2 so-so, 3 good."""

    score: int
    comment: str
    given_at: datetime
    changed_at: datetime


class RequestShape(Schema):
    """One request."""

    number: int
    subject: str
    team: str = Field(description="Address of the team, the part before the @")
    category: str | None = Field(description="Name of the team's category")
    status: str = Field(description="Key of the status")
    group: GroupName
    priority: PriorityName
    requester: PersonShape
    assignee: PersonShape | None
    followers: list[PersonShape]
    due_on: date | None
    channel: str
    created_at: datetime
    updated_at: datetime
    first_response_at: datetime | None
    resolved_at: datetime | None
    snoozed_until: datetime | None
    clocks: list[ClockShape] = Field(description="Promises made for it; for those who work on the request")
    rating: RatingShape | None = Field(description="For the requester, and for those who work on the request")


def with_all(tickets: TicketQuerySet) -> TicketQuerySet:
    """Brings along what `requests` shows, at two queries however many there are."""
    return tickets.select_related("team", "category", "status", "requester", "assignee").prefetch_related("followers")


def requests(tickets: Sequence[Ticket], *, caller: Person) -> list[RequestShape]:
    shown = people(
        [one for ticket in tickets for one in (ticket.requester, ticket.assignee, *ticket.followers.all()) if one]
    )
    rated = _ratings(tickets, caller=caller)
    clocks = _clocks(tickets, caller=caller)
    return [_request(ticket, shown, rated.get(ticket.pk), clocks.get(ticket.pk, [])) for ticket in tickets]


def people(found: Iterable[Person]) -> dict[int, PersonShape]:
    """By id; the addresses of those who have no work address come by one query for all of them."""
    each = {person.pk: person for person in found}
    nowhere = [pk for pk, person in each.items() if not person.email]
    first: dict[int, str] = {}
    if nowhere:
        known = Identity.objects.filter(person__in=nowhere, kind=Identity.EMAIL).order_by("-pk")
        first = dict(known.values_list("person_id", "external_id"))
    return {
        pk: PersonShape(id=pk, name=person.name, email=person.email or first.get(pk, "")) for pk, person in each.items()
    }


def _ratings(tickets: Sequence[Ticket], *, caller: Person) -> dict[int, RatingShape]:
    """Those that the caller may know, by request."""
    rows = Rating.objects.given().filter(ticket__in=[one.pk for one in tickets]).order_by("changed_at")
    given = {rating.ticket_id: rating for rating in rows}
    others = [number for number, rating in given.items() if rating.person_id != caller.pk]
    worked_on = (
        set(Ticket.objects.worked_on_by(caller).filter(pk__in=others).values_list("pk", flat=True)) if others else set()
    )
    return {
        number: RatingShape.model_validate(rating, from_attributes=True)
        for number, rating in given.items()
        if rating.person_id == caller.pk or number in worked_on
    }


def _clocks(tickets: Sequence[Ticket], *, caller: Person) -> dict[int, list[ClockShape]]:
    """By request, of those that the caller works on; asks for nothing where nothing was promised."""
    promised = [ticket.pk for ticket in tickets if ticket.promises is not None]
    if not promised or not caller.is_expert:
        return {}
    mine = Ticket.objects.worked_on_by(caller).filter(pk__in=promised).order_by().values("pk")
    found: dict[int, list[ClockShape]] = {}
    for one in Clock.objects.filter(ticket__in=mine).order_by("ticket_id", "-goal", "round"):
        shape = ClockShape(
            goal=one.goal, due_at=one.due_at, state=one.state, met_at=one.met_at, paused_at=one.paused_at  # type: ignore[arg-type]  # their choices
        )  # fmt: skip
        found.setdefault(one.ticket_id, []).append(shape)
    return found


def _request(
    ticket: Ticket, shown: dict[int, PersonShape], rating: RatingShape | None, clocks: list[ClockShape]
) -> RequestShape:  # fmt: skip
    return RequestShape(
        number=ticket.pk,
        subject=ticket.subject,
        team=ticket.team.address,
        category=ticket.category.name if ticket.category else None,
        status=ticket.status.key,
        group=ticket.group,  # type: ignore[arg-type]  # its choices are these names
        priority=_PRIORITY_NAMES[ticket.priority],  # type: ignore[arg-type]  # as above
        requester=shown[ticket.requester_id],
        assignee=shown[ticket.assignee_id] if ticket.assignee_id else None,
        followers=sorted((shown[one.pk] for one in ticket.followers.all()), key=lambda one: one.id),
        due_on=ticket.due_on,
        channel=ticket.channel,
        created_at=ticket.created_at,
        updated_at=ticket.updated_at,
        first_response_at=ticket.first_response_at,
        resolved_at=ticket.resolved_at,
        snoozed_until=ticket.snoozed_until,
        clocks=clocks,
        rating=rating,
    )

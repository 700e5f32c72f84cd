"""Requests: the list, one of them, asking, and changing."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Status
from pydantic import Field

from balie.api import finding, shapes
from balie.api.changing import RequestChanges
from balie.api.door import caller_of
from balie.api.filters import RequestFilters
from balie.api.lists import Cursor, Limit, Order, Page
from balie.api.problems import Unfit
from balie.api.reading import Body, Letter, Line, Reference, files_of, read, schema_of, words_of
from balie.api.shapes import PriorityName, RequestShape
from balie.people.models import Person
from balie.tickets.models import Ticket

router = Router(tags=["requests"])
CHANNEL = "api"

_NEWEST_FIRST = Order(name="requests", fields=("number",), descending=True)


class NewRequest(Body):
    """What somebody asks."""

    team: Reference = Field(description="Address or id of the team")
    subject: Annotated[Line, Field(max_length=255)] = ""
    text: Letter = ""
    html: Letter = Field("", description="Instead of `text`; it is cleaned")
    category: Reference | None = Field(None, description="Name or id of a category of the team")
    priority: PriorityName | None = Field(None, description="By those who work on the request")
    requester: Reference | None = Field(None, description="By experts: on whose behalf, an id or address")
    followers: Annotated[list[Reference], Field(max_length=200)] = []
    due_on: date | None = None

    def requester_for(self, caller: Person) -> Person:
        """Only experts ask for somebody else, and only they may try who is known here."""
        if self.requester is None or self.requester in ("me", caller.pk, caller.email):
            return caller
        if not caller.is_expert:
            raise Unfit("requester", _("Only experts ask on behalf of somebody else."))
        return finding.person_meant("requester", self.requester, caller=caller)

    def copies_for(self, caller: Person) -> tuple[Person, ...]:
        if self.followers and not caller.is_expert:
            raise Unfit("followers", _("Only experts add somebody to a new request."))
        return tuple(finding.person_meant("followers", name, caller=caller) for name in self.followers)


@router.get("", response=Page[RequestShape], operation_id="list_requests", summary="Requests, newest first")
def list_requests(
    request: HttpRequest, filters: Query[RequestFilters], cursor: Cursor = "", limit: Limit = 50
) -> Page[RequestShape]:
    """All that you asked, follow or work on, and that fit every filter."""
    caller = caller_of(request)
    tickets = shapes.with_all(filters.apply(person=caller))
    found, following = _NEWEST_FIRST.page(tickets, cursor=cursor, limit=limit)
    return Page(items=shapes.requests(found, caller=caller), next=following)


@router.post(
    "", response={201: RequestShape}, operation_id="open_request", summary="Ask a team",
    openapi_extra=schema_of(NewRequest, with_files=True),
)  # fmt: skip
def open_request(request: HttpRequest, response: HttpResponse) -> Status[RequestShape]:
    """A new request with its first message; with files as multipart/form-data."""
    caller, asked = caller_of(request), read(request, NewRequest)
    team = finding.team_meant("team", asked.team, among=finding.teams_known_to(caller))
    category = asked.category
    ticket = Ticket.open(
        team=team, requester=asked.requester_for(caller), by=caller, subject=asked.subject, channel=CHANNEL,
        words=words_of(asked.text, asked.html, files=files_of(request)),
        category=None if category is None else finding.category_meant("category", category, team=team),
        copies=asked.copies_for(caller), due_on=asked.due_on,
    )  # fmt: skip
    if asked.priority is not None:
        ticket.prioritise(shapes.PRIORITIES[asked.priority], by=caller)
    response.headers["Location"] = reverse("api:get_request", args=[ticket.pk])
    return Status(201, _shown(caller, ticket.pk))


@router.get("/{int:number}", response=RequestShape, operation_id="get_request", summary="One request")
def get_request(request: HttpRequest, number: int) -> RequestShape:
    """A number that was merged into another one gives that one."""
    return _shown(caller_of(request), number)


@router.patch(
    "/{int:number}", response={200: RequestShape, 204: None}, operation_id="change_request", summary="Change a request",
    openapi_extra=schema_of(RequestChanges),
)  # fmt: skip
def change_request(request: HttpRequest, number: int) -> Status[RequestShape | None]:
    """All of the changes or none. 204 when the request is not yours to see any more, for example in another team."""
    caller, changes = caller_of(request), read(request, RequestChanges)
    changes.apply(finding.ticket_of(caller, number), by=caller)
    try:
        return Status(200, _shown(caller, number))
    except Http404:
        return Status(204, None)


def _shown(caller: Person, number: int) -> RequestShape:
    rows = shapes.with_all(Ticket.objects.visible_to(caller))
    return shapes.requests([finding.ticket_of(caller, number, rows=rows)], caller=caller)[0]

"""Who reads a page of the portal, and which request they opened."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest

from balie.people.models import Person
from balie.tickets.models import Follower, Ticket


def reader_of(request: HttpRequest) -> Person:
    """The gate has let nobody else in."""
    assert isinstance(request.user, Person)
    return request.user


def opened(request: HttpRequest, number: int) -> Ticket:
    """A request that the person asked or follows; not found for everybody else."""
    person = reader_of(request)
    present = Ticket.objects.present()
    if person.viewed_by is not None:
        present = present.filter(team__is_private=False)
    ticket = (
        present.filter(pk=number)
        .filter(Q(requester=person) | Exists(Follower.objects.filter(ticket=OuterRef("pk"), person=person)))
        .select_related("team", "category", "status", "requester", "assignee", "merged_into")
        .first()
    )
    if ticket is None:
        raise Http404
    return ticket

"""Who reads a page of the workspace, and which request they opened."""

from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import JSONObject
from django.http import Http404, HttpRequest

from balie.people.models import Person
from balie.tickets.models import Follower, Link, Ticket


def expert_of(request: HttpRequest) -> Person:
    """The gate has let nobody else in."""
    assert isinstance(request.user, Person)
    return request.user


def opened(request: HttpRequest, number: int) -> Ticket:
    """The request that the person works on, with all that its page shows of it; not found for everybody else."""
    person = expert_of(request)
    followers = Follower.objects.filter(ticket=OuterRef("pk")).order_by("person__name")
    links = Link.objects.filter(Q(lower=OuterRef("pk")) | Q(higher=OuterRef("pk")))
    ticket = (
        Ticket.objects.worked_on_by(person)
        .filter(pk=number)
        .select_related("team", "category", "status", "requester", "assignee")
        .with_newness_for(person)
        .annotate(
            people=ArraySubquery(followers.values(json=JSONObject(id="person_id", name="person__name"))),
            has_links=Exists(links),
        )
        .first()
    )
    if ticket is None:
        raise Http404
    return ticket

"""Who reads a page of the workspace, and which request they opened."""

from __future__ import annotations

from functools import cache

from django.http import Http404, HttpRequest

from balie.people.models import Person
from balie.platform.prepared import Prepared
from balie.teams.models import Team
from balie.teams.models.team import TeamQuerySet
from balie.tickets.models import Ticket
from balie.workspace.bringing import worked_on


def expert_of(request: HttpRequest) -> Person:
    """The gate has let nobody else in. In which teams they work is asked once for the whole page, which asks it often."""
    person = request.user
    assert isinstance(person, Person)
    if not hasattr(person, "works_in"):
        teams = _teams_of(person.role, is_viewed=person.viewed_by is not None)(person=person.pk)
        person.teams_worked_in, person.works_in = teams, [team.pk for team in teams]  # type: ignore[attr-defined]
    return person


@cache
def _teams_of(role: str, *, is_viewed: bool) -> Prepared[Team]:
    """The teams that an expert of this role works in, asked by every page of theirs."""

    def question(person: int) -> TeamQuerySet:
        somebody = Person(pk=person, kind=Person.Kind.EMPLOYEE, status=Person.Status.ACTIVE, role=role)
        somebody.viewed_by = somebody if is_viewed else None
        return Team.objects.worked_in_by(somebody).only("name", "is_private", "archived_at")

    return Prepared(question, "person")


def opened(request: HttpRequest, number: int) -> Ticket:
    """The request that the person works on, with all that its page shows of it; not found for everybody else."""
    person = expert_of(request)
    ticket = worked_on(person, number)
    if ticket is None:
        raise Http404
    ticket.is_new = ticket.seen_at is None or ticket.seen_at < ticket.last_word_at  # type: ignore[attr-defined]  # it came along
    return ticket

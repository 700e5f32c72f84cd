"""Who reads a page of the workspace, and which request they opened."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from balie.people.models import Person
from balie.teams.models import Team
from balie.tickets.models import Ticket
from balie.workspace.bringing import worked_on


def expert_of(request: HttpRequest) -> Person:
    """The gate has let nobody else in. In which teams they work is asked once for the whole page, which asks it often."""
    person = request.user
    assert isinstance(person, Person)
    if not hasattr(person, "works_in"):
        teams = list(Team.objects.worked_in_by(person).only("name", "is_private", "archived_at"))
        person.teams_worked_in, person.works_in = teams, [team.pk for team in teams]  # type: ignore[attr-defined]
    return person


def opened(request: HttpRequest, number: int) -> Ticket:
    """The request that the person works on, with all that its page shows of it; not found for everybody else."""
    person = expert_of(request)
    ticket = worked_on(person, number)
    if ticket is None:
        raise Http404
    ticket.is_new = ticket.seen_at is None or ticket.seen_at < ticket.last_word_at  # type: ignore[attr-defined]  # it came along
    return ticket

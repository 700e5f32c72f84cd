"""Who reads a page of the settings."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model
from django.http import Http404, HttpRequest

from balie.people.audience import Audience, for_area
from balie.people.models import Area, Person
from balie.people.rights import Rights
from balie.platform import cursors
from balie.teams.models import Team
from balie.teams.shaping import shaped_by
from balie.tickets.models import Ticket
from balie.tickets.models.ticket import TicketQuerySet

A_PAGE = 50

Row = TypeVar("Row", bound=Model)


def reader_of(request: HttpRequest) -> Person:
    """The gate has let nobody else in."""
    if not isinstance(request.user, Person):
        raise TypeError("the gate lets nobody else through")
    return request.user


# Experts make teams and shape their own (product, teams); whoever has the right to this area does so with all of them.
for_teams = for_area(Area.TEAMS, beside=Audience.EXPERTS)


def own_team(request: HttpRequest, pk: int) -> Team:
    """The team, for those who may change it, or look at the settings of all teams; not found for everybody else."""
    team, reader = Team.objects.filter(pk=pk).first(), reader_of(request)
    # To look is enough for reading: the gate lets nobody send anything by that.
    is_looking = request.method in ("GET", "HEAD") and Rights.of(reader).may_open(Area.TEAMS)
    if team is None:
        raise Http404
    if not shaped_by(team, reader):
        if not is_looking:
            raise Http404
        setattr(request, "only_looks", True)  # noqa: B010  (an attribute of ours, see `config/looking.py`)
    return team


def counted_for(reader: Person) -> tuple[TicketQuerySet, bool]:
    """The requests whose number the reader may hear, and whether those of private teams are left out (product, rule 4)."""
    mine = Team.objects.worked_in_by(reader).order_by().values("pk")
    others = [*Team.objects.filter(is_private=True).exclude(pk__in=mine).order_by().values_list("pk", flat=True)]
    return Ticket.objects.present().exclude(team__in=others), bool(others)


def cursor_of(request: HttpRequest, *, name: str) -> int | None:
    """The id that the last page ended with; not found for a cursor that is not of this list."""
    written = request.GET.get("cursor", "")
    if not written:
        return None
    try:
        of, last = cursors.decode(written)
    except (cursors.BadCursor, ValueError):
        raise Http404 from None
    if of != name or not isinstance(last, int):
        raise Http404
    return last


def split(rows: list[Row], *, name: str) -> tuple[list[Row], str]:
    """The rows of the page, and the cursor of the next, "" when there is none; one row more was read than a page has."""
    if len(rows) <= A_PAGE:
        return rows, ""
    return rows[:A_PAGE], cursors.encode(name, rows[A_PAGE - 1].pk)

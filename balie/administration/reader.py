"""Who reads a page of the settings."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model
from django.http import Http404, HttpRequest

from balie.people.models import Person
from balie.platform import cursors
from balie.teams.models import Team
from balie.teams.shaping import shaped_by

A_PAGE = 50

Row = TypeVar("Row", bound=Model)


def reader_of(request: HttpRequest) -> Person:
    """The gate has let nobody else in."""
    if not isinstance(request.user, Person):
        raise TypeError("the gate lets nobody else through")
    return request.user


def own_team(request: HttpRequest, pk: int) -> Team:
    """The team, for those who may change it; not found for everybody else."""
    team = Team.objects.filter(pk=pk).first()
    if team is None or not shaped_by(team, reader_of(request)):
        raise Http404
    return team


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

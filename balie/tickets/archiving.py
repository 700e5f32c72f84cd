"""Archiving a team: only once nobody waits for it any more."""

from __future__ import annotations

from django.db import transaction

from balie.people.models import Person
from balie.teams import shaping
from balie.teams.models import Team
from balie.teams.refusals import ForMembersOnly
from balie.tickets import refusals
from balie.tickets.models import Ticket

# Who has more than these needs no exact number to know what to do.
MOST_COUNTED = 1000


def archive(team: Team, *, by: Person) -> None:
    """Raises `OpenRequests` while there are any, snoozed ones too; they are moved or resolved first.

    Of a private team only its members decide: whether somebody waits there is for nobody else to know.
    """
    with transaction.atomic():
        if team.is_private and not team.has_member(by):
            raise ForMembersOnly
        count = open_requests_of(team)
        if count:
            raise refusals.OpenRequests(count)
        shaping.archive(team, by=by)


def open_requests_of(team: Team) -> int:
    """How many, up to a bound."""
    return Ticket.objects.present().listed().open().filter(team=team).order_by()[:MOST_COUNTED].count()

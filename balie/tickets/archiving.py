"""Archiving a team, with an answer to what becomes of the requests that are open in it.

When they are few, all of it happens in one commit; many follow in the background, a batch at a time, so that nobody waits for
them. The team is archived in any case, and whoever carries on finds what is left in the requests themselves.
"""

from __future__ import annotations

from django.db import transaction

from balie.people.models import Person
from balie.platform.gathering import gathering
from balie.teams import shaping
from balie.teams.models import Team
from balie.teams.refusals import ForMembersOnly
from balie.tickets import changing_over, refusals
from balie.tickets.models import Changeover, Ticket
from balie.tickets.models.ticket import TicketQuerySet

# Who has more than these needs no exact number to know what to do.
MOST_COUNTED = 1000


def archive(
    team: Team, *, by: Person, move_to: Team | None = None, resolving: bool = False, successor: Team | None = None
) -> Changeover | None:
    """Its open requests, snoozed ones too, go to `move_to`, or are resolved; raises `OpenRequests` when neither is said.

    `successor` gets what is written to the team's addresses from then on; without one it comes back to its sender. Of a private
    team only its members decide: whether somebody waits there is for nobody else to know. Returns how far the many are, when
    they are. Raises `TeamRefused`, `Refused`.
    """
    with transaction.atomic(), gathering():
        if team.is_private and not team.has_member(by):
            raise ForMembersOnly
        # First, since it holds all teams: no request is opened in this one meanwhile.
        shaping.archive(Team.objects.get(pk=team.pk), by=by, successor=successor)
        if move_to is not None:
            shaping.refuse_as_successor(Team.objects.get(pk=move_to.pk), of=team)
        count = _open(team).order_by()[:MOST_COUNTED].count()
        if count and move_to is None and not resolving:
            raise refusals.OpenRequests(count)
        if count > changing_over.AT_ONCE:
            made = changing_over.begin(Changeover.Kind.DISBANDED, team=team, new_team=move_to, by=by)
        else:
            made = None
            for row in _open(team).select_for_update(of=("self",)).order_by("pk"):
                if move_to is not None:
                    row.go_to_team(move_to, by=by)
                else:
                    row.resolve_with_its_team(by=by)
    # Only now: whoever was refused has the team as it is.
    team.refresh_from_db()
    return made


def open_requests_of(team: Team) -> int:
    """How many, up to a bound."""
    return _open(team).order_by()[:MOST_COUNTED].count()


def _open(team: Team) -> TicketQuerySet:
    return Ticket.objects.present().listed().open().filter(team=team)

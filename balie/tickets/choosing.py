"""Somebody who asked notices that it is for another team: until that team has begun with it, they may choose again."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from balie.people.models import Person
from balie.teams.models import Category, Team
from balie.tickets import refusals
from balie.tickets.models import Event, Ticket
from balie.tickets.models.task import let_go_of_tasks


class NoLongerYours(refusals.Refused):
    """Raised to the requester when the team has begun."""

    sentence = _("The team is at it already. Write to them, and they hand it over.")


def may_choose_again(ticket: Ticket) -> bool:
    """Whether nobody has answered, and nobody has taken it."""
    return ticket.is_open and ticket.first_response_at is None and ticket.assignee_id is None


def choose_again(ticket: Ticket, *, to: Team, category: Category | None, by: Person) -> None:
    """By the requester only, and to a team that requesters may choose."""
    if to.archived_at is not None or not to.is_visible:
        raise refusals.TeamArchived
    if category is not None and category.team_id != to.pk:
        raise refusals.WrongTeam
    with transaction.atomic():
        row = ticket.locked()
        if row.requester_id != by.pk:
            raise refusals.NotYours
        if not may_choose_again(row):
            raise NoLongerYours
        before = row.team_id
        row.team, row.category = to, category
        row.save_changes()
        if before != to.pk:
            let_go_of_tasks(row)
            Event.record(row, kind=Event.Kind.MOVED, by=by, before=before, after=to.pk)
    ticket.refresh_from_db()

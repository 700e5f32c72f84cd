"""Handing a request to another team, or to another requester."""

from django.db import transaction

from balie.people.models import Person
from balie.teams.models import Team
from balie.tickets import refusals
from balie.tickets.models import Event, Follower, Ticket
from balie.tickets.models.task import let_go_of_tasks


def move(ticket: Ticket, *, to: Team, by: Person) -> None:
    """Give it to another team: unassigned there, and without its category. Notes and tasks stay with it.

    Whoever moves it may not see it afterwards, when the other team is not theirs.
    """
    if to.archived_at is not None:
        raise refusals.TeamArchived
    with transaction.atomic():
        row = ticket.locked()
        if not row.is_worked_on_by(by):
            raise refusals.NotYours
        if row.team_id != to.pk:
            row.go_to_team(to, by=by)
    ticket.refresh_from_db()


def hand_to_requester(ticket: Ticket, *, requester: Person, by: Person) -> None:
    """It was somebody else who asked. The former requester hears nothing more of it."""
    with transaction.atomic():
        row = ticket.locked()
        if not row.is_worked_on_by(by):
            raise refusals.NotYours
        if row.requester_id != requester.pk:
            before = row.requester_id
            row.requester = requester
            if row.assignee_id == requester.pk:
                row.assignee = None
            Follower.objects.filter(ticket=row, person=requester).delete()
            row.save_changes()
            let_go_of_tasks(row)
            Event.record(row, kind=Event.Kind.REQUESTER_CHANGED, by=by, before=before, after=requester.pk)
    ticket.refresh_from_db()

"""Letting somebody go out of a team, together with the work that they have there."""

from __future__ import annotations

from django.db import transaction

from balie.people.models import Person
from balie.platform.alphabet import placed
from balie.teams import shaping
from balie.teams.models import Membership, Team
from balie.tickets import refusals
from balie.tickets.models import Event, Ticket
from balie.tickets.models.task import let_go_of_tasks
from balie.tickets.models.ticket import TicketQuerySet


def let_go(person: Person, *, team: Team, by: Person, heir: Person | None = None) -> int:
    """The person does not work in the team any more; their open requests there go to the heir, or to nobody.

    The heir's own requests go to nobody, since somebody else answers them. Returns how many requests changed hands; all of it
    or nothing happens. Raises `TeamRefused`, `NotAnExpertOfTheTeam`.
    """
    with transaction.atomic():
        if heir is not None and (heir.pk == person.pk or not heir.is_expert or not team.has_member(heir)):
            raise refusals.NotAnExpertOfTheTeam
        # First, so that whoever may not is refused before anything is locked, and nothing new is assigned meanwhile.
        shaping.let_go(person, team=team, by=by)
        rows = list(open_work_of(person, team=team).select_for_update(of=("self",)).order_by("pk"))
        for row in rows:
            row.assignee = heir if heir is not None and heir.pk != row.requester_id else None
            row.save_changes()
            let_go_of_tasks(row)
            Event.record(row, kind=Event.Kind.ASSIGNED, by=by, before=person.pk, after=row.assignee_id)
    return len(rows)


def open_work_of(person: Person, *, team: Team) -> TicketQuerySet:
    """What the person has to do in the team, snoozed requests too."""
    return Ticket.objects.present().listed().open().filter(team=team, assignee=person)


def heirs_of(person: Person, *, team: Team) -> list[Person]:
    """Who else in the team can take the work over."""
    able = Person.objects.experts().order_by().values("pk")
    members = Membership.objects.filter(team=team, person__in=able).exclude(person=person).select_related("person")
    return [one.person for one in members.order_by(placed("person__name"), "person")]

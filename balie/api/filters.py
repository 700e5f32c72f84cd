"""The filters of the list of requests. What names nothing that is there finds nothing, and says no more than that."""

from __future__ import annotations

from typing import Annotated, Literal

from django.db.models import Q
from ninja import Schema
from pydantic import Field

from balie.api.finding import person_named, team_named, teams_known_to
from balie.api.reading import Line, Moment
from balie.api.searching import LONGEST_QUERY, matching
from balie.api.shapes import GroupName
from balie.people.models import Person
from balie.teams.models import Team
from balie.tickets.models import Ticket
from balie.tickets.models.ticket import TicketQuerySet

Named = Annotated[Line | None, Field(max_length=320)]


class RequestFilters(Schema):
    """All of them must fit."""

    team: Named = Field(None, description="Address or id of the team")
    status: Named = Field(None, description="Key of the status")
    group: GroupName | None = None
    assignee: Named = Field(None, description="Id or address of a person, `me`, or `none`")
    requester: Named = Field(None, description="Id or address of a person, or `me`")
    category: Named = Field(None, description="Name or id of the category")
    sla: Literal["running", "paused", "breached", "met"] | None = Field(
        None, description="A promise in this state, among what you work on"
    )
    updated_since: Moment | None = None
    q: Annotated[Line | None, Field(max_length=LONGEST_QUERY)] = Field(
        None, description="Words of subject and messages, or the number"
    )

    def apply(self, *, person: Person) -> TicketQuerySet:
        """The person's requests that fit."""
        tickets = Ticket.objects.visible_to(person).listed()
        tickets = self._by_place(tickets, person)
        for field, name in (("assignee", self.assignee), ("requester", self.requester)):
            if name == "none" and field == "assignee":
                tickets = tickets.filter(assignee__isnull=True)
            elif name is not None:
                found = person_named(name, caller=person)
                tickets = tickets.filter(**{field: found}) if found else tickets.none()
        if self.sla is not None:
            mine = Ticket.objects.worked_on_by(person).order_by().values("pk")
            tickets = tickets.filter(promises__contains=[self.sla], pk__in=mine)
        if self.updated_since is not None:
            tickets = tickets.filter(updated_at__gte=self.updated_since)
        return matching(tickets, self.q, person=person) if self.q and self.q.strip() else tickets

    def _by_place(self, tickets: TicketQuerySet, person: Person) -> TicketQuerySet:
        if self.team is not None:
            # A requester may have requests in a team that is not offered any more.
            team = team_named(self.team, among=teams_known_to(person)) or team_named(
                self.team, among=Team.objects.all()
            )
            tickets = tickets.filter(team=team) if team else tickets.none()
        if self.status is not None:
            tickets = tickets.filter(status__key=self.status)
        if self.group is not None:
            tickets = tickets.filter(group=self.group)
        if self.category is not None:
            is_id = self.category.isascii() and self.category.isdigit() and len(self.category) < 19
            named = Q(category__name__iexact=self.category)
            tickets = tickets.filter(named | Q(category=int(self.category)) if is_id else named)
        return tickets

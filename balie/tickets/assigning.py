"""New requests that go to somebody by themselves: in turn, or to whoever has the fewest open ones.

Only within the team's working hours, only to members who are there, and never to whoever asked. Outside the hours, and when
nobody is there, a request waits unassigned; each minute it is looked at again. Who has assigned or unassigned it by hand has
decided: it is not assigned by itself any more, until it goes to another team.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Subquery

from balie.people.models import Person
from balie.platform import clock
from balie.platform.gathering import gathering, later
from balie.teams.models import Membership, Team
from balie.teams.working_hours import working_times
from balie.tickets.models import Event, Ticket
from balie.tickets.models.ticket import OPEN_AND_LISTED, OPEN_GROUPS, TicketQuerySet

_AT_ONCE: Final = 500
_THERE: Final = (Person.Status.ACTIVE, Person.Status.ONBOARDING)


def assign_by_itself(event: Event) -> None:
    """After a request was opened or moved: together with all others of the same gathering."""
    if event.ticket.team.assigning != Team.Assigning.OFF and event.ticket.assignee_id is None:
        later(_assign_gathered, event.ticket)


def assign_those_waiting() -> int:
    """Those that came while the team was closed or away; returns how many have somebody now."""
    teams = Team.objects.active().exclude(assigning=Team.Assigning.OFF)
    open_now = _open_now(teams)
    if not open_now:
        return 0
    count = 0
    for team in open_now:
        waiting = _waiting_for(team)
        with transaction.atomic(), gathering():
            tickets = list(waiting.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:_AT_ONCE])
            count += _assign(tickets)
    return count


def _waiting_for(team: Team) -> TicketQuerySet:
    """Unassigned since they came, and come since the team assigns by itself."""
    came = Event.objects.filter(
        ticket=OuterRef("pk"), kind__in=(Event.Kind.OPENED, Event.Kind.MOVED), at__gte=team.assigns_since
    )
    came_last = Event.objects.filter(ticket=OuterRef("ticket"), kind__in=(Event.Kind.OPENED, Event.Kind.MOVED))
    decided = Event.objects.filter(
        ticket=OuterRef("pk"), kind=Event.Kind.ASSIGNED, pk__gt=Subquery(came_last.order_by("-pk").values("pk")[:1])
    )
    return Ticket.objects.filter(OPEN_AND_LISTED, Exists(came), ~Exists(decided), team=team, assignee=None)


def _assign_gathered(tickets: list[Ticket]) -> None:
    _assign(tickets)


def _assign(tickets: Sequence[Ticket]) -> int:
    """Everything that needs the database is asked once for all of them."""
    waiting: dict[int, list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        if ticket.assignee_id is None and ticket.is_open:
            waiting[ticket.team_id].append(ticket)
    # Locked one after the other in the order of their ids: two commits at once choose one after the other, and never the same
    # person for the same turn. Readers and whoever only refers to the team are not held up.
    rows = Team.objects.select_for_update(no_key=True).filter(pk__in=list(waiting)).order_by("pk")
    teams = {team.pk: team for team in _open_now(list(rows))}
    members = _members_who_are_there(teams)
    counts = _open_requests_of([one.person_id for team in members.values() for one in team])
    assigned: list[Ticket] = []
    for pk, team in teams.items():
        for ticket in waiting[pk]:
            chosen = choose(members[pk], way=team.assigning, counts=counts, but_not=ticket.requester_id)
            if chosen is not None:
                ticket.assignee = chosen.person
                counts[chosen.person_id] = counts.get(chosen.person_id, 0) + 1
                chosen.turn = max(one.turn for one in members[pk]) + 1
                assigned.append(ticket)
    _write(assigned, [one for team in members.values() for one in team])
    return len(assigned)


def choose(
    members: Sequence[Membership], *, way: str, counts: Mapping[int, int], but_not: int
) -> Membership | None:  # fmt: skip
    """Whose turn it is; by the fewest open requests first, when the team wants that."""
    able = [one for one in members if one.person_id != but_not]
    if way == Team.Assigning.LEAST_OPEN:
        return min(able, key=lambda one: (counts.get(one.person_id, 0), one.turn, one.pk), default=None)
    return min(able, key=lambda one: (one.turn, one.pk), default=None)


def _open_now(teams: Iterable[Team]) -> list[Team]:
    asked = [team for team in teams if team.assigning != Team.Assigning.OFF and team.archived_at is None]
    if not asked:
        return []
    hours, now = working_times(asked), clock.now()
    return [team for team in asked if hours[team.pk].is_open(now)]


def _members_who_are_there(teams: Mapping[int, Team]) -> dict[int, list[Membership]]:
    members: dict[int, list[Membership]] = {pk: [] for pk in teams}
    if teams:
        able = Person.objects.experts().filter(status__in=_THERE).order_by().values("pk")
        for one in Membership.objects.filter(team__in=list(teams), person__in=able).select_related("person__wishes"):
            members[one.team_id].append(one)
    return members


def _open_requests_of(people: Sequence[int]) -> dict[int, int]:
    """How many open requests each has, in whatever team."""
    if not people:
        return {}
    theirs = Ticket.objects.listed().present().filter(assignee__in=set(people), group__in=OPEN_GROUPS)
    return dict(theirs.order_by().values("assignee").annotate(count=Count("pk")).values_list("assignee", "count"))


def _write(tickets: Sequence[Ticket], members: Sequence[Membership]) -> None:
    if not tickets:
        return
    now = clock.now()
    for ticket in tickets:
        ticket.updated_at = now
    Ticket.objects.bulk_update(tickets, ["assignee", "updated_at"])
    Membership.objects.bulk_update(members, ["turn"])
    Event.record_all(
        [
            Event(
                ticket=ticket, kind=Event.Kind.ASSIGNED, by=None, details={"before": None, "after": ticket.assignee_id}, at=now
            )
            for ticket in tickets
        ]
    )  # fmt: skip

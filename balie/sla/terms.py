"""What a team promises and when it works, read together: the rule that holds for a request, and the time it counts in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Q, Value

from balie.platform.gathering import remembered
from balie.sla.deadlines import Goal, Promise
from balie.sla.models import Rule
from balie.teams.models import Team
from balie.teams.working_hours import working_times
from balie.teams.working_time import WorkingTime
from balie.tickets.models import Ticket
from balie.tickets.models.status import Group


@dataclass(frozen=True, kw_only=True)
class Terms:
    """One rule, as a request meets it."""

    rule: int
    is_general: bool
    categories: frozenset[int]
    response: timedelta | None
    resolution: timedelta | None
    pauses_in: frozenset[int]
    renews: bool
    warns_at: int | None

    @property
    def promises(self) -> list[Promise]:
        goals = ((Goal.RESPONSE, self.response), (Goal.RESOLUTION, self.resolution))
        return [Promise(goal=goal, target=target, renews=self.renews) for goal, target in goals if target]

    def pauses(self, group: str, status: int) -> bool:
        return group == Group.WAITING or status in self.pauses_in


def terms_of(teams: Collection[int]) -> dict[int, list[Terms]]:
    """The rules of these teams by team; one query, and within a gathering none for what was asked before."""
    wanted = tuple(sorted(set(teams)))
    return remembered((terms_of, wanted), lambda: _read(wanted))


def hours_of(teams: Iterable[Team]) -> dict[int, WorkingTime]:
    """When these teams work, by team."""
    asked = {team.pk: team for team in teams}
    return remembered((hours_of, tuple(sorted(asked))), lambda: working_times(asked.values()))


def terms_for(ticket: Ticket, rules: Iterable[Terms]) -> Terms | None:
    """A category's rule goes before the general one."""
    general = None
    for one in rules:
        if ticket.category_id is not None and ticket.category_id in one.categories:
            return one
        general = one if one.is_general else general
    return general


def _read(teams: tuple[int, ...]) -> dict[int, list[Terms]]:
    rows = (
        Rule.objects.filter(team__in=teams)
        .order_by("pk")
        .annotate(
            of=ArrayAgg("chosen__category", distinct=True, filter=Q(chosen__isnull=False), default=Value([])),
            pausing=ArrayAgg("pauses_in", distinct=True, filter=Q(pauses_in__isnull=False), default=Value([])),
        )
    )
    found: dict[int, list[Terms]] = {team: [] for team in teams}
    for rule in rows:
        found[rule.team_id].append(
            Terms(
                rule=rule.pk, is_general=rule.is_general, categories=frozenset(rule.of), response=rule.response,
                resolution=rule.resolution, pauses_in=frozenset(rule.pausing), warns_at=rule.warns_at,
                renews=rule.on_reopening == Rule.Reopening.RENEW,
            )
        )  # fmt: skip
    return found

"""Where an expert can go, and how many open requests wait there: one query, whose cost has a bound."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Field
from django.db.models.expressions import RawSQL

from balie.people.models import Person
from balie.platform import clock
from balie.teams.models import Team

# Nobody acts differently on 300 and on 3,000; counting all of them would cost more each year.
MOST_COUNTED = 300

_WAITING = """deleted_at IS NULL AND merged_into_id IS NULL AND requester_id <> %s
    AND "group" IN ('todo', 'in_progress', 'waiting') AND (snoozed_until IS NULL OR snoozed_until <= %s)"""
# One pass over a team's newest open requests tells both how many there are and how many of them nobody has taken.
_OF_TEAM = f"""(SELECT ARRAY[count(*), count(*) FILTER (WHERE assignee_id IS NULL)] FROM (
    SELECT assignee_id FROM tickets_ticket WHERE tickets_ticket.team_id = teams_team.id AND {_WAITING} LIMIT %s
) AS counted)"""  # noqa: S608 (fixed text; values go as parameters)
# These name no team of the outer query, so PostgreSQL answers them once and not for every team.
_COUNT = """(SELECT count(*) FROM (
    SELECT FROM tickets_ticket WHERE {which} AND team_id IN ({teams}) AND {waiting} LIMIT %s
) AS counted)"""
_MINE = "assignee_id = %s"
_FOLLOWED = "number IN (SELECT ticket_id FROM tickets_follower WHERE person_id = %s)"


@dataclass(frozen=True, kw_only=True)
class Count:
    """How many, or more than that."""

    number: int
    is_more: bool

    def __str__(self) -> str:
        return f"{self.number}+" if self.is_more else str(self.number)

    def __bool__(self) -> bool:
        return self.number > 0


@dataclass(frozen=True, kw_only=True)
class Places:
    """The left navigation. `teams` are those whose requests the person works on."""

    teams: list[Team]
    all: Count
    unassigned: Count
    mine: Count
    followed: Count

    def ids(self) -> list[int]:
        return [team.pk for team in self.teams]


def places_of(person: Person) -> Places:
    """Teams with their `waiting` counts, and the counts of the views over all of them."""
    common = [person.pk, clock.now(), MOST_COUNTED]
    worked_in = Team.objects.worked_in_by(person).order_by().values("pk")
    teams: list[Any] = list(
        Team.objects.active()
        .filter(pk__in=worked_in)
        .annotate(
            counted=_raw(_OF_TEAM, common, ArrayField(BigIntegerField())),
            mine=_count(_MINE, person, worked_in, common),
            followed=_count(_FOLLOWED, person, worked_in, common),
        )
        .order_by("name")
    )
    for team in teams:
        team.count = _capped(team.counted[0])
    return Places(
        teams=teams,
        all=_total(team.counted[0] for team in teams),
        unassigned=Count(
            number=sum(team.counted[1] for team in teams),
            is_more=any(team.counted[0] >= MOST_COUNTED for team in teams),
        ),
        mine=_capped(teams[0].mine if teams else 0),
        followed=_capped(teams[0].followed if teams else 0),
    )


def _count(which: str, person: Person, worked_in: Any, common: list[object]) -> RawSQL:
    teams, values = worked_in.query.sql_with_params()
    sql = _COUNT.format(which=which, teams=teams, waiting=_WAITING)
    return _raw(sql, [person.pk, *values, *common], BigIntegerField())


def _raw(sql: str, values: list[object], output_field: Field[Any, Any]) -> RawSQL:
    return RawSQL(sql, values, output_field=output_field)  # noqa: S611 (fixed text; values go as parameters)


def _capped(number: int) -> Count:
    return Count(number=number, is_more=number >= MOST_COUNTED)


def _total(counted: Iterable[int]) -> Count:
    numbers = list(counted)
    return Count(number=sum(numbers), is_more=any(number >= MOST_COUNTED for number in numbers))

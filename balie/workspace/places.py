"""Where an expert can go, and how many open requests wait there: four queries, whose cost has a bound."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from balie.people.models import Person
from balie.platform.alphabet import alphabetical
from balie.teams.models import Team
from balie.workspace import queue
from balie.workspace.filters import Filters, View
from balie.workspace.models import Habit, SavedView

# Nobody acts differently on 300 and on 3,000; counting all of them would cost more each year.
MOST_COUNTED = 300


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
    """The left navigation. `teams` are those whose requests the person works on; each has its `count`, as each view has."""

    teams: list[Team]
    saved: list[SavedView]
    layout: str
    all: Count
    unassigned: Count
    mine: Count
    followed: Count
    snoozed: Count
    of_team: dict[int, Count] = field(default_factory=dict)

    def ids(self) -> list[int]:
        return [team.pk for team in self.teams]

    def of_view(self, view: View) -> Count:
        counted: Count = getattr(self, view.value)
        return counted


def places_of(person: Person) -> Places:
    """Teams, views and saved views with how many requests wait there."""
    # The page has asked already, see `reader.expert_of`.
    worked_in: list[Team] | None = getattr(person, "teams_worked_in", None)
    if worked_in is None:
        worked_in = list(Team.objects.worked_in_by(person).only("name", "is_private", "archived_at"))
    teams = alphabetical((team for team in worked_in if team.archived_at is None), by=lambda team: team.name)
    ids = [team.pk for team in teams]
    saved = SavedView.shown_to(person, teams=ids)
    counts, layout = _counted(person, ids, saved)
    of_team = {team: _capped(counts.get(("team", team), 0)) for team in ids}
    for team in teams:
        team.count = of_team[team.pk]  # type: ignore[attr-defined]  # for the template
    for view in saved:
        # What a search finds is not counted on every page; the view itself tells.
        view.count = None if view.asks().q else _capped(counts.get(("saved", view.pk), 0))  # type: ignore[attr-defined]
    return Places(
        teams=teams,
        saved=saved,
        layout=layout,
        all=_total(of_team.values()),
        unassigned=_total(_capped(counts.get(("unassigned", team), 0)) for team in ids),
        of_team=of_team,
        **{view.value: _capped(counts.get((view.value, 0), 0)) for view in (View.MINE, View.FOLLOWED, View.SNOOZED)},
    )


def _counted(person: Person, teams: list[int], saved: list[SavedView]) -> tuple[dict[tuple[str, int], int], str]:
    """Each count by its kind and number; and how the person looks at lists, which comes along."""
    layout = "SELECT 'layout', 0, 0, layout FROM workspace_habit WHERE person_id = %(person)s"
    asked = [_Count("mine", Filters(view=View.MINE)), _Count("followed", Filters(view=View.FOLLOWED))]
    asked.append(_Count("snoozed", Filters(view=View.SNOOZED)))
    asked += [_Count("saved", filters, view.pk) for view in saved if not (filters := view.asks()).q]
    each = [_Count("team", Filters()), _Count("unassigned", Filters(view=View.UNASSIGNED))]
    values: dict[str, Any] = {"most": MOST_COUNTED, "person": person.pk}
    parts = [layout]
    for one in each:
        where, more = queue.conditions(one.filters, person=person, teams=teams)
        values |= more
        parts.append(f"""SELECT '{one.kind}', team.id, (SELECT count(*) FROM (
            SELECT FROM tickets_ticket WHERE team_id = team.id AND {" AND ".join(where)} LIMIT %(most)s
        ) AS counted), '' FROM unnest(%(teams)s::bigint[]) AS team (id)""")  # noqa: S608  (fixed parts; values go as parameters)
    for place, one in enumerate(asked):
        wanted = queue.Wanted(person=person, teams=teams, filters=one.filters)
        sql, its = queue.renamed(*queue.counting(wanted, most=MOST_COUNTED), place)
        values |= its
        parts.append(f"SELECT '{one.kind}', {one.number:d}, ({sql}), ''")
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        rows = cursor.fetchall()
    counts = {(kind, number): count for kind, number, count, _layout in rows if kind != "layout"}
    return counts, next((written for kind, _number, _count, written in rows if kind == "layout"), Habit.Layout.LIST)


@dataclass(frozen=True)
class _Count:
    kind: str
    filters: Filters
    number: int = 0


def _capped(number: int) -> Count:
    return Count(number=number, is_more=number >= MOST_COUNTED)


def _total(counted: Any) -> Count:
    counts = list(counted)
    return Count(number=sum(one.number for one in counts), is_more=any(one.is_more for one in counts))

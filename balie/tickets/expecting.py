"""By when a team usually answers: what it really needed lately, counted in its working hours.

Of its newest answered requests four in five were answered within `usual_answer`; whoever still waits longer counts as well. With
fewer than ten there is nothing to go by, and nothing is promised.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from balie.platform import clock
from balie.teams.models import Team
from balie.teams.working_hours import working_times
from balie.teams.working_time import NeverOpen, WorkingTime

FEWEST: Final = 10
_NEWEST: Final = 200
_LOOKS_BACK: Final = timedelta(days=90)
_OF_FIVE: Final = 4
# What a team needs days for is not promised to the minute.
_QUARTER: Final = timedelta(minutes=15)
_HALF_HOUR: Final = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """By when an answer usually comes, or None; and the hours that it is counted in."""

    by: datetime | None
    hours: WorkingTime


def expected(teams: Iterable[Team], *, since: datetime | None = None) -> dict[int, Expectation]:
    """For what is asked now, or was at `since`, by the team's id. Two queries for all of them."""
    asked = list(teams)
    hours = working_times(asked)
    return {team.pk: _expected(team, hours[team.pk], since or clock.now()) for team in asked}


def learn_usual_answers() -> None:
    """Look at each team's newest requests again."""
    teams = list(Team.objects.active())
    hours = working_times(teams)
    for team in teams:
        usual = usual_of(_asked_and_answered(team), hours[team.pk])
        if usual != team.usual_answer:
            Team.objects.filter(pk=team.pk).update(usual_answer=usual)


def usual_of(requests: Iterable[tuple[datetime, datetime | None]], hours: WorkingTime) -> timedelta | None:
    """Four in five of these requests were answered within so much working time; None when too few were."""
    now = clock.now()
    took: list[timedelta] = []
    waiting: list[timedelta] = []
    for asked, answered in requests:
        (waiting if answered is None else took).append(hours.working_time_between(asked, answered or now))
    if len(took) < FEWEST:
        return None
    usual = _four_of_five(took)
    longer = [one for one in waiting if one > usual]
    return _four_of_five(took + longer) if longer else usual


def _four_of_five(took: list[timedelta]) -> timedelta:
    in_order = sorted(took)
    return in_order[-(-len(in_order) * _OF_FIVE // 5) - 1]


def _expected(team: Team, hours: WorkingTime, since: datetime) -> Expectation:
    by = None
    if team.usual_answer is not None:
        with suppress(NeverOpen):
            by = _rounded(hours.add_working_time(since, max(team.usual_answer, _QUARTER)), hours)
    return Expectation(by=by, hours=hours)


def _rounded(moment: datetime, hours: WorkingTime) -> datetime:
    """Up to the half hour, unless the team closes before."""
    over = timedelta(minutes=moment.minute % 30, seconds=moment.second, microseconds=moment.microsecond)
    if not over:
        return moment
    later = moment + _HALF_HOUR - over
    return later if hours.is_open(later - timedelta(microseconds=1)) else moment


def _asked_and_answered(team: Team) -> list[tuple[datetime, datetime | None]]:
    # Of each group by the index that is in its order: an ORDER BY over all of a team's requests would read them all.
    with connection.cursor() as asked:
        asked.execute(
            """
            SELECT created_at, first_response_at FROM unnest(%s::text[]) AS stage (name)
            CROSS JOIN LATERAL (
                SELECT number, created_at, first_response_at, last_word_at, resolved_at FROM tickets_ticket
                WHERE team_id = %s AND "group" = stage.name
                ORDER BY last_word_at DESC, number DESC LIMIT %s
            ) AS newest
            WHERE created_at > %s AND (first_response_at IS NOT NULL OR resolved_at IS NULL)
            ORDER BY created_at DESC LIMIT %s
            """,
            [["todo", "in_progress", "waiting", "resolved"], team.pk, _NEWEST, clock.now() - _LOOKS_BACK, _NEWEST],
        )
        return list(asked.fetchall())

"""A team's working hours: read as working time, and set by those who shape the team."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache, partial
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from django.db import transaction
from django.db.models import DateField, SmallIntegerField, Value

from balie.organisation.models import Organisation
from balie.organisation.models.span import MIDNIGHT
from balie.people.models import Person
from balie.teams import public_holidays, refusals
from balie.teams.following import hours_changed
from balie.teams.models import SpecialDay, Team, WorkingSpan
from balie.teams.shaping import refuse_unless_theirs
from balie.teams.working_time import ALWAYS, Span, Week, WorkingTime

OFFICE_HOURS: Final = tuple((weekday, time(9), time(17)) for weekday in range(5))
_END_OF_DAY: Final = 1440
_LONGEST_SPECIAL: Final = timedelta(days=400)
MOST_SPANS: Final = 8
MOST_SPECIAL_DAYS: Final = 200


@dataclass(frozen=True, kw_only=True)
class Hours:
    """The week of a team: spans as weekday, begin and end (midnight ends the day), its zone, and whose holidays are free."""

    spans: Sequence[tuple[int, time, time]]
    time_zone: str = ""
    country: str = ""
    region: str = ""


def working_time(team: Team) -> WorkingTime:
    """When the team works. Without any spans that is around the clock."""
    return working_times([team])[team.pk]


def working_times(teams: Iterable[Team]) -> dict[int, WorkingTime]:
    """The same of several, by their ids, with two queries however many they are."""
    asked = list(teams)
    zone = "" if all(team.time_zone for team in asked) else Organisation.current().time_zone
    spans: dict[int, list[tuple[int, Span]]] = defaultdict(list)
    special: dict[int, list[tuple[date, date, Span | None]]] = defaultdict(list)
    nothing = Value(None, DateField())
    of_week = WorkingSpan.objects.filter(team__in=asked).order_by()
    of_days = SpecialDay.objects.filter(team__in=asked).order_by()
    rows = of_week.values_list("team", "begins", "ends", "weekday", nothing, nothing).union(
        of_days.values_list("team", "begins", "ends", Value(None, SmallIntegerField()), "first", "last"), all=True
    )
    for team_id, begins, ends, weekday, first, last in rows:
        hours = span(begins, ends) if begins is not None else None
        if weekday is None:
            special[team_id].append((first, last, hours))
        elif hours is not None:
            spans[team_id].append((weekday, hours))
    return {
        team.pk: _laid_out(
            tuple(sorted(spans[team.pk])), team.time_zone or zone, team.holiday_country, team.holiday_region,
            tuple(sorted(special[team.pk], key=lambda one: (one[0], one[1], one[2] or (0, 0)))),
        )
        for team in asked
    }  # fmt: skip


def span(begins: time, ends: time) -> Span:
    """In minutes from midnight."""
    return _minutes(begins), _END_OF_DAY if ends == MIDNIGHT else _minutes(ends)


def set_hours(team: Team, hours: Hours, *, by: Person) -> None:
    """Make the team's week what it says; raises `TeamRefused`."""
    refuse_unless_theirs(team, by)
    _refuse_unless_possible(hours)
    with transaction.atomic():
        Team.objects.select_for_update().get(pk=team.pk)
        WorkingSpan.objects.filter(team=team).delete()
        WorkingSpan.objects.bulk_create(
            WorkingSpan(team=team, weekday=weekday, begins=begins, ends=ends)
            for weekday, begins, ends in sorted(hours.spans)
        )
        team.time_zone, team.holiday_country, team.holiday_region = hours.time_zone, hours.country, hours.region
        team.save(update_fields=["time_zone", "holiday_country", "holiday_region"])
        hours_changed(team)


def add_special_day(day: SpecialDay, *, by: Person) -> None:
    """Closed, or open otherwise, on these days; raises `TeamRefused`."""
    refuse_unless_theirs(day.team, by)
    if day.last < day.first or day.last - day.first > _LONGEST_SPECIAL:
        raise refusals.DaysOutOfOrder
    if day.begins is not None and day.ends is not None:
        _refuse_unless_in_order([span(day.begins, day.ends)])
    if SpecialDay.objects.filter(team=day.team).count() >= MOST_SPECIAL_DAYS:
        raise refusals.TooManyDays
    with transaction.atomic():
        day.save(force_insert=True)
        hours_changed(day.team)


def remove_special_day(day: SpecialDay, *, by: Person) -> None:
    refuse_unless_theirs(day.team, by)
    with transaction.atomic():
        day.delete()
        hours_changed(day.team)


@lru_cache(maxsize=256)
def _laid_out(
    spans: tuple[tuple[int, Span], ...], zone: str, country: str, region: str,
    special: tuple[tuple[date, date, Span | None], ...],
) -> WorkingTime:  # fmt: skip
    # One for all teams with the same facts: its years are laid out once for each process.
    week: Week = ALWAYS
    if spans:
        week = tuple(tuple(one for weekday, one in spans if weekday == number) for number in range(7))
    return WorkingTime(
        week, ZoneInfo(zone), holidays=partial(_free_days, country, region), days=_each_day(special)
    )  # fmt: skip


def _free_days(country: str, region: str, year: int) -> Collection[date]:
    return public_holidays.holidays_in(country, region, year).keys() if country else ()


def _each_day(special: Iterable[tuple[date, date, Span | None]]) -> Mapping[date, tuple[Span, ...]]:
    days: dict[date, tuple[Span, ...]] = {}
    for first, last, hours in special:
        for passed in range((last - first).days + 1):
            day = first + timedelta(days=passed)
            days[day] = (*days.get(day, ()), *((hours,) if hours else ()))
    return days


def _refuse_unless_possible(hours: Hours) -> None:
    if hours.time_zone and hours.time_zone not in available_timezones():
        raise refusals.NoSuchZone
    if hours.country and not public_holidays.is_known(hours.country, hours.region):
        raise refusals.NoSuchHolidays
    for weekday in range(7):
        _refuse_unless_in_order([span(begins, ends) for day, begins, ends in hours.spans if day == weekday])


def _refuse_unless_in_order(spans: list[Span]) -> None:
    if len(spans) > MOST_SPANS:
        raise refusals.SpansOutOfOrder
    reached = -1
    for begins, ends in sorted(spans):
        if begins >= ends or begins < reached:
            raise refusals.SpansOutOfOrder
        reached = ends


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute

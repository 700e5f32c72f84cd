"""Working time, held against a model that asks the clock on the wall minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balie.teams.working_time import ALWAYS, NeverOpen, Span, Week, WorkingTime

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE: Week = (((510, 750), (780, 1050)),) * 5 + ((), ())
MINUTE = timedelta(minutes=1)


def at(written: str, zone: ZoneInfo = AMSTERDAM) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=zone).astimezone(UTC)


# Clock changes of an hour, of half an hour, at midnight, and a day that was left out.
CHANGES = [
    ("Europe/Amsterdam", datetime(2026, 3, 29, tzinfo=UTC)),
    ("Europe/Amsterdam", datetime(2026, 10, 25, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 4, 5, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 9, 6, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, tzinfo=UTC)),
    ("Asia/Kolkata", datetime(2026, 12, 31, tzinfo=UTC)),
    ("UTC", datetime(2028, 2, 29, tzinfo=UTC)),
]


@st.composite
def spans(draw: st.DrawFn) -> tuple[Span, ...]:
    edges = sorted(draw(st.lists(st.integers(0, 48), max_size=6, unique=True)))
    return tuple((a * 30, b * 30) for a, b in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[WorkingTime, datetime, ZoneInfo]:
    name, change = draw(st.sampled_from(CHANGES))
    week = tuple(draw(spans()) for _ in range(7))
    near = change.date()
    free = draw(st.sets(st.integers(-2, 2).map(lambda days: near + timedelta(days=days)), max_size=2))
    days = draw(st.dictionaries(st.integers(-2, 2).map(lambda n: near + timedelta(days=n)), spans(), max_size=2))
    calendar = WorkingTime(week, ZoneInfo(name), holidays=lambda _year: free, days=days)
    return calendar, change - timedelta(days=2), ZoneInfo(name)


def is_worked(calendar: WorkingTime, moment: datetime, zone: ZoneInfo) -> bool:
    wall = moment.astimezone(zone)
    minute = wall.hour * 60 + wall.minute
    return any(first <= minute < last for first, last in calendar.spans_of(wall.date()))


def worked_minutes(calendar: WorkingTime, since: datetime, zone: ZoneInfo, days: int = 5) -> list[bool]:
    return [is_worked(calendar, since + step * MINUTE, zone) for step in range(days * 1440)]


@settings(max_examples=80, deadline=None)
@given(world=worlds(), a=st.integers(0, 5 * 1440), b=st.integers(0, 5 * 1440))
def test_time_between_is_what_the_clock_on_the_wall_counts(
    world: tuple[WorkingTime, datetime, ZoneInfo], a: int, b: int
) -> None:
    calendar, since, zone = world
    minutes = worked_minutes(calendar, since, zone)
    a, b = sorted((a, b))
    assert calendar.working_time_between(since + a * MINUTE, since + b * MINUTE) == sum(minutes[a:b]) * MINUTE
    assert calendar.working_time_between(since + b * MINUTE, since + a * MINUTE) == -sum(minutes[a:b]) * MINUTE


@settings(max_examples=80, deadline=None)
@given(world=worlds(), start=st.integers(0, 2 * 1440), wanted=st.integers(1, 900))
def test_a_deadline_is_the_first_minute_by_which_so_much_was_worked(
    world: tuple[WorkingTime, datetime, ZoneInfo], start: int, wanted: int
) -> None:
    calendar, since, zone = world
    minutes = worked_minutes(calendar, since, zone)
    counted = 0
    for step in range(start, len(minutes)):
        counted += minutes[step]
        if counted == wanted:
            found = calendar.add_working_time(since + start * MINUTE, wanted * MINUTE)
            assert found == since + (step + 1) * MINUTE
            back = calendar.add_working_time(found, -wanted * MINUTE)
            assert calendar.working_time_between(back, found) == wanted * MINUTE
            assert back >= since + start * MINUTE
            return


@settings(max_examples=80, deadline=None)
@given(world=worlds(), start=st.integers(0, 4 * 1440))
def test_the_next_opening_is_the_first_minute_that_is_worked(
    world: tuple[WorkingTime, datetime, ZoneInfo], start: int
) -> None:
    calendar, since, zone = world
    minutes = worked_minutes(calendar, since, zone)
    assert calendar.is_open(since + start * MINUTE) == (start < len(minutes) and minutes[start])
    step = next((one for one in range(start, len(minutes)) if minutes[one]), None)
    if step is not None:
        assert calendar.next_opening(since + start * MINUTE) == since + step * MINUTE


@settings(max_examples=60, deadline=None)
@given(world=worlds(), start=st.integers(1975 * 365, 2090 * 365), wanted=st.timedeltas())
def test_adding_and_measuring_agree_over_years(
    world: tuple[WorkingTime, datetime, ZoneInfo], start: int, wanted: timedelta
) -> None:
    calendar, _since, _zone = world
    wanted = wanted % timedelta(days=400)
    moment = datetime(1, 1, 1, tzinfo=UTC) + timedelta(days=start, minutes=start % 1440)
    try:
        found = calendar.add_working_time(moment, wanted)
    except NeverOpen:
        return
    assert calendar.working_time_between(moment, found) == wanted


def test_an_evening_question_is_due_the_next_working_day() -> None:
    office = WorkingTime(OFFICE, AMSTERDAM)
    friday_evening = at("2026-11-20T18:00")
    assert office.next_opening(friday_evening) == at("2026-11-23T08:30")
    assert office.add_working_time(friday_evening, timedelta(hours=4)) == at("2026-11-23T12:30")
    assert office.add_working_time(friday_evening, timedelta(hours=5)) == at("2026-11-23T14:00")
    assert not office.is_open(at("2026-11-23T12:45"))


def test_a_deadline_at_closing_time_is_closing_time() -> None:
    office = WorkingTime(OFFICE, AMSTERDAM)
    assert office.add_working_time(at("2026-11-20T13:00"), timedelta(hours=4, minutes=30)) == at("2026-11-20T17:30")


def test_holidays_are_free_unless_the_day_says_otherwise() -> None:
    christmas = date(2026, 12, 25)
    free = WorkingTime(OFFICE, AMSTERDAM, holidays=lambda _year: {christmas})
    assert free.next_opening(at("2026-12-25T09:00")) == at("2026-12-28T08:30")
    worked = WorkingTime(OFFICE, AMSTERDAM, holidays=lambda _year: {christmas}, days={christmas: ((600, 720),)})
    assert worked.next_opening(at("2026-12-25T09:00")) == at("2026-12-25T10:00")


def test_around_the_clock_an_hour_is_an_hour() -> None:
    always = WorkingTime(ALWAYS, AMSTERDAM)
    start = at("2026-03-28T12:00")
    assert always.add_working_time(start, timedelta(days=30)) == start + timedelta(days=30)
    assert always.working_time_between(start, start + timedelta(days=400)) == timedelta(days=400)


def test_who_never_works_promises_nothing() -> None:
    never = WorkingTime(((),) * 7, AMSTERDAM)
    for ask in (never.next_opening, lambda moment: never.add_working_time(moment, MINUTE)):
        with pytest.raises(NeverOpen):
            ask(at("2026-11-20T12:00"))
    once = WorkingTime(((),) * 7, AMSTERDAM, days={date(2026, 11, 24): ((0, 60),)})
    assert once.add_working_time(at("2026-11-20T12:00"), 60 * MINUTE) == at("2026-11-24T01:00")
    with pytest.raises(NeverOpen):
        once.add_working_time(at("2026-11-20T12:00"), 61 * MINUTE)


def test_moments_may_come_in_any_zone_and_leave_in_utc() -> None:
    office = WorkingTime(OFFICE, AMSTERDAM)
    local = datetime(2026, 11, 20, 18, tzinfo=AMSTERDAM)
    assert office.add_working_time(local, timedelta(hours=1)) == at("2026-11-23T09:30")
    assert office.add_working_time(local, timedelta(hours=1)).tzinfo is UTC
    assert office.add_working_time(local, timedelta()) == local

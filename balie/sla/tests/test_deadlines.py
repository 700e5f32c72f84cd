"""Promises, held against a model that walks through them minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balie.sla.deadlines import Fact, Goal, Happened, Promise, Standing, State, due, standings, warned_at
from balie.teams.working_time import ALWAYS, NeverOpen, Span, Week, WorkingTime

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OFFICE: Week = (((540, 750), (780, 1020)),) * 5 + ((), ())
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
DAYS = 5

# Both changes of the clock in Amsterdam, one at midnight, one of half an hour, and a day that was left out.
CHANGES = [
    ("Europe/Amsterdam", datetime(2026, 3, 29, tzinfo=UTC)),
    ("Europe/Amsterdam", datetime(2026, 10, 25, tzinfo=UTC)),
    ("America/Santiago", datetime(2026, 9, 6, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, tzinfo=UTC)),
    ("UTC", datetime(2028, 2, 29, tzinfo=UTC)),
]
LATER = [
    Happened.ANSWERED,
    Happened.PAUSED,
    Happened.WORKED_ON,
    Happened.RESOLVED,
    Happened.TAKEN_AWAY,
    Happened.BROUGHT_BACK,
]


def at(written: str, zone: ZoneInfo = AMSTERDAM) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=zone).astimezone(UTC)


@st.composite
def spans(draw: st.DrawFn) -> tuple[Span, ...]:
    """Up to three spans a day; some end at midnight, where the next day's may begin."""
    edges = sorted(draw(st.lists(st.integers(0, 48), max_size=6, unique=True)))
    return tuple((a * 30, b * 30) for a, b in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def hours(draw: st.DrawFn) -> tuple[WorkingTime, datetime, ZoneInfo]:
    name, change = draw(st.sampled_from(CHANGES))
    week: Week = draw(st.one_of(st.just(ALWAYS), st.just(OFFICE), st.tuples(*[spans()] * 7)))
    near = change.date()
    free: set[date] = draw(st.sets(st.integers(-2, 2).map(lambda days: near + timedelta(days=days)), max_size=2))
    days = draw(st.dictionaries(st.integers(-2, 2).map(lambda n: near + timedelta(days=n)), spans(), max_size=2))
    calendar = WorkingTime(week, ZoneInfo(name), holidays=lambda _year: free, days=days)
    return calendar, change - timedelta(days=2), ZoneInfo(name)


@st.composite
def courses(draw: st.DrawFn) -> list[tuple[int, Happened]]:
    """Minutes at which something happens, in order; the first one begins it."""
    later = draw(st.lists(st.tuples(st.integers(0, 3 * 1440), st.sampled_from(LATER)), max_size=8))
    return [(draw(st.integers(0, 600)), Happened.BEGUN), *sorted((600 + minute, what) for minute, what in later)]


def is_worked(calendar: WorkingTime, moment: datetime, zone: ZoneInfo) -> bool:
    wall = moment.astimezone(zone)
    minute = wall.hour * 60 + wall.minute
    return any(first <= minute < last for first, last in calendar.spans_of(wall.date()))


class Oracle:
    """Knows no arithmetic: it asks at each minute whether the clock runs and whether the team works."""

    def __init__(self, course: list[tuple[int, Happened]], promise: Promise, worked: list[bool]) -> None:
        self.promise, self.clocks = promise, list[dict[str, int | None]]()
        facts: dict[int, list[Happened]] = {}
        for minute, what in course:
            facts.setdefault(minute, []).append(what)
        self.paused = self.resolved = self.away = self.answered = False
        for minute in range(len(worked)):
            for what in facts.get(minute, []):
                self.happen(minute, what)
            self.settle(minute)
            if self.clocks and self.runs():
                clock = self.clocks[-1]
                if clock["due"] is not None:
                    # Somebody still waits after the deadline.
                    clock["missed"] = clock["missed"] or clock["due"]
                clock["worked"] = (clock["worked"] or 0) + worked[minute]
                if clock["due"] is None and clock["worked"] * MINUTE >= promise.target:
                    clock["due"] = minute + 1

    def happen(self, minute: int, what: Happened) -> None:
        if what is Happened.BEGUN:
            self.clocks.append({"worked": 0, "due": None, "missed": None, "ended": None})
        elif what is Happened.ANSWERED:
            self.answered = True
        elif what in (Happened.PAUSED, Happened.WORKED_ON):
            if self.resolved and self.promise.renews and self.promise.goal is Goal.RESOLUTION:
                self.clocks.append({"worked": 0, "due": None, "missed": None, "ended": None})
            self.paused, self.resolved = what is Happened.PAUSED, False
        elif what is Happened.RESOLVED:
            self.paused, self.resolved = False, True
        else:
            self.away = what is Happened.TAKEN_AWAY
        self.settle(minute)

    def done(self) -> bool:
        return self.answered if self.promise.goal is Goal.RESPONSE else self.resolved

    def runs(self) -> bool:
        return not (self.paused or self.resolved or self.away or self.done())

    def settle(self, minute: int) -> None:
        if not self.clocks:
            return
        clock = self.clocks[-1]
        if self.done():
            clock["ended"] = minute if clock["ended"] is None else clock["ended"]
        elif not (self.resolved or self.away):
            clock["ended"] = None


@settings(max_examples=150, deadline=None)
@given(
    world=hours(), course=courses(), minutes=st.integers(1, 1500), renews=st.booleans(), goal=st.sampled_from(list(Goal))
)  # fmt: skip
def test_every_promise_stands_where_the_minutes_say(
    world: tuple[WorkingTime, datetime, ZoneInfo],
    course: list[tuple[int, Happened]],
    minutes: int,
    renews: bool,
    goal: Goal,
) -> None:
    calendar, since, zone = world
    promise = Promise(goal=goal, target=minutes * MINUTE, renews=renews)
    worked = [is_worked(calendar, since + step * MINUTE, zone) for step in range(DAYS * 1440)]
    oracle = Oracle(course, promise, worked)
    facts: list[Fact] = [(since + minute * MINUTE, what) for minute, what in course]
    try:
        found = standings(facts, promise, calendar, now=since + DAYS * 1440 * MINUTE)
    except NeverOpen:
        assert all(clock["due"] is None for clock in oracle.clocks)
        return
    assert len(found) == len(oracle.clocks)
    for clock, model in zip(found, oracle.clocks, strict=True):
        missed = model["missed"]
        assert clock.breached_at == (None if missed is None else since + missed * MINUTE)
        assert (clock.state is State.BREACHED) == (missed is not None)
        if model["ended"] is not None and clock.state is not State.CANCELLED:
            assert clock.ended_at is not None
        if clock.state is State.MET:
            assert clock.met_at == since + (model["ended"] or 0) * MINUTE
        if clock is found[-1] and clock.state in (State.RUNNING, State.PAUSED):
            assert (clock.state is State.RUNNING) == oracle.runs()
            counted = clock.elapsed
            if clock.state is State.RUNNING and model["due"] is not None:
                assert clock.due_at == since + model["due"] * MINUTE
            elif clock.state is State.PAUSED:
                assert counted == (model["worked"] or 0) * MINUTE


def stand(facts: list[tuple[str, Happened]], promise: Promise, now: str, week: Week = OFFICE) -> Standing:
    told = [(at(written), what) for written, what in facts]
    return standings(told, promise, WorkingTime(week, AMSTERDAM), now=at(now))[-1]


RESPONSE = Promise(goal=Goal.RESPONSE, target=4 * HOUR)
RESOLUTION = Promise(goal=Goal.RESOLUTION, target=8 * HOUR)


def test_a_request_of_friday_evening_is_due_on_monday() -> None:
    found = stand([("2026-11-27 16:50", Happened.BEGUN)], RESPONSE, "2026-11-28 10:00")
    assert (found.state, found.due_at) == (State.RUNNING, at("2026-11-30 13:20"))


def test_waiting_stops_the_time_and_work_takes_it_up_again() -> None:
    facts = [("2026-11-23 09:00", Happened.BEGUN), ("2026-11-23 10:00", Happened.PAUSED)]
    paused = stand(facts, RESPONSE, "2026-11-25 10:00")
    assert (paused.state, paused.due_at, paused.elapsed) == (State.PAUSED, None, HOUR)
    resumed = stand([*facts, ("2026-11-25 09:00", Happened.WORKED_ON)], RESPONSE, "2026-11-25 09:30")
    assert (resumed.state, resumed.due_at) == (State.RUNNING, at("2026-11-25 12:00"))


def test_an_answer_at_the_very_deadline_is_in_time_and_a_minute_later_is_not() -> None:
    for minute, state in (("13:30", State.MET), ("13:31", State.BREACHED)):
        facts = [("2026-11-23 09:00", Happened.BEGUN), (f"2026-11-23 {minute}", Happened.ANSWERED)]
        found = stand(facts, RESPONSE, "2026-11-24 09:00")
        assert (found.state, found.met_at) == (state, at(f"2026-11-23 {minute}"))


def test_resolving_without_an_answer_ends_the_promise_of_one() -> None:
    facts = [("2026-11-23 09:00", Happened.BEGUN), ("2026-11-23 10:00", Happened.RESOLVED)]
    assert stand(facts, RESPONSE, "2026-11-24 09:00").state is State.CANCELLED
    again = stand([*facts, ("2026-11-24 09:00", Happened.WORKED_ON)], RESPONSE, "2026-11-24 09:30")
    assert (again.state, again.due_at) == (State.RUNNING, at("2026-11-24 12:00"))


def test_reopening_goes_on_or_begins_anew() -> None:
    facts = [
        ("2026-11-23 09:00", Happened.BEGUN), ("2026-11-23 10:00", Happened.RESOLVED), ("2026-11-24 09:00", Happened.WORKED_ON),
    ]  # fmt: skip
    goes_on = stand(facts, RESOLUTION, "2026-11-24 09:30")
    assert (goes_on.state, goes_on.due_at) == (State.RUNNING, at("2026-11-24 16:30"))
    renewed = Promise(goal=Goal.RESOLUTION, target=8 * HOUR, renews=True)
    told = [(at(written), what) for written, what in facts]
    clocks = standings(told, renewed, WorkingTime(OFFICE, AMSTERDAM), now=at("2026-11-24 09:30"))
    assert [(clock.state, clock.due_at) for clock in clocks] == [
        (State.MET, at("2026-11-24 09:30")),
        (State.RUNNING, at("2026-11-25 09:30")),
    ]


def test_a_missed_promise_stays_missed_while_it_pauses_and_when_it_is_kept_late() -> None:
    facts = [("2026-11-23 09:00", Happened.BEGUN), ("2026-11-24 10:00", Happened.PAUSED)]
    paused = stand(facts, RESPONSE, "2026-11-24 11:00")
    assert (paused.state, paused.breached_at, paused.paused_at) == (
        State.BREACHED, at("2026-11-23 13:30"), at("2026-11-24 10:00"),
    )  # fmt: skip
    late = stand([*facts, ("2026-11-25 10:00", Happened.ANSWERED)], RESPONSE, "2026-11-26 11:00")
    assert (late.state, late.due_at, late.met_at) == (State.BREACHED, at("2026-11-23 13:30"), at("2026-11-25 10:00"))


def test_what_was_deleted_and_brought_back_did_not_count() -> None:
    facts = [("2026-11-23 09:00", Happened.BEGUN), ("2026-11-23 10:00", Happened.TAKEN_AWAY)]
    assert stand(facts, RESPONSE, "2026-11-24 09:00").state is State.CANCELLED
    back = stand([*facts, ("2026-11-24 09:00", Happened.BROUGHT_BACK)], RESPONSE, "2026-11-24 09:00")
    assert (back.state, back.due_at) == (State.RUNNING, at("2026-11-24 12:00"))


def test_a_night_shift_over_the_clock_change_is_an_hour_longer_in_autumn() -> None:
    # Saturday 22:00 to midnight and Sunday midnight to 06:00: on the night of the change that is nine hours.
    night: Week = ((), (), (), (), (), ((1320, 1440),), ((0, 360),))
    found = stand([("2026-10-24 22:00", Happened.BEGUN)], RESOLUTION, "2026-10-24 23:00", night)
    assert found.due_at == at("2026-10-25 05:00")
    spring = stand([("2026-03-28 22:00", Happened.BEGUN)], RESOLUTION, "2026-03-28 23:00", night)
    assert spring.due_at == at("2026-04-04 23:00")


def test_a_warning_comes_when_its_share_of_working_time_is_over() -> None:
    calendar = WorkingTime(OFFICE, AMSTERDAM)
    found = stand([("2026-11-27 16:00", Happened.BEGUN)], RESPONSE, "2026-11-27 16:00")
    assert warned_at(found, RESPONSE, calendar, percent=75) == at("2026-11-30 11:00")
    assert warned_at(found, RESPONSE, calendar, percent=None) is None


def test_a_team_that_never_works_promises_nothing() -> None:
    with pytest.raises(NeverOpen):
        due(at("2026-11-23 09:00"), HOUR, WorkingTime(((),) * 7, AMSTERDAM))

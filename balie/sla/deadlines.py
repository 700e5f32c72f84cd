"""From what happened to a request, and the hours of its team, to where each promise stands. Pure: no row, no clock on the wall.

Time counts while the request is open, not in a pausing status and not deleted, and only while the team works. A deadline is the
first moment by which as much has been worked as was promised; whoever does it at that moment is in time, and later is late.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from balie.teams.working_time import WorkingTime


class Goal(StrEnum):
    """What is promised: a first answer, or the end of it."""

    RESPONSE = "response"
    RESOLUTION = "resolution"


class State(StrEnum):
    """Where a promise stands. A breached one was missed, whether or not it was kept later."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    CANCELLED = "cancelled"


class Happened(StrEnum):
    """The facts that a promise depends on."""

    BEGUN = "begun"
    ANSWERED = "answered"
    PAUSED = "paused"
    WORKED_ON = "worked_on"
    RESOLVED = "resolved"
    TAKEN_AWAY = "taken_away"
    BROUGHT_BACK = "brought_back"


Fact = tuple[datetime, Happened]
_NOTHING: Final = timedelta(0)


@dataclass(frozen=True, kw_only=True)
class Promise:
    """So much working time for a goal. `renews` when each reopening starts a new clock for the resolution."""

    goal: Goal
    target: timedelta
    renews: bool = False


@dataclass(kw_only=True)
class Standing:
    """One clock. `due_at` is missing while it is paused, unless it was missed before, and stays when it has ended.

    `breached_at` is the deadline that was missed; `elapsed` is what was worked of it until it last stopped.
    """

    started_at: datetime
    state: State = State.RUNNING
    due_at: datetime | None = None
    paused_at: datetime | None = None
    elapsed: timedelta = _NOTHING
    ended_at: datetime | None = None
    breached_at: datetime | None = None

    @property
    def met_at(self) -> datetime | None:
        return self.ended_at if self.state in (State.MET, State.BREACHED) else None


def standings(facts: Iterable[Fact], promise: Promise, hours: WorkingTime, *, now: datetime) -> list[Standing]:
    """The clocks of one promise, oldest first: one, and one more for each reopening that renews it.

    Facts come in their order, the first is `BEGUN`. Raises `NeverOpen` when the team does not work so long.
    """
    course = _Course(promise, hours)
    for at, what in facts:
        course.take(at, what)
    return course.ended(now)


def due(start: datetime, target: timedelta, hours: WorkingTime) -> datetime:
    """When something that begins now has to be done; raises `NeverOpen`."""
    return hours.add_working_time(start, target)


def warned_at(standing: Standing, promise: Promise, hours: WorkingTime, *, percent: int | None) -> datetime | None:
    """When so many percent of the time are over, for a clock that runs."""
    if percent is None or standing.state is not State.RUNNING or standing.due_at is None:
        return None
    return hours.add_working_time(standing.due_at, -(promise.target - promise.target * percent / 100))


class _Course:
    """Walks through the facts, with the clock that they are about."""

    def __init__(self, promise: Promise, hours: WorkingTime) -> None:
        self._promise, self._hours = promise, hours
        self._clocks: list[Standing] = []
        self._since: datetime | None = None
        self._is_paused = self._is_resolved = self._is_away = self._is_answered = False

    def take(self, at: datetime, what: Happened) -> None:
        match what:
            case Happened.BEGUN:
                self._clocks.append(Standing(started_at=at))
            case Happened.ANSWERED:
                self._is_answered = True
            case Happened.PAUSED | Happened.WORKED_ON:
                if self._is_resolved and self._promise.renews and self._promise.goal is Goal.RESOLUTION:
                    self._clocks.append(Standing(started_at=at))
                self._is_paused, self._is_resolved = what is Happened.PAUSED, False
            case Happened.RESOLVED:
                self._is_paused, self._is_resolved = False, True
            case Happened.TAKEN_AWAY:
                self._is_away = True
            case Happened.BROUGHT_BACK:
                self._is_away = False
        self._turn(at)

    def ended(self, now: datetime) -> list[Standing]:
        clock = self._clocks[-1]
        if clock.ended_at is None:
            self._mark_breach(clock, until=now)
            clock.state = (
                State.BREACHED if clock.breached_at else State.PAUSED if self._since is None else State.RUNNING
            )
        return self._clocks

    def _turn(self, at: datetime) -> None:
        """Let the clock run, pause or end, as the facts now say."""
        clock = self._clocks[-1]
        is_done = self._is_answered if self._promise.goal is Goal.RESPONSE else self._is_resolved
        runs = not (self._is_paused or self._is_resolved or self._is_away or is_done)
        if runs and self._since is None:
            self._start(clock, at)
        elif not runs and self._since is not None:
            self._stop(clock, at)
        if is_done:
            if clock.ended_at is None or clock.state is State.CANCELLED:
                self._end(clock, at, State.MET)
        elif self._is_resolved or self._is_away:
            if clock.ended_at is None:
                self._end(clock, at, State.CANCELLED)
        elif self._is_paused:
            clock.ended_at, clock.due_at, clock.paused_at = None, clock.breached_at, clock.paused_at or at

    def _start(self, clock: Standing, at: datetime) -> None:
        left = max(self._promise.target - clock.elapsed, _NOTHING)
        clock.due_at = clock.breached_at or self._hours.add_working_time(at, left)
        clock.paused_at = clock.ended_at = None
        self._since = at

    def _stop(self, clock: Standing, at: datetime) -> None:
        assert self._since is not None
        self._mark_breach(clock, until=at)
        clock.elapsed += self._hours.working_time_between(self._since, at)
        self._since = None

    def _end(self, clock: Standing, at: datetime, state: State) -> None:
        clock.ended_at = at
        clock.state = State.BREACHED if clock.breached_at else state
        clock.paused_at = None

    def _mark_breach(self, clock: Standing, *, until: datetime) -> None:
        if clock.breached_at is None and self._since is not None and clock.due_at is not None and clock.due_at < until:
            clock.breached_at = clock.due_at

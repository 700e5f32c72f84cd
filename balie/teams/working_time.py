"""Arithmetic with the time that a team works: spans of a week, a time zone with its clock changes, days that differ.

A moment is working time when the clock on the team's wall stands within a span of that day. So a span over a skipped hour is
shorter, and one over a repeated hour longer, as it is for those who work then. A year is laid out once as moments in UTC; after
that each question is a search in a sorted list.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

# Minutes from midnight on the wall, the second one up to 24 × 60.
Span = tuple[int, int]
Week = tuple[tuple[Span, ...], ...]

ALWAYS: Final[Week] = (((0, 1440),),) * 7

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_DAY: Final = date(1970, 1, 1)
_MINUTE: Final = 60_000_000
_DAY: Final = 1440 * _MINUTE
_MICROSECOND: Final = timedelta(microseconds=1)
# A team whose days are given one by one does not work beyond so many years, and nobody promises anything for the second number.
_FARTHEST: Final = 20
_BEYOND: Final = 100


class NeverOpen(ValueError):
    """There is not that much working time, however long one waits."""


class _Laid(NamedTuple):
    """Years laid out: when spans begin and end in microseconds, and how much is worked before each begins and in all."""

    first: int
    last: int
    begins: list[int]
    ends: list[int]
    before: list[int]


class WorkingTime:
    """When a team works; two of the same facts answer alike. Safe to share between threads.

    `week` are the spans of Monday to Sunday, `days` those of single days instead, and `holidays` says which days of a year are
    free unless `days` has them.
    """

    def __init__(
        self,
        week: Week,
        zone: ZoneInfo,
        *,
        holidays: Callable[[int], Collection[date]] = lambda _year: (),
        days: Mapping[date, tuple[Span, ...]] | None = None,
    ) -> None:
        self._week, self._zone, self._holidays, self._days = week, zone, holidays, dict(days or {})
        self._is_ever_open = any(week) or any(self._days.values())
        self._laid: _Laid | None = None

    @property
    def week(self) -> Week:
        """The spans of Monday to Sunday."""
        return self._week

    def add_working_time(self, start: datetime, duration: timedelta) -> datetime:
        """The first moment by which the team has worked that long since `start`; backwards for a negative duration.

        Raises `NeverOpen`.
        """
        wanted = _microseconds(duration)
        if not wanted:
            return start
        year, laid = start.year, self._laid
        moment = _from_epoch(start)
        if wanted > 0 and laid is not None and laid.first < year < laid.last:
            # What is asked a hundred thousand times a second, without a call more than it needs.
            _first, _last, begins, ends, before = laid
            place = bisect_right(begins, moment) - 1
            if place >= 0:
                end = ends[place]
                target = before[place] + (moment if moment < end else end) - begins[place] + wanted
                if target <= before[-1]:
                    place = bisect_left(before, target, place) - 1
                    return _EPOCH + timedelta(0, 0, begins[place] + target - before[place])
        laid = self._reaching(year, year)
        target = _worked_until(laid, moment) + wanted
        if wanted > 0:
            while target > laid.before[-1]:
                laid = self._wider(laid, year, forward=True)
            place = bisect_left(laid.before, target) - 1
            return _EPOCH + timedelta(microseconds=laid.begins[place] + target - laid.before[place])
        while target < 0:
            missing = laid.before[-1]
            laid = self._wider(laid, year, forward=False)
            target += laid.before[-1] - missing
        place = bisect_right(laid.before, target) - 1
        return _EPOCH + timedelta(microseconds=laid.begins[place] + target - laid.before[place])

    def working_time_between(self, a: datetime, b: datetime) -> timedelta:
        """How long the team works from `a` until `b`; negative when `b` is earlier."""
        years = (a.year, b.year)
        laid = self._reaching(min(years), max(years))
        worked = _worked_until(laid, _from_epoch(b)) - _worked_until(laid, _from_epoch(a))
        return timedelta(microseconds=worked)

    def next_opening(self, at: datetime) -> datetime:
        """The first moment from `at` on when the team works: `at` itself if it does then. Raises `NeverOpen`."""
        laid, moment = self._reaching(at.year, at.year), _from_epoch(at)
        while True:
            place = bisect_right(laid.ends, moment)
            if place < len(laid.begins):
                begins = laid.begins[place]
                return at if begins <= moment else _EPOCH + timedelta(microseconds=begins)
            laid = self._wider(laid, at.year, forward=True)

    def is_open(self, at: datetime) -> bool:
        laid, moment = self._reaching(at.year, at.year), _from_epoch(at)
        place = bisect_right(laid.begins, moment) - 1
        return place >= 0 and moment < laid.ends[place]

    def spans_of(self, day: date) -> tuple[Span, ...]:
        """What is worked on one day on the wall."""
        if day in self._days:
            return self._days[day]
        return () if day in self._holidays(day.year) else self._week[day.weekday()]

    def _reaching(self, first: int, last: int) -> _Laid:
        """Laid out at least from the one year to the other, and a year more on both sides for what the zone shifts."""
        laid = self._laid
        if laid is None or laid.first >= first or laid.last <= last:
            laid = self._lay(min(first - 1, laid.first if laid else first), max(last + 1, laid.last if laid else last))
        return laid

    def _wider(self, laid: _Laid, asked: int, *, forward: bool) -> _Laid:
        away = laid.last - asked if forward else asked - laid.first
        is_over = laid.last >= 9998 if forward else laid.first <= 2
        # A week comes again, unlike days that were given one by one.
        if is_over or not self._is_ever_open or away > (_BEYOND if any(self._week) else _FARTHEST):
            raise NeverOpen
        return self._lay(laid.first - (not forward), laid.last + forward)

    def _lay(self, first: int, last: int) -> _Laid:
        first, last = max(first, 2), min(last, 9998)
        known = self._laid
        begins: list[int] = []
        ends: list[int] = []
        for year in range(first, last + 1):
            if known is not None and known.first == year and known.last <= last:
                begins += known.begins
                ends += known.ends
            elif known is None or not (known.first <= year <= known.last <= last and first <= known.first):
                self._lay_year(year, begins, ends)
        worked = [end - begin for begin, end in zip(begins, ends, strict=True)]
        self._laid = _Laid(first, last, begins, ends, [0, *accumulate(worked)])
        return self._laid

    def _lay_year(self, year: int, begins: list[int], ends: list[int]) -> None:
        """Add the spans of one year of UTC."""
        since, until = (_from_epoch(datetime(one, 1, 1, tzinfo=UTC)) for one in (year, year + 1))
        for piece_begins, piece_ends, offset in self._pieces(since, until):
            day = (piece_begins + offset) // _DAY
            while day * _DAY - offset < piece_ends:
                midnight = day * _DAY - offset
                for first, last in sorted(self.spans_of(_FIRST_DAY + timedelta(days=day))):
                    begin = max(midnight + first * _MINUTE, piece_begins)
                    end = min(midnight + last * _MINUTE, piece_ends)
                    if ends and begin <= ends[-1]:
                        # Spans that touch or overlap are one.
                        ends[-1] = max(ends[-1], end)
                    elif begin < end:
                        begins.append(begin)
                        ends.append(end)
                day += 1

    def _pieces(self, since: int, until: int) -> list[tuple[int, int, int]]:
        """The year in pieces between which the clock is changed: begin, end, and what the wall is ahead of UTC."""
        pieces: list[tuple[int, int, int]] = []
        begins, offset = since, self._offset(since)
        for day in range(since, until, _DAY):
            following = min(day + _DAY, until - 1_000_000)
            after = self._offset(following)
            if after != offset:
                change = self._change(day, following, offset)
                pieces.append((begins, change, offset))
                begins, offset = change, after
        return [*pieces, (begins, until, offset)]

    def _change(self, low: int, high: int, offset: int) -> int:
        """The second at which the offset becomes another one."""
        while high - low > 1_000_000:
            middle = (low + high) // 2_000_000 * 1_000_000
            low, high = (middle, high) if self._offset(middle) == offset else (low, middle)
        return high

    def _offset(self, moment: int) -> int:
        ahead = (_EPOCH + timedelta(microseconds=moment)).astimezone(self._zone).utcoffset()
        return _microseconds(ahead or timedelta())


def _worked_until(laid: _Laid, moment: int) -> int:
    place = bisect_right(laid.begins, moment) - 1
    if place < 0:
        return 0
    return laid.before[place] + min(moment, laid.ends[place]) - laid.begins[place]


def _from_epoch(moment: datetime) -> int:
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _microseconds(duration: timedelta) -> int:
    return (duration.days * 86_400 + duration.seconds) * 1_000_000 + duration.microseconds

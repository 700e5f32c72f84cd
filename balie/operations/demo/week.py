"""The demo company's week: things happen on weekdays from eight to six, whenever the demo is loaded.

Time is counted in working minutes, so that "three hours ago" on a Monday morning is Friday afternoon, and nothing is ever old.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_ZONE: Final = ZoneInfo("Europe/Amsterdam")
_BEGINS: Final = 8 * 60
_MINUTES_A_DAY: Final = 10 * 60
_MONDAY: Final = date(2024, 1, 1)
_SPAN: Final = re.compile(r"(\d+)([mhd])")
_UNITS: Final = {"m": 1, "h": 60, "d": _MINUTES_A_DAY}


def minutes(span: str) -> int:
    """Working minutes of "20m", "3h" or "2d"."""
    found = _SPAN.fullmatch(span)
    if found is None:
        raise ValueError(f"{span!r} is no span of time")
    return int(found[1]) * _UNITS[found[2]]


def count(moment: datetime) -> int:
    """How many working minutes lie before the moment; the same all through a night or a weekend."""
    local = moment.astimezone(_ZONE)
    days = (local.date() - _MONDAY).days
    today = min(max(local.hour * 60 + local.minute - _BEGINS, 0), _MINUTES_A_DAY) if local.weekday() < 5 else 0
    return (days // 7 * 5 + min(days % 7, 5)) * _MINUTES_A_DAY + today


def moment(counted: int) -> datetime:
    """The first moment that has so many working minutes before it; what begins a day ends the one before."""
    day, minute = divmod(counted - 1, _MINUTES_A_DAY)
    midnight = datetime.combine(_date(day), time(0), tzinfo=_ZONE)
    return midnight + timedelta(minutes=_BEGINS + minute + 1)


def weekday(now: datetime, days: int) -> date:
    """The date so many working days from today; at a weekend from Monday."""
    today = now.astimezone(_ZONE).date()
    passed = (today - _MONDAY).days
    return _date(passed // 7 * 5 + min(passed % 7, 5) + days)


def _date(working_day: int) -> date:
    return _MONDAY + timedelta(days=working_day // 5 * 7 + working_day % 5)

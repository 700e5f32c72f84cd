"""What a rule would promise: for a request made now, and for one made on Friday ten minutes before five."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from balie.platform import clock as time_now
from balie.teams.models import Team
from balie.teams.working_hours import working_time
from balie.teams.working_time import NeverOpen

_FRIDAY = 4
_TEN_TO_FIVE = time(16, 50)


@dataclass(frozen=True, kw_only=True)
class Example:
    """A request asked at a moment, and by when it is answered and resolved; a goal that is not given has no moment."""

    asked_at: datetime
    is_now: bool
    response: datetime | None
    resolution: datetime | None


def examples(
    team: Team, *, response: timedelta | None, resolution: timedelta | None, zone: tzinfo
) -> list[Example]:  # fmt: skip
    """Both, with Friday in the reader's zone; raises `NeverOpen`."""
    hours, now = working_time(team), time_now.now()
    return [
        Example(
            asked_at=moment, is_now=moment == now,
            response=hours.add_working_time(moment, response) if response else None,
            resolution=hours.add_working_time(moment, resolution) if resolution else None,
        )
        for moment in (now, friday_after(now, zone))
    ]  # fmt: skip


def friday_after(now: datetime, zone: tzinfo) -> datetime:
    """The next Friday at 16:50 of that zone."""
    local = now.astimezone(zone)
    day = local.date() + timedelta(days=(_FRIDAY - local.weekday()) % 7)
    moment = datetime.combine(day, _TEN_TO_FIVE, zone)
    return moment if moment > local else datetime.combine(day + timedelta(days=7), _TEN_TO_FIVE, zone)


__all__ = ["Example", "NeverOpen", "examples", "friday_after"]

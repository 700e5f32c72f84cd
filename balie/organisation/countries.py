"""What is usual in a country: when offices work, and which place's time holds in most of it.

The hours are those that most offices keep, in their own words on contracts and doors: a long midday break around the
Mediterranean, a week from Sunday where Friday is free. Each team changes its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from typing import Final

import holidays

_NINE_TO_FIVE: Final = ((time(9), time(17)),)
_HOURS: Final = {
    "NL": ((time(8, 30), time(17)),),
    "BE": ((time(8, 30), time(12)), (time(13), time(17))),
    "DE": ((time(8), time(17)),),
    "AT": ((time(8), time(17)),),
    "CH": ((time(8), time(12)), (time(13), time(17))),
    "FR": ((time(9), time(12, 30)), (time(13, 30), time(17, 30))),
    "IT": ((time(9), time(13)), (time(14), time(18))),
    "ES": ((time(9), time(14)), (time(15), time(18))),
    "PT": ((time(9), time(13)), (time(14), time(18))),
}
_DAYS: Final = range(7)


def usual_week(country: str) -> Iterator[tuple[int, time, time]]:
    """Weekday, begin and end of each span that is worked in a week there; Monday to Friday where nothing is known."""
    free = _free_days(country)
    for weekday in _DAYS:
        if weekday not in free:
            yield from ((weekday, begins, ends) for begins, ends in _HOURS.get(country, _NINE_TO_FIVE))


def _free_days(country: str) -> set[int]:
    try:
        # One year is asked for, since where the free days have moved, the library knows when.
        return set(holidays.country_holidays(country).weekend)
    except NotImplementedError:
        return {5, 6}

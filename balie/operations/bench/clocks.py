"""How fast a promise is worked out: eight working hours from any moment of a year, in two spans a day with holidays.

The moments lie on both sides of both changes of the clock, and of every public holiday of the Netherlands.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from balie.operations.bench.measured import Measured
from balie.sla.deadlines import due
from balie.teams import public_holidays
from balie.teams.working_time import Week, WorkingTime
from balie.tickets.models import Ticket

_WEEK: Week = (((510, 750), (780, 1050)),) * 5 + ((), ())


def measure(n: int) -> Iterator[Measured]:
    """A thousand in a row count as one; beside it the same row of plain additions."""
    hours = WorkingTime(
        _WEEK,
        ZoneInfo("Europe/Amsterdam"),
        holidays=lambda year: public_holidays.holidays_in("NL", "", year).keys(),
    )
    dice = random.Random(11)  # noqa: S311  (not a secret)
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    moments = [begin + timedelta(minutes=dice.randrange(525_600)) for _each in range(1000)]
    eight = timedelta(hours=8)
    size = Ticket.objects.count()
    measured: dict[str, Callable[[datetime], datetime]] = {
        "clocks": lambda moment: due(moment, eight, hours),
        "clocks.floor": lambda moment: moment + eight,
    }
    for name, add in measured.items():
        seconds, started = [], time.monotonic()
        for _turn in range(max(n // 10, 2)):
            begun = time.monotonic()
            for moment in moments:
                add(moment)
            seconds.append(time.monotonic() - begun)
        yield Measured.of(
            name, size=size, concurrency=1, seconds=seconds, elapsed=time.monotonic() - started, each=1000
        )

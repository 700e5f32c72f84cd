"""How fast a promise is worked out: eight working hours from any moment, in a team's hours with its public holidays."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from balie.operations.bench.measured import Measured
from balie.teams.models import Team
from balie.teams.working_hours import working_time
from balie.tickets.models import Ticket


def measure(n: int) -> Iterator[Measured]:
    """A thousand in a row count as one; beside it the same row of plain additions."""
    hours = working_time(Team.objects.active().earliest("pk"))
    dice = random.Random(11)  # noqa: S311  (not a secret)
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    moments = [begin + timedelta(minutes=dice.randrange(525_600)) for _each in range(1000)]
    eight = timedelta(hours=8)
    size = Ticket.objects.count()
    for name, add in (("clocks", hours.add_working_time), ("clocks.floor", lambda moment, span: moment + span)):
        seconds, started = [], time.monotonic()
        for _turn in range(max(n // 10, 2)):
            begun = time.monotonic()
            for moment in moments:
                add(moment, eight)
            seconds.append(time.monotonic() - begun)
        yield Measured.of(
            name, size=size, concurrency=1, seconds=seconds, elapsed=time.monotonic() - started, each=1000
        )

"""What the teams of the demo company promise, and what has become of it by now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from balie.operations.demo.company import Cast
from balie.platform import clock
from balie.sla import ruling, watching
from balie.sla.models import Clock, Recomputation
from balie.sla.ruling import Wanted

# Team, category or "", hours to respond and to resolve.
_RULES: Final = (
    ("it", "", 4, 16),
    ("it", "Access", 2, 8),
    ("people", "", 8, None),
    ("finance", "", 8, 40),
    ("facilities", "", 4, 24),
)


def make(cast: Cast) -> None:
    """The rules, each set by a member of its team."""
    for address, category, response, resolution in _RULES:
        team = cast.teams[address]
        wanted = Wanted(
            categories=(cast.categories[address, category],) if category else (),
            response=timedelta(hours=response), resolution=timedelta(hours=resolution) if resolution else None,
        )  # fmt: skip
        ruling.add(team, wanted, by=team.members.earliest("pk"))
    # Nobody has asked anything yet.
    Recomputation.objects.update(ended_at=clock.now())


def let_time_have_passed(*, now: datetime) -> None:
    """Warnings and misses of what is still open, each at its time; of what is over nobody speaks any more."""
    Clock.objects.filter(ended_at__isnull=False).update(look_at=None, told_at=now)
    while (one := Clock.objects.filter(look_at__lt=now).order_by("look_at").first()) is not None:
        assert one.look_at is not None
        with clock.pretending(min(one.look_at + timedelta(minutes=1), now)):
            if not watching.watch():
                break

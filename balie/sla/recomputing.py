"""After a change of rules, hours or statuses: the open requests of a team are gone through in the background.

A few hundred requests a transaction, and none that somebody holds just then, so that nobody who answers waits for it; those come
at the end. Each job works for seconds and hands on to the next, so that other jobs have their turn. What is missed by a new rule
is marked, and nobody is told: they would hear of thousands at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from balie.platform import clock as time_now
from balie.platform.gathering import gathering
from balie.sla import clocks
from balie.sla.models import Clock, Recomputation, Rule
from balie.teams.models import Team
from balie.tickets.models import Ticket
from balie.tickets.models.status import Group
from balie.tickets.models.ticket import OPEN_AND_LISTED, OPEN_GROUPS

AT_ONCE: Final = 250
_SECONDS: Final = 2.0
_STAGES: Final = (*[group.value for group in OPEN_GROUPS], "")
# Whoever asked while the rule was changed may have read the former one, and commits after the walk has passed.
LINGERS: Final = timedelta(seconds=30)


def begin(team: Team) -> None:
    """Have the team's requests gone through once this transaction has committed; anew, when that is under way."""
    total = Ticket.objects.filter(OPEN_AND_LISTED, team=team.pk).count()
    fresh: dict[str, Any] = {
        "began_at": time_now.now(), "ended_at": None, "total": total, "done": 0, "stage": 0, "number": 0, "left": [],
    }  # fmt: skip
    Recomputation.objects.update_or_create(team=team, defaults=fresh)
    _go_on_later(team.pk)


def begin_where_promised(team: Team) -> None:
    """The same, when the team has promised anything: for what changes hours."""
    if Rule.objects.filter(team=team).exists() or Clock.objects.unfinished().filter(ticket__team=team).exists():
        begin(team)


def begin_everywhere() -> None:
    """The same for all teams that promise something: for what changes statuses, or the clock of the organisation."""
    for team in Team.objects.filter(sla_rules__isnull=False).distinct().order_by("pk"):
        begin(team)


def take_up_again() -> None:
    """After a time in which the plan lacked SLAs: what was missed meanwhile is marked, and nobody hears of all of it at once."""
    Clock.objects.filter(look_at__lt=time_now.now()).update(look_at=None)
    promising = Q(sla_rules__isnull=False) | Q(recomputation__isnull=False, recomputation__ended_at__isnull=True)
    for team in Team.objects.filter(promising).distinct().order_by("pk"):
        begin(team)


def go_on(team: int) -> bool:
    """Work for a few seconds; returns whether there is more to do. Two workers at once share nothing and lose nothing."""
    until = time.monotonic() + _SECONDS
    while time.monotonic() < until:
        if not step(team):
            return False
    _go_on_later(team)
    return True


def step(team: int) -> bool:
    """One transaction's worth; returns whether there is more to do."""
    with transaction.atomic(), gathering():
        row = Recomputation.objects.select_for_update(skip_locked=True).filter(team=team, ended_at__isnull=True).first()
        if row is None:
            return False
        numbers = _next(row)
        if numbers is not None:
            held = _recompute(numbers, waits=False)
            row.left = [*row.left, *held]
            row.done += len(numbers) - len(held)
        elif row.left:
            some, row.left = row.left[:AT_ONCE], row.left[AT_ONCE:]
            _recompute(some, waits=True)
            row.done += len(some)
        else:
            row.ended_at = time_now.now()
            _look_again_later(team, row)
        row.save()
        return row.is_under_way


def look_again(team: int, since: str) -> None:
    """Those of the team that changed while the rule did."""
    changed = Ticket.objects.filter(OPEN_AND_LISTED, team=team, updated_at__gte=since).order_by("pk")
    numbers = list(changed.values_list("pk", flat=True))
    for first in range(0, len(numbers), AT_ONCE):
        with transaction.atomic(), gathering():
            _recompute(numbers[first : first + AT_ONCE], waits=True)


def _next(row: Recomputation) -> list[int] | None:
    """The numbers that come next, and moves the row there; None at the end."""
    while row.stage < len(_STAGES):
        numbers = _of_stage(row)
        if numbers:
            row.number = numbers[-1]
            return numbers
        row.stage, row.number = row.stage + 1, 0
    return None


def _of_stage(row: Recomputation) -> list[int]:
    """By the index that is in their order; the last stage are those whose promises run though they are resolved by now."""
    stage = _STAGES[row.stage]
    if stage:
        rows = Ticket.objects.filter(OPEN_AND_LISTED, team=row.team_id, group=stage, pk__gt=row.number)
        return list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    others = Clock.objects.unfinished().filter(ticket__team=row.team_id, ticket__gt=row.number)
    resolved = others.filter(ticket__group=Group.RESOLVED).order_by("ticket").values_list("ticket_id", flat=True)
    return list(dict.fromkeys(resolved[:AT_ONCE]))


def _recompute(numbers: Iterable[int], *, waits: bool) -> list[int]:
    """Returns those that somebody held, and were passed by."""
    wanted = list(numbers)
    rows = Ticket.objects.select_for_update(skip_locked=not waits, of=("self",)).filter(pk__in=wanted).order_by("pk")
    tickets = list(rows.select_related("team"))
    clocks.recompute(tickets, announces=False)
    found = {ticket.pk for ticket in tickets}
    return [] if waits else [number for number in wanted if number not in found]


def _go_on_later(team: int) -> None:
    from balie.sla.tasks import recompute_team

    recompute_team.defer(team=team)


def _look_again_later(team: int, row: Recomputation) -> None:
    from balie.sla.tasks import look_again

    since = (row.began_at - LINGERS).isoformat()
    look_again.configure(schedule_in={"seconds": LINGERS.seconds}).defer(team=team, since=since)

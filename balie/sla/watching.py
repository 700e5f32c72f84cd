"""Promises that come to their end by the clock: people are warned once before, and told once after, while their team works.

A promise that was missed is marked at its deadline, whatever the hour; who works on it hears of it when the team works again.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import transaction

from balie.platform import clock as time_now
from balie.platform.gathering import gathering
from balie.sla import keeping, telling
from balie.sla.clocks import next_look
from balie.sla.deadlines import State
from balie.sla.models import Clock
from balie.sla.terms import hours_of
from balie.teams.working_time import NeverOpen, WorkingTime
from balie.tickets.models import Event, Ticket

AT_ONCE = 100
_MOST = 100


def watch() -> int:
    """Mark and tell whatever has come by now; returns how many requests that were."""
    count = 0
    # What somebody holds just now is looked at a minute later.
    passed: set[int] = set()
    for _turn in range(_MOST):
        found = _watch_some(passed)
        if not found:
            break
        count += len(found)
        passed |= found
    return count


def _watch_some(passed: set[int]) -> set[int]:
    now = time_now.now()
    due = Clock.objects.filter(look_at__lt=now).exclude(ticket__in=passed).order_by("look_at")
    numbers = list(due.values_list("ticket_id", flat=True)[:AT_ONCE])
    with transaction.atomic(), gathering():
        # The request first, as every verb does it: two that wait for each other would never end.
        rows = Ticket.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk__in=numbers).order_by("pk")
        tickets = {ticket.pk: ticket for ticket in rows.select_related("team", "assignee")}
        hours = hours_of(ticket.team for ticket in tickets.values())
        found: dict[int, list[Clock]] = defaultdict(list)
        for one in Clock.objects.filter(ticket__in=tickets).select_related("event"):
            found[one.ticket_id].append(one)
        for number, ticket in tickets.items():
            for one in found[number]:
                if one.look_at is not None and one.look_at < now:
                    _look(one, ticket, hours[ticket.team_id], now)
        keeping.keep(list(tickets.values()), found, touches=True)
    return set(numbers)


def _look(one: Clock, ticket: Ticket, hours: WorkingTime, now: datetime) -> None:
    if one.breached_at is None and one.state == State.RUNNING and one.due_at is not None and one.due_at < now:
        one.breached_at, one.state = one.due_at, State.BREACHED.value
    if one.breached_at is None:
        _warn(one, ticket, hours, now)
    elif one.told_at is None:
        _say_missed(one, ticket, hours, now)
    else:
        one.look_at = None


def _warn(one: Clock, ticket: Ticket, hours: WorkingTime, now: datetime) -> None:
    if one.warn_at is None or one.warn_at >= now or one.warned_at is not None:
        one.look_at = next_look(one, now)
    elif hours.is_open(now):
        one.warned_at = now
        _record(one, ticket, Event.Kind.SLA_WARNED)
        one.look_at = one.due_at
    else:
        opening = _opening(hours, now)
        one.look_at = min(filter(None, (opening, one.due_at)), default=None)


def _say_missed(one: Clock, ticket: Ticket, hours: WorkingTime, now: datetime) -> None:
    is_open = hours.is_open(now)
    if one.event is None:
        one.event = _record(one, ticket, Event.Kind.SLA_MISSED, waits=not is_open)
    elif is_open:
        one.event.ticket = ticket
        telling.tell(one.event)
    if is_open:
        one.told_at, one.look_at = now, None
    else:
        one.look_at = _opening(hours, now)


def _record(one: Clock, ticket: Ticket, kind: Event.Kind, *, waits: bool = False) -> Event:
    due_at = one.due_at.isoformat() if one.due_at else ""
    more: dict[str, Any] = {"waits": True} if waits else {}
    return Event.record(ticket, kind=kind, by=None, goal=one.goal, due_at=due_at, round=one.round, **more)


def _opening(hours: WorkingTime, now: datetime) -> datetime | None:
    try:
        return hours.next_opening(now)
    except NeverOpen:
        return None

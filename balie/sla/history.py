"""A request's events as the facts that promises depend on.

What was taken back did not happen; statuses count by the group that they belong to now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from balie.sla.deadlines import Fact, Happened
from balie.sla.terms import Terms
from balie.tickets.models import Event, Ticket
from balie.tickets.models.status import Group

_K: Final = Event.Kind
_OF_STATUS: Final = (_K.STATUS_CHANGED, _K.RESOLVED, _K.REOPENED)
TELLING: Final = (*_OF_STATUS, _K.DELETED, _K.RESTORED, _K.TAKEN_BACK)


class Told(NamedTuple):
    """What the facts need of one event."""

    pk: int
    kind: str
    details: Mapping[str, Any]
    at: datetime


def facts_of(
    ticket: Ticket, events: Sequence[Told], terms: Terms, groups: Mapping[int, str], *, begun_at: datetime, now: datetime
) -> list[Fact]:  # fmt: skip
    """In their order. `groups` says which group each status belongs to; `begun_at` is when the first who waits had asked."""
    undone = {pk for event in events if event.kind == _K.TAKEN_BACK for pk in event.details.get("events", ())}
    told = [event for event in events if event.pk not in undone]
    first = next((event.details.get("before") for event in told if event.kind in _OF_STATUS), ticket.status_id)
    known = _stage(first, terms, groups)
    facts: list[Fact] = [(begun_at, Happened.BEGUN), (begun_at, known)]
    is_away = False
    for event in told:
        if event.kind in _OF_STATUS:
            stage = _stage(event.details.get("after"), terms, groups)
            if stage is not known:
                facts.append((event.at, stage))
                known = stage
        elif event.kind in (_K.DELETED, _K.RESTORED):
            is_away = event.kind == _K.DELETED
            facts.append((event.at, Happened.TAKEN_AWAY if is_away else Happened.BROUGHT_BACK))
    # Where something else than an event has moved it, it counts from when that was seen.
    here = _stage(ticket.status_id, terms, groups, group=ticket.group)
    if here is not known:
        facts.append((min(ticket.updated_at, now), here))
    if ticket.merged_into_id is not None and not is_away:
        facts.append((now, Happened.TAKEN_AWAY))
    if ticket.first_response_at is not None:
        facts.append((ticket.first_response_at, Happened.ANSWERED))
    return _in_order(facts)


def _stage(status: int | None, terms: Terms, groups: Mapping[int, str], *, group: str = "") -> Happened:
    belongs = group or groups.get(status or 0, "")
    if belongs == Group.RESOLVED:
        return Happened.RESOLVED
    return Happened.PAUSED if terms.pauses(belongs, status or 0) else Happened.WORKED_ON


def _in_order(facts: Iterable[Fact]) -> list[Fact]:
    """By time; what happened at one moment stays as it was told, and an answer comes before what the answer led to."""
    begun, *rest = facts
    return [begun, *sorted(rest, key=lambda fact: (max(fact[0], begun[0]), fact[1] is not Happened.ANSWERED))]

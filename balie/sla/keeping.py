"""Writing clocks down, and what the lists of requests need of them: one statement, however many there are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from balie.organisation.models import Organisation
from balie.platform import clock as time_now
from balie.sla.deadlines import State
from balie.sla.models import Clock
from balie.tickets.models import Ticket

_COLUMNS: Final = {
    "ticket_id": "bigint", "goal": "text", "round": "smallint", "rule_id": "bigint", "target": "interval", "state": "text",
    "started_at": "timestamptz", "due_at": "timestamptz", "paused_at": "timestamptz", "elapsed": "interval",
    "ended_at": "timestamptz", "met_at": "timestamptz", "breached_at": "timestamptz", "warn_at": "timestamptz",
    "warned_at": "timestamptz", "told_at": "timestamptz", "look_at": "timestamptz", "event_id": "bigint",
}  # fmt: skip
_KEY: Final = ("ticket_id", "goal", "round")
_NAMES: Final = ", ".join(f'"{name}"' for name in _COLUMNS)
_TYPED: Final = ", ".join(f'"{name}" {kind}' for name, kind in _COLUMNS.items())
_CHANGED: Final = ", ".join(f'"{name}" = excluded."{name}"' for name in _COLUMNS if name not in _KEY)
_KEEP: Final = f"""
    WITH kept AS (
        INSERT INTO sla_clock ({_NAMES}) SELECT {_NAMES} FROM jsonb_to_recordset(%s::jsonb) AS one ({_TYPED})
        ON CONFLICT (ticket_id, goal, "round") DO UPDATE SET {_CHANGED}
    )
    UPDATE tickets_ticket AS ticket
    SET next_due_at = one.next_due_at, promises = one.promises, updated_at = coalesce(one.updated_at, ticket.updated_at)
    FROM jsonb_to_recordset(%s::jsonb)
        AS one (number bigint, next_due_at timestamptz, promises text[], updated_at timestamptz)
    WHERE ticket.number = one.number
"""  # noqa: S608  (names of this file; values go as parameters)
# What counts most comes first; what was let go counts for nothing.
_STATES: Final = (State.BREACHED, State.RUNNING, State.PAUSED, State.MET)


def keep(
    tickets: Sequence[Ticket], clocks: Mapping[int, Sequence[Clock]], *, only_tickets: bool = False, touches: bool = False
) -> None:  # fmt: skip
    """Write `clocks`, which are all that these requests have, by number; and what follows for the requests.

    With `touches` they count as changed, so that open pages draw their rows anew.
    """
    rows = [] if only_tickets else [_row(one) for ticket in tickets for one in clocks.get(ticket.pk, ())]
    now = time_now.now()
    changed = []
    for ticket in tickets:
        promises, due = promises_of(clocks.get(ticket.pk, ())), _next_due(ticket, clocks.get(ticket.pk, ()))
        if touches or promises != ticket.promises or due != ticket.next_due_at:
            ticket.promises, ticket.next_due_at = promises, due
            told = {"number": ticket.pk, "next_due_at": _plain(due), "promises": promises}
            changed.append(told | ({"updated_at": _plain(now)} if touches else {}))
    if rows or changed:
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [json.dumps(rows), json.dumps(changed)])


def promises_of(clocks: Iterable[Clock]) -> list[str] | None:
    """The states that these are in."""
    there = {one.state for one in clocks}
    return [state.value for state in _STATES if state in there] or None


def end_of(day: date, zone: str) -> datetime:
    """A day on which something is due is over with its last second."""
    return datetime.combine(day + timedelta(days=1), time(0), ZoneInfo(zone)).astimezone(UTC) - timedelta(seconds=1)


def _next_due(ticket: Ticket, clocks: Iterable[Clock]) -> datetime | None:
    due = [one.due_at for one in clocks if one.ended_at is None and one.paused_at is None and one.due_at is not None]
    if ticket.due_on is not None:
        due.append(end_of(ticket.due_on, Organisation.current().time_zone))
    return min(due, default=None)


def _row(one: Clock) -> dict[str, Any]:
    return {name: _plain(getattr(one, name)) for name in _COLUMNS}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"{value // timedelta(microseconds=1)} microseconds"
    return str(value) if isinstance(value, State) else value

"""Changing many requests at once, and taking it back: each request by itself, all of them in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from balie.channels.models import Delivery
from balie.channels.notices.giving import ring
from balie.channels.notices.models import Notice
from balie.people.models import Person
from balie.platform import clock
from balie.tickets import merging, refusals
from balie.tickets.models import Event, Sight, Ticket
from balie.workspace.models import BulkChange

MOST_AT_ONCE = 500

Verb = Callable[[Ticket], object]

# What the verbs of a bulk change may have changed.
_COLUMNS = (
    "team_id", "category_id", "status_id", "group", "priority", "assignee_id", "resolved_at", "snoozed_until",
)  # fmt: skip
# Of these, whoever asked or follows sees something on their own pages.
_SHOWN = (Event.Kind.RESOLVED, Event.Kind.REOPENED, Event.Kind.STATUS_CHANGED, Event.Kind.MOVED)

_OF_THE_CLOCK = (Event.Kind.SLA_WARNED, Event.Kind.SLA_MISSED)


def change(numbers: Iterable[int], verb: Verb, *, name: str, by: Person) -> BulkChange:
    """Call `verb` with each request; those that refuse stay as they are, and are told of in `refused`."""
    with transaction.atomic():
        asked, locked = _locked(numbers, by=by)
        rows, refused = [], [[number, refusals.NotThere.__name__] for number in asked if number not in locked]
        latest = _latest_events(locked)
        for number, ticket in locked.items():
            before = _snapshot(ticket)
            try:
                with transaction.atomic():
                    if ticket.merged_into_id is not None:
                        raise refusals.AlreadyMerged
                    verb(ticket)
            except refusals.Refused as refusal:
                refused.append([number, type(refusal).__name__])
            else:
                rows.append({"number": number, "before": before})
        return _kept(rows, refused, latest, name=name, by=by)


def merge(numbers: Iterable[int], *, into: int, by: Person) -> BulkChange:
    """Merge them all into one, which keeps its number."""
    with transaction.atomic():
        asked, locked = _locked([*numbers, into], by=by)
        refused = [[number, refusals.NotThere.__name__] for number in asked if number not in locked]
        rows: list[dict[str, Any]] = []
        latest = _latest_events(locked)
        target = locked.pop(into, None)
        for number, ticket in locked.items():
            try:
                if target is None:
                    raise refusals.NotThere
                seen = list(Sight.objects.filter(ticket=target).exclude(person=by).values_list("person_id", "seen_at"))
                with transaction.atomic():
                    merging.merge(ticket, into=target, by=by)
            except refusals.Refused as refusal:
                refused.append([number, type(refusal).__name__])
            else:
                sights = [[person, seen_at.isoformat()] for person, seen_at in seen]
                rows.append({"number": number, "into": into, "sights": sights})
        if rows:
            rows.append({"number": into})
        return _kept(rows, refused, latest, name="merge", by=by)


def take_back(pk: int, *, by: Person) -> tuple[BulkChange, list[list[Any]]]:
    """Make it as if the change had not been made; returns it, and what stays because somebody changed it since.

    What it would have told people is not sent any more, unless it has left. Raises `TooLateToTakeBack`.
    """
    with transaction.atomic():
        made = BulkChange.objects.select_for_update().filter(pk=pk, by=by).first()
        if made is None or not made.can_be_taken_back:
            raise refusals.TooLateToTakeBack
        numbers = sorted({row["number"] for row in made.rows})
        tickets = {one.pk: one for one in Ticket.objects.select_for_update().filter(pk__in=numbers).order_by("pk")}
        latest = _latest_events(tickets)
        touched = {row["number"] for row in made.rows if latest.get(row["number"]) != row["last"]}
        refused: list[list[Any]] = []
        for row in reversed(made.rows):
            if row["number"] in touched or row.get("into") in touched:
                if "before" in row or "into" in row:
                    refused.append([row["number"], refusals.ChangedSince.__name__])
                continue
            if "into" in row:
                _unmerge(tickets[row["number"]], row, by=by)
            elif "before" in row:
                _restore(tickets[row["number"]], row, by=by)
            _forget(row["events"])
        made.taken_back_at = clock.now()
        made.save(update_fields=["taken_back_at"])
    return made, refused


def _locked(numbers: Iterable[int], *, by: Person) -> tuple[list[int], dict[int, Ticket]]:
    """Always the lower number first, so that two changes at once cannot wait for each other."""
    asked = sorted(set(numbers))[:MOST_AT_ONCE]
    rows = Ticket.objects.worked_on_by(by).filter(pk__in=asked).select_for_update().order_by("pk")
    return asked, {ticket.pk: ticket for ticket in rows}


def _kept(
    rows: list[dict[str, Any]], refused: list[list[Any]], latest: dict[int, int], *, name: str, by: Person
) -> BulkChange:
    numbers = [row["number"] for row in rows]
    events: dict[int, list[int]] = {number: [] for number in numbers}
    since = min(latest.values(), default=0)
    made = Event.objects.filter(ticket__in=numbers, pk__gt=since).order_by("pk")
    for pk, number in made.values_list("pk", "ticket_id"):
        if pk > latest.get(number, 0):
            events[number].append(pk)
    for row in rows:
        row["events"] = events[row["number"]]
        row["last"] = row["events"][-1] if row["events"] else latest.get(row["number"])
    return BulkChange.objects.create(by=by, change=name, rows=rows, refused=refused, made_at=clock.now())


def _latest_events(tickets: Iterable[int]) -> dict[int, int]:
    # What the clock has said of a promise is nobody's change.
    changes = Event.objects.filter(ticket__in=list(tickets)).exclude(kind__in=_OF_THE_CLOCK)
    found = changes.order_by().values_list("ticket_id")
    return dict(found.annotate(latest=Max("pk")))


def _snapshot(ticket: Ticket) -> dict[str, Any]:
    return {name: _written(getattr(ticket, name)) for name in _COLUMNS}


def _restore(ticket: Ticket, row: dict[str, Any], *, by: Person) -> None:
    if not row["events"]:
        return
    left = ticket.team_id
    for name, value in row["before"].items():
        is_moment = name in ("resolved_at", "snoozed_until") and value is not None
        setattr(ticket, name, datetime.fromisoformat(value) if is_moment else value)
    ticket.stand_as_its_status_does()
    ticket.save_changes()
    more: dict[str, Any] = {"before": left} if left != ticket.team_id else {}
    if Event.objects.filter(pk__in=row["events"], kind__in=_SHOWN).exists():
        more["shown"] = True
    Event.record(ticket, kind=Event.Kind.TAKEN_BACK, by=by, events=row["events"], **more)


def _unmerge(ticket: Ticket, row: dict[str, Any], *, by: Person) -> None:
    merging.unmerge(ticket, by=by)
    Sight.objects.bulk_create(
        (Sight(ticket_id=row["into"], person_id=person, seen_at=seen_at) for person, seen_at in row["sights"]),
        ignore_conflicts=True,
    )


def _forget(events: list[int]) -> None:
    """What a worker has begun with may have arrived, and stays told; so does what somebody has read."""
    Delivery.objects.filter(event__in=events, state__in=Delivery.PENDING, attempts=0).delete()
    untold = Notice.objects.filter(event__in=events, read_at__isnull=True)
    people = set(untold.values_list("person_id", flat=True))
    if people:
        untold.delete()
        ring(people)


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value

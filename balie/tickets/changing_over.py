"""Taking many requests from one status, category or team to another: at once when they are few, else in the background.

A batch is a transaction. Whatever is left is seen in the requests themselves, so a batch that failed has done nothing, and
whoever goes on does nothing twice. Replies to these requests wait for one batch at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Max

from balie.people.models import Person
from balie.platform import clock
from balie.platform.gathering import gathering
from balie.tickets import following
from balie.tickets.models import Changeover, Event, Status, Ticket
from balie.tickets.models.status import Group
from balie.tickets.models.ticket import TicketQuerySet

A_BATCH: Final = 200
# Of a team's, each is changed by a verb of its own, with all that follows: these hold nobody up longer than the others do.
A_BATCH_OF_A_TEAM: Final = 50
# So many are changed while the administrator waits.
AT_ONCE: Final = 400
_K = Changeover.Kind


def begin(kind: Changeover.Kind, *, by: Person, **what: Any) -> Changeover:
    """In the transaction of the change that makes it necessary. A worker takes it up within a minute if nobody does before."""
    changeover = Changeover(kind=kind, by=by, total=0, began_at=clock.now(), **what)
    changeover.total = remaining(changeover).count()
    if not changeover.total:
        changeover.ended_at = changeover.began_at
    changeover.save()
    return changeover


def carry_on_at_once(status: Status) -> None:
    """After the change is committed: those of this status that are few; what is more is left to a worker."""
    for changeover in Changeover.objects.filter(status=status, ended_at=None, total__lte=AT_ONCE).order_by("pk"):
        carry_on(changeover.pk)


def carry_on_all() -> None:
    """Whatever has not ended, oldest first."""
    for pk in Changeover.objects.filter(ended_at=None).order_by("pk").values_list("pk", flat=True):
        carry_on(pk)


def carry_on(pk: int) -> None:
    """Until none is left, or another worker is at it."""
    while _batch(pk):
        pass


def remaining(changeover: Changeover) -> TicketQuerySet:
    """The requests that are still to be changed, deleted ones and merged ones too."""
    match changeover.kind:
        case _K.MERGED:
            return Ticket.objects.filter(category=changeover.category_id)
        case _K.REGROUPED:
            # The index of the status is in the order of teams and time, and there are few others of it.
            return Ticket.objects.filter(status=changeover.status_id).exclude(group=changeover.new_group)
        case _K.NARROWED:
            teams = Status.teams.through._default_manager.filter(status=changeover.status_id).values("team")
            return Ticket.objects.filter(status=changeover.status_id).exclude(team__in=teams)
        case _K.DISBANDED:
            return Ticket.objects.present().listed().open().filter(team=changeover.team_id)
    return Ticket.objects.filter(status=changeover.status_id)


def _batch(pk: int) -> bool:
    """One batch; whether more may be left."""
    with transaction.atomic():
        changeover = Changeover.objects.select_for_update(skip_locked=True).filter(pk=pk, ended_at=None).first()
        if changeover is None or _waits_for_another(changeover):
            return False
        numbers = [] if _is_taken_back(changeover) else _next(changeover)
        tickets = _locked(changeover, numbers)
        if tickets:
            _CHANGES[_K(changeover.kind)](changeover, tickets)
            changeover.done += len(tickets)
        if len(numbers) < _size(changeover):
            changeover.ended_at = clock.now()
        changeover.save(update_fields=["done", "ended_at"])
        return changeover.ended_at is None


def _is_taken_back(changeover: Changeover) -> bool:
    """A category or a team that was brought back keeps what it still has."""
    left = changeover.category or changeover.team
    return left is not None and left.archived_at is None


def _waits_for_another(changeover: Changeover) -> bool:
    """A status that was regrouped and narrowed at once is regrouped first."""
    older = Changeover.objects.filter(pk__lt=changeover.pk, status=changeover.status_id, ended_at=None)
    return changeover.status_id is not None and older.exists()


def _size(changeover: Changeover) -> int:
    return min(A_BATCH, A_BATCH_OF_A_TEAM) if changeover.kind == _K.DISBANDED else A_BATCH


def _next(changeover: Changeover) -> list[int]:
    return list(remaining(changeover).order_by("pk").values_list("pk", flat=True)[: _size(changeover)])


def _locked(changeover: Changeover, numbers: Sequence[int]) -> list[Ticket]:
    # In the order of numbers, as everybody locks several; who was quicker may have changed one meanwhile.
    rows = Ticket.objects.select_for_update().filter(pk__in=numbers).order_by("pk")
    return [row for row in rows if _is_still_meant(changeover, row)]


def _is_still_meant(changeover: Changeover, ticket: Ticket) -> bool:
    if changeover.kind == _K.MERGED:
        return ticket.category_id == changeover.category_id
    if changeover.kind == _K.DISBANDED:
        is_there = ticket.deleted_at is None and ticket.merged_into_id is None
        return is_there and ticket.is_open and ticket.team_id == changeover.team_id
    return ticket.status_id == changeover.status_id


def _give_status(changeover: Changeover, tickets: Sequence[Ticket]) -> None:
    """Another one of the same group: nothing else about the request changes."""
    for ticket in tickets:
        ticket.status_id = changeover.new_status_id or ticket.status_id
    _write(tickets, "status")
    _say(tickets, Event.Kind.STATUS_CHANGED, changeover, before=changeover.status_id, after=changeover.new_status_id)


def _give_category(changeover: Changeover, tickets: Sequence[Ticket]) -> None:
    for ticket in tickets:
        ticket.category_id = changeover.new_category_id
    _write(tickets, "category")
    _say(
        tickets, Event.Kind.CATEGORY_CHANGED, changeover, before=changeover.category_id, after=changeover.new_category_id
    )  # fmt: skip


def _give_group(changeover: Changeover, tickets: Sequence[Ticket]) -> None:
    """The request has the status that it had: nobody did anything to it, so nothing is told as if they had."""
    since = _had_since(changeover, tickets) if changeover.new_group == Group.RESOLVED else {}
    for ticket in tickets:
        ticket.group = changeover.new_group
        if changeover.new_group == Group.RESOLVED:
            # Resolved when it took the status, not when somebody changed what that means.
            ticket.resolved_at, ticket.snoozed_until = since.get(ticket.pk, ticket.created_at), None
        elif changeover.old_group == Group.RESOLVED:
            ticket.resolved_at = None
    _write(tickets, "group", "resolved_at", "snoozed_until")
    following.let_follow_from_group(changeover, [ticket.pk for ticket in tickets])


def _leave_team(changeover: Changeover, tickets: Sequence[Ticket]) -> None:
    heir = changeover.new_team
    # It may have been archived since, for another.
    while heir is not None and heir.archived_at is not None and heir.successor is not None:
        heir = heir.successor
    with gathering():
        for ticket in tickets:
            if heir is not None:
                ticket.go_to_team(heir, by=changeover.by)
            else:
                ticket.resolve_with_its_team(by=changeover.by)


def _had_since(changeover: Changeover, tickets: Sequence[Ticket]) -> dict[int, datetime]:
    """When each took the status, for the last time."""
    took = Event.objects.filter(
        ticket__in=[ticket.pk for ticket in tickets], details__after=changeover.status_id,
        kind__in=(Event.Kind.STATUS_CHANGED, Event.Kind.RESOLVED, Event.Kind.REOPENED),
    )  # fmt: skip
    return dict(took.order_by().values("ticket").annotate(since=Max("at")).values_list("ticket", "since"))


def _write(tickets: Sequence[Ticket], *fields: str) -> None:
    now = clock.now()
    for ticket in tickets:
        ticket.updated_at = now
    Ticket.objects.bulk_update(tickets, [*fields, "updated_at"])


def _say(tickets: Sequence[Ticket], kind: Event.Kind, changeover: Changeover, **details: int | None) -> None:
    now = clock.now()
    Event.record_all(
        [Event(ticket=ticket, kind=kind, by=changeover.by, details=dict(details), at=now) for ticket in tickets]
    )


_CHANGES: Final = {
    _K.REPLACED: _give_status, _K.NARROWED: _give_status, _K.REGROUPED: _give_group, _K.MERGED: _give_category,
    _K.DISBANDED: _leave_team,
}  # fmt: skip

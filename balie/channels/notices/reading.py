"""A person's notices, request by request, as the bell and its page show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from balie.channels.notices import words
from balie.channels.notices.models import Notice
from balie.channels.notices.models.notice import NoticeQuerySet
from balie.organisation.models import Organisation
from balie.people.models import Person
from balie.tickets.models import Ticket

# More than this nobody counts.
MOST_COUNTED = 99
_LINES = 3
# A number that nobody has.
_SOMEBODY = -7_777_777


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that happened."""

    words: str
    at: datetime
    is_unread: bool


@dataclass(frozen=True, kw_only=True)
class Group:
    """What happened to one request, the newest first; `more` is how many older things are not shown."""

    ticket: Ticket
    is_worked_on: bool
    newest: int
    unread: int
    lines: list[Line]
    more: int


def unread_requests(person: Person) -> int:
    """How many requests have something unread, up to 100: what the bell says. One question."""
    if not person.is_active:
        return 0
    written, values = _written_for(person.role, is_viewed=person.viewed_by is not None)
    with connection.cursor() as cursor:
        cursor.execute(written, [person.pk if value == _SOMEBODY else value for value in values])
        return len(cursor.fetchall())


@cache
def _written_for(role: str, *, is_viewed: bool) -> tuple[str, tuple[Any, ...]]:
    """The question of `unread_of` as SQL, for somebody of this role: every page asks it, and to write it anew costs more than
    to answer it."""
    somebody = Person(pk=_SOMEBODY, kind=Person.Kind.EMPLOYEE, status=Person.Status.ACTIVE, role=role)
    somebody.viewed_by = somebody if is_viewed else None
    written, values = unread_of(somebody).query.sql_with_params()
    return written, tuple(values)


def unread_of(person: Person, *, but: Iterable[int] = ()) -> QuerySet[Notice, int]:
    """The numbers of these requests, one more than is counted at most."""
    unread = Notice.objects.readable_by(person).listed().unread().exclude(ticket__in=list(but)).order_by()
    return unread.values_list("ticket", flat=True).distinct()[: MOST_COUNTED + 1]


def groups_of(
    person: Person, *, at_most: int, before: int | None = None, only_unread: bool = False
) -> tuple[list[Group], int | None]:
    """Those with the newest notices, and where the next page begins. Asks five times, however many there are."""
    readable = Notice.objects.readable_by(person).listed().order_by()
    by_ticket = readable.values("ticket").annotate(
        newest=Max("pk"), count=Count("pk"), unread=Count("pk", filter=Q(read_at__isnull=True))
    )
    if before is not None:
        by_ticket = by_ticket.filter(newest__lt=before)
    if only_unread:
        by_ticket = by_ticket.filter(unread__gt=0)
    rows = list(by_ticket.order_by("-newest")[: at_most + 1])
    shown = rows[:at_most]
    numbers = [row["ticket"] for row in shown]
    visible = Ticket.objects.visible_to(person).filter(pk__in=numbers)
    tickets = {ticket.pk: ticket for ticket in visible.select_related("team", "status", "requester")}
    working = set(
        Ticket.objects.worked_on_by(person).filter(pk__in=list(tickets)).order_by().values_list("pk", flat=True)
    )
    lines = _lines(readable.filter(ticket__in=list(tickets)))
    groups = [
        Group(
            ticket=tickets[row["ticket"]], is_worked_on=row["ticket"] in working, newest=row["newest"], unread=row["unread"],
            lines=lines.get(row["ticket"], []), more=max(row["count"] - _LINES, 0),
        )
        for row in shown if row["ticket"] in tickets
    ]  # fmt: skip
    return groups, shown[-1]["newest"] if len(rows) > at_most else None


def _lines(notices: NoticeQuerySet) -> dict[int, list[Line]]:
    """The newest of each request."""
    place = Window(RowNumber(), partition_by="ticket", order_by="-pk")
    newest = notices.annotate(place=place).filter(place__lte=_LINES)
    organisation = Organisation.current()
    found: dict[int, list[Line]] = {}
    for notice in newest.select_related("event__by", "ticket__team").order_by("-pk"):
        found.setdefault(notice.ticket_id, []).append(
            Line(
                words=words.line(notice.event, notice.kind, ticket=notice.ticket, organisation=organisation),
                at=notice.at,
                is_unread=notice.read_at is None,
            )
        )
    return found

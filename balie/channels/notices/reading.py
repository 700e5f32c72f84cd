"""A person's notices, request by request, as the bell and its page show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Q, Window
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
# Numbers that nobody and no request has.
_SOMEBODY, _SOMETHING = -7_777_777, -8_888_888


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
    with connection.cursor() as cursor:
        cursor.execute(*unread_in_sql(person))
        return len(cursor.fetchall())


def unread_in_sql(person: Person, *, but: int | None = None) -> tuple[str, list[Any]]:
    """The question for the numbers of these requests, one more than is counted at most and without one of them."""
    if not person.is_active:
        return "SELECT WHERE false", []
    written, values = _written_for(person.role, is_viewed=person.viewed_by is not None, is_but_one=but is not None)
    stands_for = {_SOMEBODY: person.pk, _SOMETHING: but}
    return written, [stands_for.get(value, value) for value in values]


@cache
def _written_for(role: str, *, is_viewed: bool, is_but_one: bool) -> tuple[str, tuple[Any, ...]]:
    """That question for somebody of this role: every page asks it, and to write it anew costs more than to answer it."""
    somebody = Person(pk=_SOMEBODY, kind=Person.Kind.EMPLOYEE, status=Person.Status.ACTIVE, role=role)
    somebody.viewed_by = somebody if is_viewed else None
    unread = Notice.objects.readable_by(somebody).listed().unread().order_by()
    if is_but_one:
        unread = unread.exclude(ticket=_SOMETHING)
    written, values = unread.values_list("ticket", flat=True).distinct()[: MOST_COUNTED + 1].query.sql_with_params()
    return written, tuple(values)


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

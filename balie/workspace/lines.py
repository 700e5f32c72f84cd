"""One request as a line of a list: everything is in words before the template sees it, so that fifty lines cost little."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from balie.people.models import Person
from balie.platform import avatars, clock, moments
from balie.platform.addresses import parts
from balie.platform.arrays import array_of
from balie.sla.badges import Badge, badge
from balie.tickets.models import Message, Status, Ticket
from balie.tickets.models.status import Group, look_of, mark_of
from balie.workspace.filters import Order

# As many first words of the last message as fit beside a short subject, on a wide screen.
_WORDS = 140


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """What a row of a list, or a card of a board, shows."""

    pk: int
    number: str
    address: str
    subject: str
    requester: str
    hue: int
    initials: str
    group: str
    status: str
    team: str
    category: str
    urgency: str
    assignee: str
    assignee_hue: int
    assignee_initials: str
    words: str
    is_note: bool
    is_new: bool
    has_draft: bool
    is_open: bool
    is_asleep: bool
    due_on: date | None
    promise: Badge | None
    at: datetime
    # As PostgreSQL writes it: most lists do not show it.
    began: str
    status_id: int
    look: str
    mark: str
    section: str


_LINES: Final = """
    SELECT t.number, t.subject, t."group", t.priority, t.due_on, t.created_at::text, t.last_word_at, t.snoozed_until > %(now)s,
        team.name, category.name, status.id, status.key, status.names::text, status.shade, requester.name, assignee.name,
        NOT EXISTS (
            SELECT FROM tickets_sight AS sight
            WHERE sight.person_id = %(person)s AND sight.ticket_id = t.number AND sight.seen_at >= t.last_word_at
        ),
        said.kind, said.words, t.number IN (SELECT ticket_id FROM workspace_draft WHERE person_id = %(person)s),
        t.next_due_at, promise.goal, promise.state, promise.due_at, promise.is_over, promise.is_paused
    FROM tickets_ticket AS t
    JOIN teams_team AS team ON team.id = t.team_id
    JOIN tickets_status AS status ON status.id = t.status_id
    JOIN people_person AS requester ON requester.id = t.requester_id
    LEFT JOIN teams_category AS category ON category.id = t.category_id
    LEFT JOIN people_person AS assignee ON assignee.id = t.assignee_id
    LEFT JOIN LATERAL (
        SELECT kind, left(text, %(words)s) AS words FROM tickets_message
        WHERE ticket_id = t.number ORDER BY created_at DESC, id DESC LIMIT 1
    ) AS said ON true
    LEFT JOIN LATERAL (
        SELECT goal, state, due_at, ended_at IS NOT NULL AS is_over, paused_at IS NOT NULL AS is_paused FROM sla_clock
        WHERE ticket_id = t.number AND state IN ('running', 'paused', 'breached')
        ORDER BY ended_at IS NOT NULL, paused_at IS NOT NULL, due_at LIMIT 1
    ) AS promise ON t.promises IS NOT NULL
    WHERE t.number = ANY(%(numbers)s::bigint[]) AND t.team_id = ANY(%(teams)s::bigint[])
        AND t.requester_id <> %(person)s AND t.deleted_at IS NULL AND t.merged_into_id IS NULL
"""


def lines_of(
    numbers: list[int], *, person: Person, teams: list[int], order: Order = Order.WORD
) -> list[Line]:  # fmt: skip
    """These requests in this order; `teams` are those that the person works in, and whatever is not theirs is left out.

    The same rule as `worked_on_by`, in one question: this page is drawn a hundred times a day by each expert.
    """
    if not numbers or not teams:
        return []
    values: dict[str, Any] = {
        "numbers": array_of(numbers),
        "teams": array_of(teams),
        "person": person.pk,
        "words": _WORDS,
        "now": clock.now(),
    }
    with connection.cursor() as cursor:
        cursor.execute(_LINES, values)
        rows = cursor.fetchall()
    page = _Page(order)
    by_number = {row[0]: page.line(row) for row in rows}
    return [by_number[number] for number in numbers if number in by_number]


class _Page:
    """What the lines of one page have in common, asked once."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._teller = moments.Teller()
        self._address = parts("workspace:request", 1)[0]
        self._statuses: dict[int, str] = {}
        self._urgency = _urgencies(self._teller.language)

    def line(self, row: tuple[Any, ...]) -> Line:
        (
            pk, subject, group, priority, due_on, began, at, is_asleep,
            team, category, status_id, key, names, shade, requester, assignee, is_new, kind, words, has_draft,
            next_due_at, goal, state, promised_at, is_over, is_paused,
        ) = row  # fmt: skip
        if status_id not in self._statuses:
            self._statuses[status_id] = Status(key=key, names=json.loads(names)).name
        number, is_open = str(pk), group != Group.RESOLVED
        return Line(
            pk=pk, number=number, address=self._address + number, subject=subject,
            requester=requester, hue=avatars.hue(requester), initials=avatars.initials(requester),
            group=group, status=self._statuses[status_id], status_id=status_id,
            look=look_of(group, shade), mark=mark_of(group, shade),
            team=team, category=category or "",
            urgency=self._urgency.get(priority, ""), assignee=assignee or "",
            assignee_hue=avatars.hue(assignee) if assignee else 0,
            assignee_initials=avatars.initials(assignee) if assignee else "",
            words=" ".join((words or "").split()), is_note=kind == Message.Kind.NOTE,
            is_new=is_new, has_draft=has_draft, is_open=is_open, is_asleep=bool(is_asleep),
            due_on=due_on, at=at, began=began, section=section(self._order, due_at=next_due_at, priority=priority),
            promise=None if goal is None or _comes_first(due_on, promised_at)
            else badge(goal, state, due_at=promised_at, is_over=is_over, is_paused=is_paused, teller=self._teller),
        )  # fmt: skip


@lru_cache(maxsize=16)
def _urgencies(_language: str | None) -> dict[int, str]:
    """What is said of the priorities that are."""
    return {value: str(label) for value, label in Ticket.Priority.choices if value > Ticket.Priority.NORMAL}


def _comes_first(due_on: date | None, promised_at: datetime | None) -> bool:
    """Whether its due date is before what was promised, or that is paused: a line has room for one of them."""
    return due_on is not None and (promised_at is None or due_on < timezone.localtime(promised_at).date())


def section(order: Order, *, due_at: datetime | None, priority: int) -> str:
    """The heading that a line stands under; "" in an order that has none."""
    if order is Order.PRIORITY:
        return str(Ticket.Priority(priority).label)
    if order is not Order.DUE:
        return ""
    if due_at is None:
        return _("No due date")
    if due_at < clock.now():
        return _("Late")
    today = timezone.localtime(clock.now()).date()
    away = (timezone.localtime(due_at).date() - today).days
    if away == 0:
        return _("Today")
    return _("This week") if away <= 6 - today.weekday() else _("Later")


def under_headings(lines: Iterable[Line], *, previous: str) -> list[Line]:
    """The same lines, of which only the first under each heading keeps it; `previous` is the one above them all."""
    shown: list[Line] = []
    for line in lines:
        shown.append(replace(line, section="") if line.section == previous else line)
        previous = line.section
    return shown

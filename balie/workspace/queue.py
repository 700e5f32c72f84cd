"""The newest requests of one view, a page at a time, at a cost that does not grow with what is not on the page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import connection

from balie.people.models import Person
from balie.platform import clock, cursors
from balie.tickets.models import Ticket
from balie.tickets.models.status import Group
from balie.tickets.models.ticket import OPEN_GROUPS, TicketQuerySet

A_PAGE = 50


class View(StrEnum):
    """What a list is of."""

    ALL = "all"
    UNASSIGNED = "unassigned"
    MINE = "mine"
    FOLLOWED = "followed"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which list: a view, of some teams, in some groups, after a row."""

    person: Person
    teams: list[int]
    view: View = View.ALL
    groups: tuple[str, ...] = OPEN_GROUPS
    after: tuple[datetime, int] | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """The rows, newest word first, and the cursor of the next page."""

    tickets: list[Ticket]
    next: str


def groups_of(name: str) -> tuple[str, ...]:
    """One group by its name; whatever else is asked means all that are open."""
    return (name,) if name in Group.values else tuple(group.value for group in OPEN_GROUPS)


def page_of(wanted: Wanted) -> Page:
    """One page of the list."""
    numbers = newest(wanted)
    tickets = rows(numbers[:A_PAGE], person=wanted.person)
    following = ""
    if len(numbers) > A_PAGE and tickets:
        following = cursors.encode(tickets[-1].last_word_at, tickets[-1].pk)
    return Page(tickets=tickets, next=following)


def first_page(wanted: Wanted) -> Page:
    return page_of(replace(wanted, after=None))


def rows(numbers: list[int], *, person: Person) -> list[Ticket]:
    """These requests, with all that a line of the list shows; whatever the person does not work on is left out."""
    found = (
        Ticket.objects.worked_on_by(person)
        .filter(pk__in=numbers)
        .select_related("team", "category", "status", "requester", "assignee")
        .with_newness_for(person)
        .order_by("-last_word_at", "-number")
    )
    return list(found) if numbers else []


def newest(wanted: Wanted) -> list[int]:
    """Numbers of one page, and one more if there is another page."""
    if wanted.view in (View.MINE, View.FOLLOWED):
        return list(_few(wanted)[: A_PAGE + 1].values_list("pk", flat=True))
    return _many(wanted)


def _few(wanted: Wanted) -> TicketQuerySet:
    tickets = Ticket.objects.present().listed().awake().exclude(requester=wanted.person)
    tickets = tickets.filter(team__in=wanted.teams, group__in=wanted.groups)
    if wanted.view == View.MINE:
        tickets = tickets.filter(assignee=wanted.person)
    else:
        tickets = tickets.filter(followings__person=wanted.person)
    if wanted.after is not None:
        word, number = wanted.after
        tickets = tickets.filter(last_word_at__lte=word).exclude(last_word_at=word, number__gte=number)
    return tickets.order_by("-last_word_at", "-number")


def _many(wanted: Wanted) -> list[int]:
    # The newest of each team and group by an index that is in the order of the list, then the newest of those: one ORDER BY
    # over all of them would have PostgreSQL sort everything that is open. What nobody has taken lies together in the index
    # of assignees, whatever its team.
    if wanted.view == View.UNASSIGNED:
        teams, which = "", "assignee_id IS NULL AND team_id = ANY(%(teams)s)"
    else:
        teams, which = "unnest(%(teams)s::bigint[]) AS team (id) CROSS JOIN", "team_id = team.id"
    after = "AND (last_word_at, number) < (%(word)s, %(number)s)" if wanted.after else ""
    word, number = wanted.after or (None, None)
    sql = f"""
        SELECT found.number
        FROM {teams} unnest(%(groups)s::text[]) AS stage (name)
        CROSS JOIN LATERAL (
            SELECT number, last_word_at FROM tickets_ticket
            WHERE {which} AND "group" = stage.name AND deleted_at IS NULL AND merged_into_id IS NULL
                AND requester_id <> %(person)s AND (snoozed_until IS NULL OR snoozed_until <= %(now)s) {after}
            ORDER BY last_word_at DESC, number DESC LIMIT %(most)s
        ) AS found
        ORDER BY found.last_word_at DESC, found.number DESC LIMIT %(most)s
    """  # noqa: S608 (the parts are the fixed ones above; values go as parameters)
    values: dict[str, Any] = {
        "teams": wanted.teams,
        "groups": list(wanted.groups),
        "person": wanted.person.pk,
        "now": clock.now(),
        "word": word,
        "number": number,
        "most": A_PAGE + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [row[0] for row in cursor.fetchall()]

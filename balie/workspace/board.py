"""The same list as a board: a column for each status, each with its first cards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from balie.tickets.models import Status
from balie.tickets.models.status import Group
from balie.workspace import queue
from balie.workspace.filters import Order
from balie.workspace.lines import Line, lines_of
from balie.workspace.places import MOST_COUNTED
from balie.workspace.queue import Wanted

A_COLUMN = 20


@dataclass(frozen=True, kw_only=True)
class Column:
    """`next` is the cursor that more cards begin after."""

    status: Status
    lines: list[Line]
    next: str
    count: str = ""


def context(wanted: Wanted) -> dict[str, Any]:
    """What the page of a board shows."""
    return {"board": columns_of(wanted), "select": _("Select")}


def columns_of(wanted: Wanted) -> list[Column]:
    """All columns with three queries, however many statuses there are."""
    statuses = _statuses(wanted)
    found = _first(wanted, statuses, most=A_COLUMN + 1)
    counts = _counts(wanted, statuses)
    numbers = [row[-1] for rows in found.values() for row in rows[:A_COLUMN]]
    by_number = _by_number(numbers, wanted)
    return [
        _column(
            status, found.get(status.pk, []), by_number, order=_order(wanted, status), count=counts.get(status.pk, 0)
        )
        for status in statuses
    ]


def more(wanted: Wanted, *, status: int, cursor: str) -> Column | None:
    """The cards after a cursor; None when there is no such column. Raises `BadCursor`."""
    column = next((one for one in _statuses(wanted) if one.pk == status), None)
    if column is None:
        return None
    order = _order(wanted, column)
    after = queue.key_of(cursor, order) if cursor else None
    rows = queue.in_order(_of(replace(wanted, after=after), column), most=A_COLUMN + 1)
    by_number = _by_number([row[-1] for row in rows[:A_COLUMN]], wanted)
    return _column(column, rows, by_number, order=order, count=0)


def first_numbers(wanted: Wanted) -> list[int]:
    """What the columns show at first."""
    found = _first(wanted, _statuses(wanted), most=A_COLUMN)
    return [row[-1] for rows in found.values() for row in rows]


def _by_number(numbers: list[int], wanted: Wanted) -> dict[int, Line]:
    return {line.pk: line for line in lines_of(numbers, person=wanted.person, teams=wanted.teams)}


def _statuses(wanted: Wanted) -> list[Status]:
    filters = wanted.filters
    places = {group.value: place for place, group in enumerate(Group)}
    groups = filters.groups if filters.group or filters.due or filters.view == "snoozed" else tuple(places)
    teams = [filters.team] if filters.team is not None else wanted.teams
    ours = Q(teams__isnull=True) | Q(teams__in=teams)
    statuses = [
        status
        for status in Status.objects.on_boards().with_former_group().filter(ours, group__in=groups)
        if filters.status in (None, status.pk)
    ]
    return sorted(statuses, key=lambda status: (places[status.group], status.position, status.pk))


def _of(wanted: Wanted, status: Status) -> Wanted:
    former = getattr(status, "former_group", None) or ""
    filters = replace(wanted.filters, status=status.pk, group=status.group, former_group=former)
    return replace(wanted, filters=filters, order=_order(wanted, status))


def _order(wanted: Wanted, status: Status) -> Order:
    return Order.WORD if status.group == Group.RESOLVED else wanted.order


def _first(wanted: Wanted, statuses: list[Status], *, most: int) -> dict[int, list[queue.Key]]:
    """The first sort keys of each column, by status."""
    parts: list[str] = []
    values: dict[str, Any] = {}
    for place, status in enumerate(statuses):
        asked = queue.statement(_of(replace(wanted, after=None, until=None), status), most=most)
        if asked is None:
            continue
        sql, its = queue.renamed(*asked, place)
        # Keys of several orders in one column of the answer: as JSON, each by itself in its order.
        parts.append(f"SELECT {status.pk:d}, {place}, row_to_json(one) FROM ({sql}) AS one")  # noqa: S608  (fixed parts; values go as parameters)
        values |= its
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        rows = cursor.fetchall()
    found: dict[int, list[queue.Key]] = {}
    by_pk = {status.pk: status for status in statuses}
    for pk, _place, key in rows:
        found.setdefault(pk, []).append(queue.read_key(key, _order(wanted, by_pk[pk])))
    return found


def _counts(wanted: Wanted, statuses: list[Status]) -> dict[int, int]:
    parts: list[str] = []
    values: dict[str, Any] = {}
    for place, status in enumerate(statuses):
        asked = queue.counting(_of(wanted, status), most=MOST_COUNTED)
        sql, its = queue.renamed(*asked, place)
        parts.append(f"SELECT {status.pk:d}, ({sql})")
        values |= its
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return dict(cursor.fetchall())


def _column(
    status: Status, rows: list[queue.Key], by_number: dict[int, Line], *, order: Order, count: int
) -> Column:  # fmt: skip
    shown = rows[:A_COLUMN]
    return Column(
        status=status,
        lines=[by_number[row[-1]] for row in shown if row[-1] in by_number],
        next=queue.cursor(order, shown[-1]) if len(rows) > A_COLUMN else "",
        count=f"{count}+" if count >= MOST_COUNTED else str(count),
    )

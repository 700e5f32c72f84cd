"""The requests of one list in their order, a page at a time, at a cost that does not grow with what is not on the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from balie.people.models import Person
from balie.platform import clock, cursors
from balie.platform.arrays import array_of
from balie.sla.deadlines import State
from balie.tickets.models.ticket import NEVER
from balie.workspace.filters import Due, Filters, Order, View

A_PAGE = 50
# A page that somebody scrolled far down, or came back to, shows no more at once.
MOST_ROWS = 500

Key = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which rows: of some teams, after a row, or down to a row. `found` are the numbers that a search has given."""

    person: Person
    teams: list[int]
    filters: Filters = field(default_factory=Filters)
    order: Order = Order.WORD
    after: Key | None = None
    until: Key | None = None
    found: list[int] | None = None


@dataclass(frozen=True, kw_only=True)
class Page:
    """Numbers in order; `last` is the cursor of the last row, and `next` the same when there are more below."""

    numbers: list[int]
    next: str
    last: str


class _Walk:
    """One order, in the words of SQL: its columns, how they run, and their types. Each has its index."""

    def __init__(self, *columns: str, runs: str, types: tuple[str, ...]) -> None:
        self.columns, self.runs, self.types = columns, runs, types

    @property
    def order(self) -> str:
        return ", ".join(f"{column} {self.runs}" for column in self.columns)

    def after(self, name: str) -> str:
        return f"({', '.join(self.columns)}) {'<' if self.runs == 'DESC' else '>'} ({self._values(name)})"

    def until(self, name: str) -> str:
        return f"({', '.join(self.columns)}) {'>=' if self.runs == 'DESC' else '<='} ({self._values(name)})"

    def _values(self, name: str) -> str:
        return ", ".join(f"%({name}{place})s::{kind}" for place, kind in enumerate(self.types))


_WALKS: Final = {
    Order.WORD: _Walk("last_word_at", "number", runs="DESC", types=("timestamptz", "bigint")),
    Order.DUE: _Walk(
        f"COALESCE(next_due_at, '{NEVER.isoformat()}'::timestamptz)", "number", runs="ASC", types=("timestamptz", "bigint")
    ),
    Order.AGE: _Walk("number", runs="ASC", types=("bigint",)),
    Order.PRIORITY: _Walk(
        "priority", "last_word_at", "number", runs="DESC", types=("smallint", "timestamptz", "bigint")
    ),
}  # fmt: skip

# Spelled as in the conditions of the indexes, or PostgreSQL does not see that they hold.
OPEN: Final = """"group" IN ('todo', 'in_progress', 'waiting') AND deleted_at IS NULL AND merged_into_id IS NULL"""
LISTED: Final = "deleted_at IS NULL AND merged_into_id IS NULL"
_OF_ALL_TEAMS: Final = 'team_id = ANY(%(teams)s::bigint[]) AND "group" = ANY(%(groups)s::text[])'
AWAKE: Final = "(snoozed_until IS NULL OR snoozed_until <= %(now)s)"


def page_of(wanted: Wanted) -> Page:
    """One page; down to a row, when that is wanted."""
    most = MOST_ROWS if wanted.until is not None else A_PAGE
    rows = in_order(wanted, most=most + 1)
    has_more, rows = len(rows) > most, rows[:most]
    last = rows[-1] if rows else wanted.until
    if wanted.until is not None and not has_more and last is not None:
        # Down to that row there is no more; whether something stands below it is one row away.
        has_more = bool(in_order(replace(wanted, until=None, after=last), most=1))
    mark = cursor(wanted.order, last) if last is not None else ""
    return Page(numbers=[row[-1] for row in rows], next=mark if has_more else "", last=mark)


def in_order(wanted: Wanted, *, most: int) -> list[Key]:
    """The sort keys of the first rows, each with its number at the end."""
    asked = statement(wanted, most=most)
    if asked is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(*asked)
        keys: list[Key] = cursor.fetchall()
        return keys


def statement(wanted: Wanted, *, most: int) -> tuple[str, dict[str, Any]] | None:
    """The SQL of `in_order`, and its values; None when there is nothing to ask."""
    if not wanted.teams or wanted.found == []:
        return None
    walk = _WALKS[wanted.order]
    where, values = _of(wanted)
    for name, key in (("after", wanted.after), ("until", wanted.until)):
        if key is not None:
            where.append(walk.after(name) if name == "after" else walk.until(name))
            values |= {f"{name}{place}": part for place, part in enumerate(key)}
    keys = ", ".join(f"{column} AS key{place}" for place, column in enumerate(walk.columns))
    values["most"] = most
    if wanted.filters.view in (View.FOLLOWED, View.SNOOZED) or wanted.found is not None:
        # Few, or found by an index of their own.
        sql = f"""SELECT {keys} FROM tickets_ticket
            WHERE {_OF_ALL_TEAMS} AND {" AND ".join(where)}
            ORDER BY {walk.order} LIMIT %(most)s"""  # noqa: S608  (fixed parts; values go as parameters)
    else:
        # The first of each team and group by an index that is in the order of the list, then the first of those: one ORDER
        # BY over all of them would have PostgreSQL sort everything that is open. What somebody works on lies together in
        # the index of assignees, whatever its team.
        is_mine = wanted.filters.view == View.MINE
        teams = "" if is_mine else "unnest(%(teams)s::bigint[]) AS team (id) CROSS JOIN "
        of_team = "team_id = ANY(%(teams)s::bigint[])" if is_mine else "team_id = team.id"
        names = ", ".join(f"key{place}" for place in range(len(walk.columns)))
        order = ", ".join(f"key{place} {walk.runs}" for place in range(len(walk.columns)))
        sql = f"""SELECT {names} FROM {teams}unnest(%(groups)s::text[]) AS stage (name)
            CROSS JOIN LATERAL (
                SELECT {keys} FROM tickets_ticket
                WHERE {of_team} AND "group" = stage.name AND {" AND ".join(where)}
                ORDER BY {walk.order} LIMIT %(most)s
            ) AS found ORDER BY {order} LIMIT %(most)s"""  # noqa: S608  (as above)
    return sql, values


def counting(wanted: Wanted, *, most: int) -> tuple[str, dict[str, Any]]:
    """The SQL that counts the list, up to a bound; and its values."""
    where, values = _of(wanted)
    sql = f"""SELECT count(*) FROM (
        SELECT FROM tickets_ticket WHERE {_OF_ALL_TEAMS} AND {" AND ".join(where)} LIMIT %(most)s
    ) AS counted"""  # noqa: S608  (as above)
    return sql, {**values, "most": most}


def renamed(sql: str, values: dict[str, Any], place: int) -> tuple[str, dict[str, Any]]:
    """The same with values of its own names, to stand beside another one in a larger question."""
    for name in values:
        sql = sql.replace(f"%({name})s", f"%({name}_{place})s")
    return sql, {f"{name}_{place}": value for name, value in values.items()}


def _of(wanted: Wanted) -> tuple[list[str], dict[str, Any]]:
    where, values = conditions(wanted.filters, person=wanted.person, teams=wanted.teams)
    if wanted.found is not None:
        where.append("number = ANY(%(found)s::bigint[])")
        values["found"] = array_of(wanted.found)
    return where, values


def conditions(filters: Filters, *, person: Person, teams: list[int]) -> tuple[list[str], dict[str, Any]]:
    """What a row must be, in SQL, but for its team and group; and the values of that SQL."""
    values: dict[str, Any] = {
        "teams": array_of(team for team in teams if filters.team in (None, team)),
        "groups": array_of(filters.groups),
        "person": person.pk,
        "now": clock.now(),
    }
    where = [OPEN if filters.is_of_open_ones else LISTED, "requester_id <> %(person)s"]
    if filters.view == View.SNOOZED:
        where.append("snoozed_until > %(now)s")
    else:
        where.append(AWAKE)
    if filters.view == View.UNASSIGNED:
        where.append("assignee_id IS NULL")
    elif filters.view == View.MINE:
        where.append("assignee_id = %(person)s")
    elif filters.view == View.FOLLOWED:
        where.append("number IN (SELECT ticket_id FROM tickets_follower WHERE person_id = %(person)s)")
    for column, chosen in (
        ("status_id", filters.status), ("category_id", filters.category),
        ("priority", filters.priority), ("requester_id", filters.requester),
    ):  # fmt: skip
        if chosen is not None:
            where.append(f"{column} = %({column})s")
            values[column] = chosen
    if filters.sla:
        # Spelled as in the conditions of the indexes, too.
        where.append(f"promises @> ARRAY['{State(filters.sla).value}']::varchar(9)[]")
    if filters.due:
        condition, moments = _due(Due(filters.due))
        where.append(condition)
        values |= moments
    return where, values


def cursor(order: Order, key: Key) -> str:
    """Stands for one row in one order."""
    return cursors.encode(order.value, *key)


def key_of(text: str, order: Order) -> Key:
    """The row that `cursor` was given; raises `BadCursor`, also for a row of another order."""
    name, *parts = cursors.decode(text)
    if name != order.value or len(parts) != len(_WALKS[order].types):
        raise cursors.BadCursor
    return tuple(parts)


def read_key(written: dict[str, Any], order: Order) -> Key:
    """A sort key that PostgreSQL wrote as JSON."""
    read: dict[str, Callable[[Any], Any]] = {"timestamptz": datetime.fromisoformat}
    return tuple(read.get(kind, int)(written[f"key{place}"]) for place, kind in enumerate(_WALKS[order].types))


def _due(due: Due) -> tuple[str, dict[str, Any]]:
    now = clock.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    match due:
        case Due.LATE:
            return "next_due_at < %(now)s", {}
        case Due.TODAY:
            return "next_due_at >= %(now)s AND next_due_at < %(until)s", {"until": midnight + timedelta(days=1)}
        case Due.WEEK:
            return "next_due_at >= %(now)s AND next_due_at < %(until)s", {"until": midnight + timedelta(days=8)}
        case Due.NEVER:
            return "next_due_at IS NULL", {}

"""Finds requests: the index gives candidates, `worked_on_by` and `taken_part_in_by` decide, meaning and age rank.

An entry of the index carries marks of the team and month, so that the match of a word with what the person may find is made
inside the index. Newest months come first, and only the newest few thousand are ranked: a word of every fifth request costs no
more than a rare one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from django.db import connection
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from balie.people.models import Person
from balie.platform import clock
from balie.platform.arrays import array_of
from balie.teams.models import Team
from balie.tickets import deleting
from balie.tickets.models import Ticket
from balie.tickets.models.ticket import TicketQuerySet
from balie.tickets.searching import meaning, words
from balie.tickets.searching.asking import Asked, read

MOST_FOUND: Final = 1_000
# So many hits suffice, and so many entries are ranked at most; with filters more are gathered, since many fall away.
_ENOUGH: Final = 300
_MOST: Final = 2_000
_MOST_FILTERED: Final = 5_000
# Filters that leave so few requests are asked first, and the words of these alone.
_FEW: Final = 1_500
# With more teams than this the marks of months do, and the team is looked at row by row.
_MOST_TEAMS: Final = 40
# Lengths of the stretches of time in months, the newest first; what is older comes last.
_STRETCHES: Final = (1, 2, 6, 15)
_HALF_LIFE_DAYS: Final = 240.0
_FOREVER: Final = datetime(9999, 1, 1, tzinfo=UTC)


class Scope(StrEnum):
    """Where to look: in what the person works on, takes part in, both; or in what can be restored."""

    WORK = "work"
    MINE = "mine"
    ALL = "all"
    BIN = "bin"


class Hit(NamedTuple):
    """A request, and the message that holds the words best; 0 when only filters or the number found it.

    `is_mine` when the person finds it as one who takes part in it, not as one who answers it.
    """

    number: int
    message: int
    score: float
    is_mine: bool = False


@dataclass(frozen=True, kw_only=True)
class Found:
    """`hits` best first, at most `MOST_FOUND`; `is_more` when there are more. `words` mark what was found."""

    asked: Asked
    hits: tuple[Hit, ...] = ()
    is_more: bool = False
    problems: tuple[str, ...] = ()
    words: words.Words = words.NONE
    scope: Scope = Scope.WORK

    @property
    def numbers(self) -> list[int]:
        return [hit.number for hit in self.hits]


class _Row(NamedTuple):
    """Up to two thousand of them for one search: what they are made of must cost little."""

    attempt: int
    number: int
    message: int
    # Seconds since 1970: of a thousand rows, reading moments would take longer than all else.
    at: float
    is_note: bool
    rank: float


def find(typed: str | Asked, *, person: Person, scope: Scope = Scope.WORK, newest_first: bool = False) -> Found:
    """What the person may know of and meets all that was typed.

    `in:` in the text goes before `scope`, as far as the person may go.
    """
    asked = read(typed) if isinstance(typed, str) else typed
    if asked.is_empty:
        return Found(asked=asked, scope=scope)
    told = meaning.meaning_of(asked, person=person)
    scope = _scope(scope, told.place, person)
    meant = words.meant_by(asked)
    hits = _of_words(meant, told, person, scope) if meant.is_given else _of_filters(told, person, scope)
    if newest_first:
        hits = sorted(hits, key=lambda hit: -hit.number)
    if asked.number is not None:
        hits = [*_of_number(asked.number, person, scope), *hits]
    first: dict[int, Hit] = {}
    for hit in hits:
        first.setdefault(hit.number, hit)
    return Found(
        asked=asked, hits=tuple(first.values())[:MOST_FOUND], is_more=len(first) > MOST_FOUND, problems=tuple(told.problems),
        words=meant, scope=scope,
    )  # fmt: skip


def _scope(scope: Scope, place: str, person: Person) -> Scope:
    if not person.is_expert:
        return Scope.MINE
    return {"all": Scope.ALL, "mine": Scope.MINE, "bin": Scope.BIN}.get(place, scope)


def _rows_of(scope: Scope, person: Person) -> dict[Scope, TicketQuerySet]:
    """The gate: what the person works on, and takes part in."""
    if scope is Scope.BIN:
        return {Scope.BIN: deleting.restorable_by(person)}
    rows = {}
    if scope is not Scope.MINE:
        rows[Scope.WORK] = Ticket.objects.worked_on_by(person).listed()
    if scope is not Scope.WORK:
        rows[Scope.MINE] = Ticket.objects.taken_part_in_by(person).listed()
    return rows


def _of_words(meant: words.Words, told: meaning.Meaning, person: Person, scope: Scope) -> list[Hit]:
    """Exactly first; with the beginnings of the last word and nearly written names when that is little."""
    places = {one: _narrowed(rows, told.conditions) for one, rows in _rows_of(scope, person).items()}
    attempts = meant.attempts()
    found = [hit for one, rows in places.items() for hit in _in_scope(attempts, meant, told, person, one, rows)]
    return sorted(found, key=lambda hit: -hit.score)


def _in_scope(
    attempts: list[str], meant: words.Words, told: meaning.Meaning, person: Person, scope: Scope, rows: TicketQuerySet
) -> list[Hit]:  # fmt: skip
    among = None
    if told.is_narrow:
        few = list(rows.order_by().values_list("pk", flat=True)[: _FEW + 1])
        if not few:
            return []
        among = few if len(few) <= _FEW else None
    candidates = _candidates(attempts, meant, told, person, scope, among)
    passing = _passing(rows, candidates)
    if len(passing) < words.FEW <= len(candidates) and candidates[-1].attempt < len(attempts):
        # What the first question found was filtered out: the wider one was not put yet.
        candidates += _candidates(attempts[1:], meant, told, person, scope, among)
        passing = _passing(rows, candidates)
    now = clock.now().timestamp()
    best: dict[int, Hit] = {}
    for row in candidates:
        # A participant reads no notes, whatever the index says.
        if row.number not in passing or (row.is_note and scope is Scope.MINE):
            continue
        score = _score(row, now)
        if row.number not in best or best[row.number].score < score:
            best[row.number] = Hit(row.number, row.message, score, is_mine=scope is Scope.MINE)
    return list(best.values())


def _passing(rows: TicketQuerySet, candidates: list[_Row]) -> set[int]:
    numbers = {row.number for row in candidates}
    # As one value: of `pk__in` Django, psycopg and PostgreSQL would each read hundreds of placeholders, and keep no plan.
    among = RawSQL("tickets_ticket.number = ANY(%s::bigint[])", [array_of(numbers)], output_field=BooleanField())
    return set(rows.order_by().filter(among).values_list("pk", flat=True)) if numbers else set()


def _score(row: _Row, now: float) -> float:
    age = max(0.0, (now - row.at) / 86400)
    score = row.rank * (0.25 + 0.75 * math.exp2(-age / _HALF_LIFE_DAYS))
    return score if row.attempt == 1 else score / 100


def _candidates(
    attempts: list[str], meant: words.Words, told: meaning.Meaning, person: Person, scope: Scope, among: list[int] | None
) -> list[_Row]:  # fmt: skip
    unwanted = meant.unwanted
    if scope is Scope.MINE:
        marks = f"('r:{person.pk:d}' | 'f:{person.pk:d}') & !'k:note'"
        unwanted = f"({unwanted}) & !'k:note'" if unwanted else ""
        stretches = [(marks, _FOREVER)]
    else:
        stretches = _stretches(person, told.since)
    most = _MOST_FILTERED if told.is_narrow else _MOST
    rows: list[_Row] = []
    # What the words of some requests are looked for in: the filtered ones, or those of private teams that were opened with
    # a reason.
    opened = (
        list(person.disclosures.values_list("ticket_id", flat=True))
        if among is None and person.is_administrator
        else []
    )
    if among is not None and stretches:
        stretches = [("!'x:'", _FOREVER)] if scope is not Scope.MINE else stretches
    calls = [(stretches, among)] if stretches else []
    if opened and scope is not Scope.MINE:
        calls.append(([("!'x:'", _FOREVER)], opened))
    with connection.cursor() as cursor:
        for marked, numbers in calls:
            cursor.execute(
                "SELECT attempt, ticket_id, message_id, extract(epoch FROM at)::float8, is_note, rank FROM balie_found("
                "%s::text[]::tsquery[], %s::tsquery, %s::tsquery, %s::text[]::tsquery[], %s::timestamptz[], "
                "%s::bigint[], %s, %s, %s)",
                [
                    attempts, meant.ranked, unwanted or None, [mark for mark, _until in marked],
                    [until for _mark, until in marked], numbers, words.FEW, most if told.is_narrow else _ENOUGH, most,
                ],
            )  # fmt: skip
            rows += map(_Row._make, cursor.fetchall())
    return rows


def _stretches(person: Person, since: datetime | None) -> list[tuple[str, datetime]]:
    """Marks of teams in months, and the moment before which what matches them was said; newest first, none twice."""
    # A page that asks often has asked once for all of it.
    teams: list[int] | None = getattr(person, "works_in", None)
    if teams is None:
        teams = list(Team.objects.worked_in_by(person).order_by("pk").values_list("pk", flat=True))
    if not teams:
        return []
    every = [f"'t:{team:d}'" for team in teams]
    month = clock.now().astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    until = _FOREVER
    stretches = []
    for length in _STRETCHES:
        months = []
        for _month in range(length):
            months.append(month)
            month = (
                (month.replace(year=month.year - 1, month=12))
                if month.month == 1
                else month.replace(month=month.month - 1)
            )
        last = months[-1]
        names = [f"{month:%Y-%m}" for month in months]
        if len(teams) <= _MOST_TEAMS:
            marks = " | ".join(f"'t:{team:d}/{name}'" for name in names for team in teams)
        else:
            marks = "({}) & ({})".format(" | ".join(f"'m:{name}'" for name in names), " | ".join(every))
        stretches.append((marks, until))
        until = last
        if since is not None and last <= since:
            return stretches
    stretches.append((" | ".join(every), until))
    return stretches


def _of_filters(told: meaning.Meaning, person: Person, scope: Scope) -> list[Hit]:
    """Nothing but filters: the newest of what they leave."""
    if not (told.conditions or told.place):
        return []
    hits = [
        Hit(number, 0, 0.0, is_mine=one is Scope.MINE)
        for one, rows in _rows_of(scope, person).items() for number in _newest(_narrowed(rows, told.conditions))
    ]  # fmt: skip
    return sorted(hits, key=lambda hit: -hit.number)


def _newest(rows: TicketQuerySet) -> list[int]:
    return list(rows.order_by("-number").values_list("pk", flat=True)[: MOST_FOUND + 1])


def _of_number(number: int, person: Person, scope: Scope) -> list[Hit]:
    """The request of this number, or the one that it was merged into."""
    known = {
        Scope.WORK: Ticket.objects.worked_on_by, Scope.MINE: Ticket.objects.taken_part_in_by,
        Scope.ALL: Ticket.objects.visible_to, Scope.BIN: deleting.restorable_by,
    }[scope](person)  # fmt: skip
    for _step in range(20):
        found = known.filter(pk=number).values_list("pk", "merged_into").first()
        if found is None:
            break
        if found[1] is None:
            is_mine = scope is Scope.MINE or (
                scope is Scope.ALL and not Ticket.objects.worked_on_by(person).filter(pk=number).exists()
            )
            return [Hit(found[0], 0, math.inf, is_mine=is_mine)]
        number = found[1]
    return []


def _narrowed(rows: TicketQuerySet, conditions: Sequence[Q]) -> TicketQuerySet:
    for condition in conditions:
        rows = rows.filter(condition)
    return rows

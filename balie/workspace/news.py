"""What has changed in a list since it was drawn: rows that differ, rows that went, and how many new ones wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from balie.people.models import Person
from balie.platform import cursors
from balie.tickets.models import Ticket
from balie.workspace import queue
from balie.workspace.queue import Wanted

MOST_SHOWN = 2 * queue.A_PAGE


@dataclass(frozen=True, kw_only=True)
class News:
    """Nothing of it moves a row that somebody is reading."""

    changed: list[Ticket]
    gone: list[int]
    fresh: int


def stamp(ticket: Ticket) -> str:
    """Tells whether a row that a page shows is still right."""
    return f"{ticket.pk}.{int(ticket.updated_at.timestamp() * 1000)}.{int(ticket.is_new)}"  # type: ignore[attr-defined]


def mark_of(page: queue.Page) -> str:
    """From where on a row that is not on the page counts as new: below it are those of the next page."""
    last = page.tickets[-1].last_word_at if page.next else None
    return cursors.encode(last)


def since(wanted: Wanted, *, shown: list[str], mark: str) -> News:
    """`shown` are the stamps of the rows on the page; raises `BadCursor`."""
    stamps = {int(number): one for one in shown[:MOST_SHOWN] if (number := one.partition(".")[0]).isdigit()}
    (below,) = cursors.decode(mark) or (None,)
    now_there = {ticket.pk: ticket for ticket in _still_worked_on(list(stamps), person=wanted.person)}
    newest = [ticket for ticket in queue.first_page(wanted).tickets if ticket.pk not in stamps]
    return News(
        changed=[ticket for number, ticket in now_there.items() if stamp(ticket) != stamps[number]],
        gone=[number for number in stamps if number not in now_there],
        fresh=sum(1 for ticket in newest if not isinstance(below, datetime) or ticket.last_word_at > below),
    )


def _still_worked_on(numbers: list[int], *, person: Person) -> list[Ticket]:
    return [ticket for ticket in queue.rows(numbers, person=person) if ticket.merged_into_id is None]

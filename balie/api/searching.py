"""Full text over subjects, messages, names, files and numbers, in the language of the search page (docs/search.md)."""

from __future__ import annotations

from typing import Final

from balie.people.models import Person
from balie.tickets import searching
from balie.tickets.models.ticket import TicketQuerySet

LONGEST_QUERY: Final = 200


def matching(tickets: TicketQuerySet, q: str, *, person: Person) -> TicketQuerySet:
    """Those of `tickets` that the search finds among all that the person may know of; the newest of very many."""
    found = searching.find(q, person=person, scope=searching.Scope.ALL, newest_first=True)
    return tickets.filter(pk__in=found.numbers)

"""Full text over subjects, messages and numbers, at a cost that has a bound however common the words are.

Notes are found by those who work on the request only. Words that few messages hold are looked up, and their requests sorted;
words that very many hold are found soon by walking from the newest request: the planner, left to itself, chooses wrongly.
"""

from __future__ import annotations

from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQuery
from django.db.models import BooleanField, F, Func, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from balie.people.models import Person
from balie.tickets.models import Message, Ticket
from balie.tickets.models.ticket import TicketQuerySet, worked_on

LONGEST_QUERY: Final = 200
# More hits than this are not gathered: 20,000 cost some 60 ms.
MOST_GATHERED: Final = 20_000


def matching(tickets: TicketQuerySet, q: str, *, person: Person) -> TicketQuerySet:
    """Those of `tickets`, which must be visible to the person, that hold all the words; the number itself is found too."""
    words = SearchQuery(q, config="simple", search_type="websearch")
    number = q.strip().lstrip("#")
    found: Q = Q(pk=int(number)) if number.isascii() and number.isdigit() and len(number) < 19 else Q(pk__in=[])
    works_on_it = worked_on(person) & ~Q(requester=person)
    said = Message.objects.filter(search=words).order_by()
    if _are_many(said):
        replies, notes = (_says_here(said.filter(kind=kind)) for kind in (Message.Kind.REPLY, Message.Kind.NOTE))
        return tickets.filter(found | Q(search=words) | replies | (notes & works_on_it))
    subjects = Ticket.objects.filter(search=words).order_by()
    if _are_many(subjects):
        found |= Q(search=words)
    else:
        found |= Q(_is_one_of(subjects.values("pk")))
    found |= Q(_is_one_of(said.filter(kind=Message.Kind.REPLY).values("ticket")))
    return tickets.filter(found | (Q(_is_one_of(said.filter(kind=Message.Kind.NOTE).values("ticket"))) & works_on_it))


def _are_many(rows: QuerySet[Any]) -> bool:
    count: int = rows.values("pk")[: MOST_GATHERED + 1].count()
    return count > MOST_GATHERED


def _says_here(said: QuerySet[Any]) -> Q:
    # Not EXISTS: of that one the planner would rather make a table of all hits first.
    return ~Q(IsNull(Subquery(said.filter(ticket=OuterRef("pk")).values("pk")[:1]), True))


def _is_one_of(numbers: QuerySet[Any, Any]) -> Func:
    # ANY(ARRAY(…)) is worked out once and before all else; an IN could be turned into a walk over every request.
    return Func(
        F("pk"), ArraySubquery(numbers), template="%(expressions)s)", arg_joiner=" = ANY(", output_field=BooleanField()
    )

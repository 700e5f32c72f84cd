"""Where somebody goes who is done with a request: the next open one of the list that they came from."""

from __future__ import annotations

from urllib.parse import parse_qsl

from django.http import HttpRequest
from django.urls import reverse

from balie.people.models import Person
from balie.teams.models import Team
from balie.tickets.models import Ticket
from balie.workspace import queue
from balie.workspace.addresses import list_address
from balie.workspace.filters import Filters, Order, order_of
from balie.workspace.reader import expert_of

_MOST_NUMBERS = 100


def next_after(request: HttpRequest, ticket: Ticket) -> str:
    """Its address; or the list's, when nothing below it is open. `onward` are the numbers below it, `from` the list."""
    person, asked = expert_of(request), request.POST.get("from", "")[:2000]
    number = _first_below(request.POST.get("onward", ""), person) or _first_of(asked, ticket, person)
    return reverse("workspace:request", args=[number]) if number else list_address(asked)


def _first_below(onward: str, person: Person) -> int | None:
    numbers = [int(one) for one in onward.split(",") if one.isascii() and one.isdigit() and len(one) < 19]
    wanted = Ticket.objects.worked_on_by(person).listed().open().awake().filter(pk__in=numbers[:_MOST_NUMBERS])
    there = set(wanted.values_list("pk", flat=True)) if numbers else set()
    return next((one for one in numbers if one in there), None)


def _first_of(asked: str, ticket: Ticket, person: Person) -> int | None:
    query = dict(parse_qsl(asked))
    filters = Filters.read(query)
    if filters.q or not filters.is_of_open_ones:
        return None
    order = order_of(query.get("order", ""), filters)
    teams = list(Team.objects.active().worked_in_by(person).order_by().values_list("pk", flat=True))
    below = queue.Wanted(
        person=person, teams=teams, filters=filters, order=order,
        after=(ticket.last_word_at, ticket.pk) if order == Order.WORD else None,
    )  # fmt: skip
    return next((row[-1] for row in queue.in_order(below, most=2) if row[-1] != ticket.pk), None)

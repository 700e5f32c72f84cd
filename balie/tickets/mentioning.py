"""Who is named with an @ in what an expert writes: only people who may read it can be, and only they hear of it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from balie.people.models import Person
from balie.tickets.models.message import Message
from balie.tickets.models.ticket import Ticket
from balie.tickets.words import Words


def mentionable(ticket: Ticket, *, kind: str) -> QuerySet[Person]:
    """Those who work on the request; in a reply, those who take part as well, since they read it too."""
    working = Q(memberships__team=ticket.team_id)
    if ticket.is_private:
        working |= Q(role=Person.Role.ADMINISTRATOR, disclosures__ticket=ticket.pk)
    else:
        working |= Q(role=Person.Role.ADMINISTRATOR)
    experts: QuerySet[Person] = Person.objects.experts().filter(working).exclude(pk=ticket.requester_id)
    numbers = Q(pk__in=experts.order_by().values("pk"))
    if kind == Message.Kind.REPLY:
        numbers |= Q(pk=ticket.requester_id) | Q(pk__in=ticket.followings.order_by().values("person"))
    people: QuerySet[Person] = Person.objects.filter(numbers)
    return people


def mentioned(ticket: Ticket, words: Words, *, kind: str) -> list[int]:
    """The ids of those whom the words name: "@Ben Jansen", the whole name. Where two have it, the one who was chosen."""
    places = _places(words.text)
    if not places:
        return []
    names = {pk: name.casefold() for pk, name in mentionable(ticket, kind=kind).values_list("pk", "name")}
    found: dict[int, None] = {}
    for place in places:
        called = {pk: name for pk, name in names.items() if name and _begins_with(place, name)}
        longest = max(map(len, called.values()), default=0)
        meant = [pk for pk, name in called.items() if len(name) == longest]
        found |= dict.fromkeys([pk for pk in meant if pk in words.mentions] or meant)
    return sorted(found)


def _places(text: str) -> list[str]:
    """What follows each @ that no letter stands before, as it would in an address."""
    text = text.casefold()
    return [
        text[at + 1 : at + 200]
        for at, letter in enumerate(text)
        if letter == "@" and not (at and text[at - 1].isalnum())
    ]


def _begins_with(place: str, name: str) -> bool:
    place = " ".join(place.split()) if "\n" in place[: len(name)] or "\xa0" in place[: len(name)] else place
    return place.startswith(name) and not place[len(name) : len(name) + 1].isalnum()

"""The addresses of a request's pages, as mails name them."""

from django.conf import settings
from django.urls import reverse

from balie.people.models import Person
from balie.tickets import rating
from balie.tickets.models import Event, Message, Rating, Ticket


def page_of(ticket: Ticket, *, reader: Person, works_on_it: bool) -> str:
    """Where this reader finds the request; "" for whoever cannot sign in."""
    if not reader.is_active:
        return ""
    return settings.BALIE.url + reverse("workspace:request" if works_on_it else "portal:request", args=[ticket.pk])


def faces_for(ticket: Ticket, *, reader: Person, event: Event | None, message: Message | None) -> list[dict[str, str]]:
    """What the reader rates the answer by, the best first, each with its link; none in a mail that does not ask."""
    if not rating.faces_stand_in(event=event, message=message, ticket=ticket, reader=reader):
        return []
    address = settings.BALIE.url + reverse("rating", args=[rating.token(ticket.pk, reader.pk)])
    signs = {Rating.Score.GOOD: "\U0001f642", Rating.Score.FAIR: "\U0001f610", Rating.Score.BAD: "\U0001f641"}
    return [
        {"sign": sign, "words": str(score.label), "link": f"{address}?score={score.value}"}
        for score, sign in signs.items()
    ]

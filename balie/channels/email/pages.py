"""The addresses of a request's pages, as mails name them."""

from django.conf import settings
from django.urls import reverse

from balie.people.models import Person
from balie.tickets.models import Ticket


def page_of(ticket: Ticket, *, reader: Person, works_on_it: bool) -> str:
    """Where this reader finds the request; "" for whoever cannot sign in."""
    if not reader.is_active:
        return ""
    return settings.BALIE.url + reverse("workspace:request" if works_on_it else "portal:request", args=[ticket.pk])

"""What a page sends twice, by a double click or a reload, happens once: it is an arrival, unique as a mail is."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

from balie.channels import kinds
from balie.channels.models import Arrival
from balie.people.models import Person
from balie.platform import clock
from balie.tickets import refusals
from balie.tickets.models import Message


def once(key: str, *, by: Person, say: Callable[[], Message]) -> Message:
    """The message that `say` makes, or made when this key came before. A refusal leaves nothing behind."""
    now = clock.now()
    with transaction.atomic():
        # Another one with the same key waits here until the first has committed.
        arrival, is_new = Arrival.objects.get_or_create(
            kind=kinds.WEB, external_id=f"{key}:{by.pk}",
            defaults={"bundle": key, "state": Arrival.State.UNDERSTOOD, "received_at": now, "settled_at": now},
        )  # fmt: skip
        if not is_new:
            if arrival.message is None:
                raise refusals.Deleted
            return arrival.message
        message = say()
        Arrival.objects.filter(pk=arrival.pk).update(message=message, ticket_id=message.ticket_id)
    return message

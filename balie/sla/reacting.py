"""What follows from an event for promises: written together at the end of the transaction's gathering, with few statements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from balie.platform.gathering import later
from balie.sla import clocks
from balie.tickets.models import Event, Ticket

if TYPE_CHECKING:
    from balie.tickets.models.changeover import Changeover


def begin(event: Event) -> None:
    """Somebody has asked: the clocks start."""
    later(_begin_all, event.ticket)


def count_answer(event: Event) -> None:
    """The first answer that is not the requester's, nor automatic, keeps the promise to respond."""
    ticket, message = event.ticket, event.message
    if ticket.promises and message is not None and ticket.first_response_at == message.created_at:
        later(_follow_all, ticket)


def follow_status(event: Event) -> None:
    """Clocks pause, go on, and end."""
    if event.ticket.promises:
        later(_follow_all, event.ticket)


def recompute(event: Event) -> None:
    """Another team or category may promise something else; what was taken back did not happen."""
    later(_recompute_all, event.ticket)


def recompute_if_promised(event: Event) -> None:
    """It was deleted or merged: where something was promised, that ends."""
    if event.ticket.promises:
        later(_recompute_all, event.ticket)


def follow_group(_changeover: Changeover, numbers: Sequence[int]) -> None:
    """A status has gone to another group: its requests are counted as if it had always been there. Nobody is told."""
    promised = Ticket.objects.filter(pk__in=numbers, promises__isnull=False).select_related("team")
    clocks.recompute(list(promised), announces=False)


def _begin_all(tickets: list[Ticket]) -> None:
    clocks.begin(_each(tickets))


def _follow_all(tickets: list[Ticket]) -> None:
    clocks.follow(_each(tickets))


def _recompute_all(tickets: list[Ticket]) -> None:
    clocks.recompute(_each(tickets))


def _each(tickets: Iterable[Ticket]) -> list[Ticket]:
    """Each once, as it was told of last."""
    return list({ticket.pk: ticket for ticket in tickets}.values())

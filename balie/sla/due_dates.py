"""Due dates among what is due next: kept also where the plan holds no promises."""

from __future__ import annotations

from balie.platform.gathering import later
from balie.sla import clocks
from balie.tickets.models import Event, Ticket


def note(event: Event) -> None:
    """A request has another due date, or came with one."""
    if event.ticket.due_on is not None or event.kind == Event.Kind.DUE_CHANGED:
        later(_summarise_all, event.ticket)


def _summarise_all(tickets: list[Ticket]) -> None:
    clocks.summarise(list({ticket.pk: ticket for ticket in tickets}.values()))

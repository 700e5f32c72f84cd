"""Snoozed requests come back by the clock."""

from balie.platform import clock
from balie.tickets.models import Ticket


def wake_those_due() -> int:
    """Wake every request whose snooze is over; returns how many."""
    due = list(Ticket.objects.present().filter(snoozed_until__lte=clock.now())[:1000])
    for ticket in due:
        ticket.wake(by=None)
    return len(due)

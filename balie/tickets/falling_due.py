"""Due dates come by the clock: on the day itself it is said once, and once when the day is over."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef

from balie.organisation.models import Organisation
from balie.organisation.models.organisation import NotSetUp
from balie.platform import clock
from balie.tickets.models import Event, Ticket
from balie.tickets.models.ticket import OPEN_AND_LISTED

# In the organisation's time zone: nobody acts on it in the night.
_MORNING = 8
# After a standstill what was missed is still said; what is older stands in the inbox, marked.
_LOOKS_BACK = timedelta(days=7)
_AT_ONCE = 1000


def say_what_falls_due() -> int:
    """Record what is due today, and what was due on a day before; returns how many events that were."""
    try:
        organisation = Organisation.current()
    except NotSetUp:
        return 0
    local = clock.now().astimezone(ZoneInfo(organisation.time_zone))
    if local.hour < _MORNING:
        return 0
    today = local.date()
    return _say(Event.Kind.FELL_DUE, {"due_on": today}) + _say(
        Event.Kind.OVERDUE, {"due_on__lt": today, "due_on__gte": today - _LOOKS_BACK}
    )


def _say(kind: Event.Kind, days: dict[str, object]) -> int:
    said = Event.objects.filter(ticket=OuterRef("pk"), kind=kind, at__date__gte=OuterRef("due_on"))
    due = Ticket.objects.awake().filter(OPEN_AND_LISTED, **days).filter(~Exists(said)).select_related("team")
    found = list(due.order_by("pk")[:_AT_ONCE])
    for ticket in found:
        Event.record(ticket, kind=kind, by=None, day=ticket.due_on.isoformat() if ticket.due_on else "")
    return len(found)

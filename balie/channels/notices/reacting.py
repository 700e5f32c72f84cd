"""What follows from an event for notices alone; what is also sent as a letter stands in `channels/telling.py`."""

from __future__ import annotations

from balie.channels import telling
from balie.channels.notices import giving
from balie.channels.notices.kinds import Kind
from balie.people.models import Person
from balie.tickets.models import Event, Task, Ticket


def tell_workers_of_status(event: Event) -> None:
    """It is resolved, or open again: to the assignee and the experts who follow."""
    giving.give(event, Kind.STATUS, to=_others(event))


def tell_of_due_date(event: Event) -> None:
    """To the assignee and the experts who follow; when there are none, to whoever hears of new requests."""
    kind = Kind.DUE if event.kind == Event.Kind.FELL_DUE else Kind.OVERDUE
    giving.give(event, kind, to=_others(event) or telling.listening_members(event.ticket))


def tell_author_of_refusal(event: Event) -> None:
    """Whoever wrote the answer learns that it did not arrive."""
    if event.message is not None and event.message.author is not None:
        giving.give(event, Kind.REFUSED, to=[event.message.author])


def tell_author_of_file(event: Event) -> None:
    """Whoever enclosed a file learns that it was not passed on. What was left on its way in is told to its sender, there."""
    if event.details.get("is_ours"):
        tell_author_of_refusal(event)


def tell_of_task(event: Event) -> None:
    """Whoever is to do it, unless they took it themselves."""
    if event.kind == Event.Kind.TASK_CHANGED and not event.details.get("assignee"):
        return
    task = Task.objects.filter(pk=event.details["task"], done_at__isnull=True).select_related("assignee").first()
    if task is not None and task.assignee is not None and task.assignee_id != event.by_id:
        giving.give(event, Kind.TASK, to=[task.assignee])


def adopt_notices(event: Event) -> None:
    """What was told of a merged request leads to the one that it is part of now."""
    giving.adopt(event.ticket, target=Ticket(pk=event.details["into"]))


def _others(event: Event) -> list[Person]:
    return [person for person in telling.working(event.ticket) if person.pk != event.by_id]

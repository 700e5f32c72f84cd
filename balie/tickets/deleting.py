"""Deleting a request, restoring it within 30 days, and forgetting it after."""

from datetime import timedelta

from django.db import transaction

from balie.people.models import Person
from balie.platform import clock
from balie.tickets import refusals
from balie.tickets.models import Event, Ticket
from balie.tickets.models.ticket import TicketQuerySet, worked_on

KEPT_FOR = timedelta(days=30)


def delete(ticket: Ticket, *, by: Person) -> None:
    """Gone from every list; can be restored for 30 days."""
    with transaction.atomic():
        row = ticket.locked()
        if not row.is_worked_on_by(by):
            raise refusals.NotYours
        row.deleted_at = clock.now()
        row.save_changes()
        Event.record(row, kind=Event.Kind.DELETED, by=by)


def restore(ticket: Ticket, *, by: Person) -> None:
    with transaction.atomic():
        row = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
        if not restorable_by(by).filter(pk=row.pk).exists():
            raise refusals.NotYours
        if row.deleted_at is None:
            return
        if clock.now() - row.deleted_at > KEPT_FOR:
            raise refusals.TooLateToRestore
        row.deleted_at = None
        row.save_changes()
        Event.record(row, kind=Event.Kind.RESTORED, by=by)
    ticket.refresh_from_db()


def restorable_by(person: Person) -> TicketQuerySet:
    """The deleted requests that this person worked on."""
    return Ticket.objects.filter(worked_on(person), deleted_at__isnull=False).exclude(requester=person)


def forget_what_is_over() -> int:
    """Remove for good what was deleted more than 30 days ago; returns how many. Its files go with the next sweep."""
    over = Ticket.objects.filter(deleted_at__lt=clock.now() - KEPT_FOR)
    count = over.count()
    over.delete()
    return count

"""Making one request of two."""

from django.db import transaction

from balie.people.models import Person
from balie.tickets import refusals
from balie.tickets.models import Event, Follower, Sight, Ticket


def merge(duplicate: Ticket, *, into: Ticket, by: Person) -> Ticket:
    """Move everything of `duplicate` to `into` and return that one; both numbers are found afterwards.

    Messages keep their time, so they stand in order. The duplicate's requester and followers follow from now on.
    Raises `NotYours`, `CannotMergeWithItself`, `AlreadyMerged`, `CannotMergeAcrossPrivacy`, `Deleted`.
    """
    if duplicate.pk == into.pk:
        raise refusals.CannotMergeWithItself
    with transaction.atomic():
        # Always the lower number first, so that two merges at once cannot wait for each other.
        rows = {
            ticket.pk: ticket
            # Without joins, for the reason that `Ticket.locked` gives.
            for ticket in Ticket.objects.select_for_update().filter(pk__in=(duplicate.pk, into.pk)).order_by("pk")
        }
        source, target = rows[duplicate.pk], rows[into.pk]
        _refuse_unless_possible(source, target, by=by)
        source.messages.update(ticket=target)
        source.absorbed.update(merged_into=target)
        joining = {source.requester_id, *source.followings.values_list("person_id", flat=True)} - {target.requester_id}
        Follower.objects.bulk_create(
            (Follower(ticket=target, person_id=person) for person in joining), ignore_conflicts=True
        )
        source.merged_into = target
        source.save_changes()
        if source.last_word_at > target.last_word_at:
            target.last_word_at = source.last_word_at
        if (
            source.first_response_at
            and (target.first_response_at or source.first_response_at) >= source.first_response_at
        ):
            target.first_response_at = source.first_response_at
        Sight.objects.filter(ticket=target).exclude(person=by).delete()
        target.save_changes()
        Event.record(source, kind=Event.Kind.MERGED, by=by, into=target.pk)
        Event.record(target, kind=Event.Kind.ABSORBED, by=by, ticket=source.pk)
    return target


def _refuse_unless_possible(source: Ticket, target: Ticket, *, by: Person) -> None:
    for ticket in (source, target):
        if ticket.deleted_at is not None:
            raise refusals.Deleted
        if ticket.merged_into_id is not None:
            raise refusals.AlreadyMerged
        if not ticket.is_worked_on_by(by):
            raise refusals.NotYours
    if source.team_id != target.team_id and (source.team.is_private or target.team.is_private):
        raise refusals.CannotMergeAcrossPrivacy

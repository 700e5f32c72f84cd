"""Making one request of two, and two of one again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from balie.people.models import Person
from balie.tickets import refusals
from balie.tickets.models import Event, Follower, Inclusion, Sight, Ticket
from balie.tickets.models.task import let_go_of_tasks


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
        moved: dict[str, Any] = {
            "messages": list(source.messages.order_by("pk").values_list("pk", flat=True)),
            "absorbed": list(source.absorbed.order_by("pk").values_list("pk", flat=True)),
            "tasks": list(source.tasks.order_by("pk").values_list("pk", flat=True)),
            "projects": _projects_of(source, but_not_of=target),
        }
        source.messages.update(ticket=target)
        source.absorbed.update(merged_into=target)
        _move_tasks(source, target)
        source.inclusions.filter(project__in=moved["projects"]).update(ticket=target)
        joining = {source.requester_id, *source.followings.values_list("person_id", flat=True)} - {target.requester_id}
        joining -= set(target.followings.filter(person__in=joining).values_list("person_id", flat=True))
        Follower.objects.bulk_create(
            (Follower(ticket=target, person_id=person) for person in joining), ignore_conflicts=True
        )
        before = {
            "last_word_at": _written(target.last_word_at),
            "first_response_at": _written(target.first_response_at),
        }
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
        # Enough to tell the two apart again.
        Event.record(
            source, kind=Event.Kind.MERGED, by=by, into=target.pk, joined=sorted(joining), into_before=before, **moved
        )
        Event.record(target, kind=Event.Kind.ABSORBED, by=by, ticket=source.pk)
    return target


def unmerge(source: Ticket, *, by: Person) -> Ticket:
    """Give back to `source` what its merging took from it, and return it; what was said since stays where it was said.

    Whoever joined by the merge no longer follows the other request. Raises `NotMerged`, `NotYours`.
    """
    with transaction.atomic():
        rows = {
            ticket.pk: ticket
            for ticket in Ticket.objects.select_for_update()
            .filter(pk__in=[pk for pk in (source.pk, source.merged_into_id) if pk])
            .order_by("pk")
        }
        row, target = rows[source.pk], rows.get(source.merged_into_id or 0)
        merged = row.events.filter(kind=Event.Kind.MERGED).order_by("-pk").first()
        if target is None or row.merged_into_id != target.pk or merged is None or merged.details["into"] != target.pk:
            raise refusals.NotMerged
        if not target.is_worked_on_by(by):
            raise refusals.NotYours
        told: dict[str, Any] = merged.details
        target.messages.filter(pk__in=told.get("messages", ())).update(ticket=row)
        target.absorbed.filter(pk__in=told.get("absorbed", ())).update(merged_into=row)
        target.tasks.filter(pk__in=told.get("tasks", ())).update(ticket=row)
        target.inclusions.filter(project__in=told.get("projects", ())).update(ticket=row)
        Follower.objects.filter(ticket=target, person__in=told.get("joined", ())).delete()
        row.merged_into = None
        row.save_changes()
        # What the merge has raised or lowered goes back, unless somebody wrote or answered since.
        before = told.get("into_before", {})
        if "last_word_at" in before and target.last_word_at == row.last_word_at:
            target.last_word_at = _read(before["last_word_at"]) or target.last_word_at
        if "first_response_at" in before and target.first_response_at == row.first_response_at:
            target.first_response_at = _read(before["first_response_at"])
        target.save_changes()
        Event.record(row, kind=Event.Kind.TAKEN_BACK, by=by, events=[merged.pk], shown=True)
        Event.record(target, kind=Event.Kind.TAKEN_BACK, by=by, shown=True)
    return row


def _projects_of(source: Ticket, *, but_not_of: Ticket) -> list[int]:
    """Those that the other one comes into. Where both are in one project, the merged one stays and counts for nothing."""
    there = Inclusion.objects.filter(ticket=but_not_of).values("project")
    return list(source.inclusions.exclude(project__in=there).order_by("pk").values_list("project_id", flat=True))


def _move_tasks(source: Ticket, target: Ticket) -> None:
    """To the end of the other's checklist."""
    last = target.tasks.order_by("position", "pk").last()
    if last is not None:
        source.tasks.update(position=F("position") + last.position + 1)
    if source.tasks.update(ticket=target):
        let_go_of_tasks(target)


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _read(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


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

"""One thing that happened to a request; only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import models

from balie.people.models import Person
from balie.platform import clock
from balie.platform.gathering import gathering
from balie.tickets import following
from balie.tickets.models.message import Message

if TYPE_CHECKING:
    from balie.tickets.models.ticket import Ticket


class Event(models.Model):
    """`details` hold ids and former and new values, never text that somebody wrote."""

    class Kind(models.TextChoices):
        OPENED = "opened"
        HEARD = "heard"
        REPLIED = "replied"
        NOTED = "noted"
        ASSIGNED = "assigned"
        STATUS_CHANGED = "status_changed"
        RESOLVED = "resolved"
        REOPENED = "reopened"
        PRIORITY_CHANGED = "priority_changed"
        CATEGORY_CHANGED = "category_changed"
        DUE_CHANGED = "due_changed"
        RENAMED = "renamed"
        FOLLOWED = "followed"
        UNFOLLOWED = "unfollowed"
        MOVED = "moved"
        REQUESTER_CHANGED = "requester_changed"
        MERGED = "merged"
        ABSORBED = "absorbed"
        LINKED = "linked"
        UNLINKED = "unlinked"
        SNOOZED = "snoozed"
        WOKEN = "woken"
        DELETED = "deleted"
        RESTORED = "restored"
        DISCLOSED = "disclosed"
        RATED = "rated"
        TAKEN_BACK = "taken_back"
        FELL_DUE = "fell_due"
        OVERDUE = "overdue"
        UNDELIVERED = "undelivered"
        TASK_ADDED = "task_added"
        TASK_CHANGED = "task_changed"
        TASK_DONE = "task_done"
        TASK_REOPENED = "task_reopened"
        TASK_REMOVED = "task_removed"
        PROJECT_JOINED = "project_joined"
        PROJECT_LEFT = "project_left"
        EDITED = "edited"
        RETRACTED = "retracted"
        SLA_WARNED = "sla_warned"
        SLA_MISSED = "sla_missed"
        FILE_LEFT = "file_left"

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="events", db_index=False)
    kind = models.CharField(max_length=20, choices=Kind)
    by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="events")
    details = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["ticket", "id"], name="event_of_ticket")]

    def __str__(self) -> str:
        return self.kind

    @classmethod
    def record(
        cls, ticket: Ticket, /, *, kind: Kind, by: Person | None, message: Message | None = None, **details: Any
    ) -> Event:
        """Add the event and let everything follow that `config/reactions.py` says follows from it."""
        event = cls(ticket=ticket, kind=kind, by=by, message=message, details=details, at=clock.now())
        event.save(force_insert=True)
        cls._let_follow([event])
        return event

    @classmethod
    def record_all(cls, events: Sequence[Event]) -> None:
        """Add events of different requests, in this order, and let everything follow from each."""
        Event.objects.bulk_create(events)
        cls._let_follow(events)

    @classmethod
    def _let_follow(cls, events: Sequence[Event]) -> None:
        with gathering():
            for event in events:
                following.react(event)

"""Who has a request open, and who is writing about it. A row that its page does not renew counts for nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Self

from django.db import models

from balie.people.models import Person
from balie.platform import clock
from balie.tickets.models import Ticket

# An open page says so every 20 seconds; whoever writes, every 8.
READS_FOR = timedelta(seconds=45)
WRITES_FOR = timedelta(seconds=15)


class PresenceQuerySet(models.QuerySet["Presence"]):
    """Questions about who is there."""

    def current(self) -> Self:
        return self.filter(seen_at__gt=clock.now() - READS_FOR)


class Presence(models.Model):
    """One for each person and request."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="presences", db_index=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    wrote_at = models.DateTimeField(null=True, blank=True)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "person"], name="present_once")]

    def __str__(self) -> str:
        return f"{self.person_id} at #{self.ticket_id}"

    @property
    def is_writing(self) -> bool:
        return self.wrote_at is not None and self.wrote_at > clock.now() - WRITES_FOR

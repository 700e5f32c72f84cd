"""One change of many requests at once, and what is needed to take it back."""

from __future__ import annotations

from datetime import timedelta

from django.db import models

from balie.people.models import Person
from balie.platform import clock

# The page offers it for ten seconds; without JavaScript, and on slow lines, somebody needs a little longer.
CAN_BE_TAKEN_BACK_FOR = timedelta(seconds=45)


class BulkChange(models.Model):
    """`rows` tell of each changed request what it was before, and the event after which nothing else may have happened.

    `refused` are the numbers that stayed as they were, each with the name of its refusal.
    """

    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="bulk_changes")
    change = models.CharField(max_length=10)
    rows = models.JSONField(default=list)
    refused = models.JSONField(default=list)
    made_at = models.DateTimeField(db_index=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.change} {len(self.rows)}"

    @property
    def can_be_taken_back(self) -> bool:
        return bool(self.rows) and self.can_be_told

    @property
    def can_be_told(self) -> bool:
        """An address that somebody kept says nothing of what was done yesterday."""
        return self.taken_back_at is None and clock.now() - self.made_at < CAN_BE_TAKEN_BACK_FOR

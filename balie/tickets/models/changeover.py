"""Many requests on their way from one status, category or team to another, a batch at a time."""

from __future__ import annotations

from django.db import models

from balie.people.models import Person
from balie.teams.models import Category, Team
from balie.tickets.models.status import Status


class Changeover(models.Model):
    """What is to become of the requests that have `status`, `category` or `team`. What is done and what is left are seen in the
    requests themselves, so that whoever goes on after a fault does nothing twice."""

    class Kind(models.TextChoices):
        # From the status to its replacement, everywhere or in the teams that may not use it any more.
        REPLACED = "replaced"
        NARROWED = "narrowed"
        # The status belongs to another group now.
        REGROUPED = "regrouped"
        # From the category to the one that it was merged into.
        MERGED = "merged"
        # What is open in a team that was archived: to the other team, or resolved.
        DISBANDED = "disbanded"

    kind = models.CharField(max_length=9, choices=Kind)
    status = models.ForeignKey(Status, null=True, on_delete=models.CASCADE, related_name="changeovers")
    new_status = models.ForeignKey(Status, null=True, on_delete=models.CASCADE, related_name="+")
    category = models.ForeignKey(Category, null=True, on_delete=models.CASCADE, related_name="changeovers")
    new_category = models.ForeignKey(Category, null=True, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="changeovers")
    new_team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+")
    # Of a status that was regrouped: the group before, and the group then.
    old_group = models.CharField(max_length=11, blank=True, default="")
    new_group = models.CharField(max_length=11, blank=True, default="")
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__isnull=False, category__isnull=True, team__isnull=True)
                | models.Q(status__isnull=True, category__isnull=False, team__isnull=True)
                | models.Q(status__isnull=True, category__isnull=True, team__isnull=False),
                name="changeover_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.done}/{self.total}"

    @property
    def percent(self) -> int:
        return 100 if self.ended_at else min(99, self.done * 100 // max(1, self.total))

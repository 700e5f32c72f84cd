"""How far a change of a team's rules or hours has come among its open requests."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from balie.teams.models import Team


class Recomputation(models.Model):
    """One a team: a change that comes while one is under way begins it anew.

    `stage` and `number` say after which request it goes on; `left` are those that somebody held just then.
    """

    team = models.OneToOneField(Team, on_delete=models.CASCADE, primary_key=True, related_name="recomputation")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    stage = models.PositiveSmallIntegerField(default=0)
    number = models.BigIntegerField(default=0)
    left = ArrayField(models.BigIntegerField(), default=list)

    def __str__(self) -> str:
        return f"{self.done} of {self.total}"

    @property
    def is_under_way(self) -> bool:
        return self.ended_at is None

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 100

"""When a team works."""

from django.core.validators import MaxValueValidator
from django.db import models

from balie.teams.models.team import Team


class WorkingSpan(models.Model):
    """One span of a week: `weekday` 0 is Monday (ISO 8601 minus one); wall-clock times in the organisation's zone."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="working_spans")
    weekday = models.PositiveSmallIntegerField(validators=[MaxValueValidator(6)])
    begins = models.TimeField()
    ends = models.TimeField()

    class Meta:
        ordering = ["weekday", "begins"]
        constraints = [
            models.CheckConstraint(condition=models.Q(begins__lt=models.F("ends")), name="span_begins_before_it_ends"),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="weekday_of_a_week"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.begins}-{self.ends}"

"""When a team works: the spans of its week, and the days that differ."""

from __future__ import annotations

from datetime import time

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.teams.models.team import Team

MIDNIGHT = time(0)


class WorkingSpan(models.Model):
    """One span of a week: `weekday` 0 is Monday (ISO 8601 minus one); wall-clock times in the team's zone.

    A span that ends at midnight ends with its day.
    """

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="working_spans")
    weekday = models.PositiveSmallIntegerField(validators=[MaxValueValidator(6)])
    begins = models.TimeField()
    ends = models.TimeField()

    class Meta:
        ordering = ["weekday", "begins"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(begins__lt=models.F("ends")) | models.Q(ends=MIDNIGHT),
                name="span_begins_before_it_ends",
            ),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="weekday_of_a_week"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.begins}-{self.ends}"


class SpecialDay(models.Model):
    """Days that are not worked as the week says, holidays or not: closed, or one span; several rows are several spans."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="special_days")
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    name = models.CharField(_("name"), max_length=80, blank=True, default="")
    begins = models.TimeField(null=True, blank=True)
    ends = models.TimeField(null=True, blank=True)

    class Meta:
        ordering = ["first", "begins", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(first__lte=models.F("last")), name="special_days_in_order"),
            models.CheckConstraint(
                condition=models.Q(begins__isnull=True, ends__isnull=True)
                | models.Q(begins__isnull=False, ends__isnull=False, begins__lt=models.F("ends"))
                | models.Q(begins__isnull=False, ends=MIDNIGHT),
                name="special_span_begins_before_it_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} {self.name}"

    @property
    def is_closed(self) -> bool:
        return self.begins is None

"""The hours that teams usually work here: what a new team begins with."""

from __future__ import annotations

from datetime import time

from django.core.validators import MaxValueValidator
from django.db import models

_MIDNIGHT = time(0)


class UsualSpan(models.Model):
    """One span of a week; `weekday` 0 is Monday (ISO 8601 minus one). One that ends at midnight ends with its day."""

    weekday = models.PositiveSmallIntegerField(validators=[MaxValueValidator(6)])
    begins = models.TimeField()
    ends = models.TimeField()

    class Meta:
        ordering = ["weekday", "begins"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(begins__lt=models.F("ends")) | models.Q(ends=_MIDNIGHT),
                name="usual_span_begins_before_it_ends",
            ),
            models.CheckConstraint(condition=models.Q(weekday__lte=6), name="usual_weekday_of_a_week"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.begins}-{self.ends}"

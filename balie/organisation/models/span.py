"""A span of a week's hours, and those that teams usually work here: what a new team begins with."""

from __future__ import annotations

from datetime import time

from django.core.validators import MaxValueValidator
from django.db import models

MIDNIGHT = time(0)


class Span(models.Model):
    """One span of a week, in wall-clock times; `weekday` 0 is Monday (ISO 8601 minus one). One that ends at midnight ends with
    its day."""

    weekday = models.PositiveSmallIntegerField(validators=[MaxValueValidator(6)])
    begins = models.TimeField()
    ends = models.TimeField()

    class Meta:
        abstract = True
        ordering = ["weekday", "begins"]

    def __str__(self) -> str:
        return f"{self.weekday} {self.begins}-{self.ends}"


def of_a_week(prefix: str = "") -> list[models.BaseConstraint]:
    """What the database holds of spans; `prefix` tells the constraints of one table from those of another."""
    return [
        models.CheckConstraint(
            condition=models.Q(begins__lt=models.F("ends")) | models.Q(ends=MIDNIGHT),
            name=f"{prefix}span_begins_before_it_ends",
        ),
        models.CheckConstraint(condition=models.Q(weekday__lte=6), name=f"{prefix}weekday_of_a_week"),
    ]


class UsualSpan(Span):
    """One of the organisation's usual hours."""

    class Meta(Span.Meta):
        constraints = of_a_week("usual_")

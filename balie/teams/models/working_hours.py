"""When a team works: the spans of its week, and the days that differ."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.organisation.models.span import MIDNIGHT, Span, of_a_week
from balie.teams.models.team import Team


class WorkingSpan(Span):
    """One span of a team's week, in the team's zone."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="working_spans")

    class Meta(Span.Meta):
        constraints = of_a_week()


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

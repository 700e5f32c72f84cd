"""What a team promises to those who ask it."""

from __future__ import annotations

from datetime import timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.teams.models import Category, Team
from balie.tickets.models import Status

USUAL_SHARE = 75


class Rule(models.Model):
    """Goals in working time of the team, either of which may be missing.

    A rule is general, or for some categories. A category's rule takes precedence, and the general one is then no fallback: where
    it has no goal, nothing is promised (product, SLAs).
    """

    class Reopening(models.TextChoices):
        CONTINUE = "continue", _("The clock goes on")
        RENEW = "renew", _("A new clock starts")

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="sla_rules")
    is_general = models.BooleanField(default=True)
    categories = models.ManyToManyField(Category, through="RuleCategory", related_name="sla_rules")
    response = models.DurationField(_("time to respond"), null=True, blank=True)
    resolution = models.DurationField(_("time to resolve"), null=True, blank=True)
    # Beside those of the group Waiting, in which every clock pauses.
    pauses_in = models.ManyToManyField(Status, related_name="+", blank=True)
    on_reopening = models.CharField(max_length=8, choices=Reopening, default=Reopening.CONTINUE)
    # Share of the time in percent after which people are warned; nobody is without one.
    warns_at = models.PositiveSmallIntegerField(
        null=True, blank=True, default=USUAL_SHARE, validators=[MinValueValidator(1), MaxValueValidator(99)]
    )

    class Meta:
        ordering = ["-is_general", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team"], condition=models.Q(is_general=True), name="one_general_rule_of_a_team"
            ),
            models.CheckConstraint(
                condition=(models.Q(response__isnull=True) | models.Q(response__gt=timedelta(0)))
                & (models.Q(resolution__isnull=True) | models.Q(resolution__gt=timedelta(0))),
                name="goals_take_time",
            ),
            models.CheckConstraint(
                condition=models.Q(is_general=False)
                | models.Q(response__isnull=False)
                | models.Q(resolution__isnull=False),
                name="a_general_rule_promises_something",
            ),
            models.CheckConstraint(
                condition=models.Q(warns_at__isnull=True) | models.Q(warns_at__range=(1, 99)),
                name="warns_before_the_end",
            ),
        ]

    def __str__(self) -> str:
        return f"rule {self.pk} of team {self.team_id}"


class RuleCategory(models.Model):
    """A category has one rule at most."""

    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="chosen")
    category = models.OneToOneField(Category, on_delete=models.CASCADE, related_name="+")

    def __str__(self) -> str:
        return f"category {self.category_id} by rule {self.rule_id}"

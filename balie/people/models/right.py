"""What a role lets its holders do: rights to the facts of profiles, and rights to the areas of the settings."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from balie.people.models.section import Section


class Level(models.IntegerChoices):
    """How far a right goes; each includes those before it."""

    VIEW = 1, _("View")
    PROPOSE = 2, _("Propose")
    EDIT = 3, pgettext_lazy("access right", "Edit")


class Scope(models.TextChoices):
    """Whose profiles a right is for."""

    OWN = "own", _("Own profile")
    # Direct and indirect ones.
    REPORTS = "reports", _("Reports")
    # Those with a chosen value of a chosen attribute, see `Role.group_attribute`.
    GROUP = "group", _("Group")
    EVERYBODY = "everybody", _("Everybody")


class Area(models.TextChoices):
    """A part of the settings that is opened by itself."""

    TEAMS = "teams", _("Teams")
    STATUSES = "statuses", _("Request statuses")
    PEOPLE = "people", _("People")
    ATTRIBUTES = "attributes", _("Employee attributes")
    ROLES = "roles", _("Employee roles")
    INTEGRATIONS = "integrations", _("Integrations")
    PLAN = "plan", _("Plan")
    ORGANISATION = "organisation", _("Organisation")
    TROUBLES = "troubles", _("Failed mail")
    AUDIT = "audit", _("Audit log")


# Whoever could change roles could give themselves every right; and nobody changes the log.
ONLY_VIEWED = frozenset({Area.ROLES, Area.AUDIT})


class Right(models.Model):
    """One cell of a role's matrix: either a section of profiles in a scope, or an area of the settings."""

    role = models.ForeignKey("people.Role", on_delete=models.CASCADE, related_name="rights")
    section = models.ForeignKey(Section, null=True, on_delete=models.CASCADE, related_name="rights")
    scope = models.CharField(max_length=9, choices=Scope, blank=True, default="")
    area = models.CharField(max_length=12, choices=Area, blank=True, default="")
    level = models.PositiveSmallIntegerField(choices=Level)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["role", "section", "scope"], condition=~models.Q(scope=""), name="one_level_in_a_scope"
            ),
            models.UniqueConstraint(
                fields=["role", "area"], condition=~models.Q(area=""), name="one_level_in_an_area"
            ),
            models.CheckConstraint(
                condition=models.Q(section__isnull=False, area="") & ~models.Q(scope="")
                | models.Q(section__isnull=True, scope="") & ~models.Q(area=""),
                name="right_to_profiles_or_to_settings",
            ),
            models.CheckConstraint(
                condition=models.Q(area="") | ~models.Q(level=Level.PROPOSE), name="settings_are_not_proposed"
            ),
            models.CheckConstraint(
                condition=~models.Q(area__in=[Area.ROLES, Area.AUDIT]) | models.Q(level=Level.VIEW),
                name="roles_and_log_are_only_viewed",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.area or self.scope} {self.level}"

"""A role: access rights under a name, for those whom an administrator assigns it to."""

from __future__ import annotations

from typing import Final, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from balie.people.models.attribute import Attribute
from balie.people.models.right import Area, Level, Right, Scope
from balie.people.models.section import Section

# What preset roles begin with, by scope and key of the section: colleagues are found, and what is delicate is one's own.
_OF_COLLEAGUES: Final = {(Scope.EVERYBODY, "work"): Level.VIEW, (Scope.EVERYBODY, "contact"): Level.VIEW}
_BEGINNINGS: Final = {
    "administrator": {},
    "everybody": {
        **_OF_COLLEAGUES,
        (Scope.OWN, "work"): Level.VIEW, (Scope.OWN, "contact"): Level.EDIT,
        (Scope.OWN, "pay"): Level.VIEW, (Scope.OWN, "health"): Level.VIEW,
    },
    "expert": _OF_COLLEAGUES,
}  # fmt: skip
# The first expert makes the statuses that requests can have (set-up article, step 3).
_AREAS_FROM_THE_START: Final = {"expert": {Area.STATUSES: Level.EDIT}}


class RoleQuerySet(models.QuerySet["Role"]):
    """Questions about many roles."""

    def assignable(self) -> Self:
        """All but the one that everybody has."""
        return self.exclude(preset=Role.Preset.EVERYBODY)

    def starting(self, preset: Role.Preset) -> Role:
        """The preset role; made with the rights that it begins with where it is missing."""
        with transaction.atomic():
            role, is_new = self.get_or_create(
                preset=preset, defaults={"name": _NAMES[preset], "works_on_requests": preset == Role.Preset.EXPERT}
            )
            if is_new:
                sections = Section.objects.in_bulk(field_name="key")
                Right.objects.bulk_create(
                    Right(role=role, section=sections[key], scope=scope, level=level)
                    for (scope, key), level in _BEGINNINGS[preset].items()
                    if key in sections
                )
                areas = _AREAS_FROM_THE_START.get(preset, {})
                Right.objects.bulk_create(Right(role=role, area=area, level=level) for area, level in areas.items())
            return role


class Role(models.Model):
    """Preset, or made by an administrator. `Person.role` follows from the assignments; `people/roles.py` keeps it so."""

    class Preset(models.TextChoices):
        # Holds every right; cannot be changed, and somebody always has it.
        ADMINISTRATOR = "administrator", _("Administrator")
        # Everybody's, without assignment; its rights may be changed.
        EVERYBODY = "everybody", _("All employees")
        # A starting point: it comes with sensible rights, and is an own role from then on.
        EXPERT = "expert", _("Conversations expert")

    name = models.CharField(_("name"), max_length=80)
    preset = models.CharField(max_length=13, choices=Preset, blank=True, default="")
    works_on_requests = models.BooleanField(_("work on requests as an expert"), default=False)
    # Whom the rights of the scope "group" are for; without an attribute, for nobody.
    group_attribute = models.ForeignKey(
        Attribute, verbose_name=_("attribute"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    group_value = models.CharField(_("value"), max_length=200, blank=True, default="")

    objects = RoleQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["preset"], condition=~models.Q(preset=""), name="preset_role_once"),
            models.UniqueConstraint(Lower("name"), name="role_name_once"),
            models.CheckConstraint(
                condition=~models.Q(preset="everybody") | models.Q(works_on_requests=False),
                name="not_everybody_is_an_expert",
            ),
        ]

    def __str__(self) -> str:
        """A preset one is translated, until somebody calls it something else."""
        return gettext(self.name) if self.preset else self.name

    @property
    def is_administrators(self) -> bool:
        return self.preset == self.Preset.ADMINISTRATOR

    @property
    def is_everybodys(self) -> bool:
        return self.preset == self.Preset.EVERYBODY

    @property
    def is_own(self) -> bool:
        """Whether it may be deleted."""
        return not self.is_administrators and not self.is_everybodys

    @property
    def makes_experts(self) -> bool:
        return self.works_on_requests or self.is_administrators


# As they are stored, for whoever reads them to translate.
_NAMES: Final = {
    Role.Preset.ADMINISTRATOR: "Administrator",
    Role.Preset.EVERYBODY: "All employees",
    Role.Preset.EXPERT: "Conversations expert",
}


class RoleAssignment(models.Model):
    """That somebody has a role, since when, and who gave it; nobody did for what was there before."""

    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="assignments")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="role_assignments")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "person"], name="role_once_a_person")]

    def __str__(self) -> str:
        return f"{self.role} {self.person_id}"

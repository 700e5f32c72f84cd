"""An employee attribute: one fact that a profile may hold."""

from typing import Self

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class AttributeQuerySet(models.QuerySet["Attribute"]):
    """Questions about many attributes."""

    def shown_to_experts(self) -> Self:
        """The allowed ones: what experts see of a requester, and nothing else (product, rule 3)."""
        return self.filter(is_allowed=True, is_never_shared=False)


class Attribute(models.Model):
    """A preset or custom attribute. Its values are in `Person.attributes`, under its `key`."""

    key = models.SlugField(max_length=60, unique=True)
    label = models.CharField(_("label"), max_length=120)
    section = models.CharField(_("section"), max_length=60)
    is_preset = models.BooleanField(default=False)
    is_sensitive = models.BooleanField(_("sensitive"), default=False)
    is_never_shared = models.BooleanField(_("never shared"), default=False)
    is_allowed = models.BooleanField(_("shown in the Requester tab"), default=False)
    position = models.PositiveSmallIntegerField(default=0)

    objects = AttributeQuerySet.as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_never_shared=False) | models.Q(is_allowed=False),
                name="never_shared_is_never_allowed",
            )
        ]

    def __str__(self) -> str:
        """The label as the reader knows it: preset ones are translated, custom ones are as they were written."""
        return gettext(self.label) if self.is_preset else self.label

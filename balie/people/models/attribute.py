"""An employee attribute: one fact that a profile may hold."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.people.models.labelled import Labelled, LabelledQuerySet
from balie.people.models.section import Section


class AttributeQuerySet(LabelledQuerySet["Attribute"]):
    """Questions about many attributes."""

    def shown_to_experts(self) -> Self:
        """What the credentials named Conversations allow: experts see this of a requester, and nothing else (rule 3)."""
        shared = self.in_use().filter(credentials__is_system=True, is_never_shared=False)
        return shared.prefetch_related("choices")

    def delicate(self) -> Self:
        """Those that a role does not open to others unless an administrator confirms it."""
        return self.filter(models.Q(is_sensitive=True) | models.Q(is_never_shared=True))


class Attribute(Labelled):
    """A preset or own attribute. Its values are in `Person.attributes`, under its `key`, as `people/values.py` writes them."""

    class Type(models.TextChoices):
        TEXT = "text", _("Text")
        LONG_TEXT = "long_text", _("Long text")
        NUMBER = "number", _("Whole number")
        DECIMAL = "decimal", _("Decimal number")
        DATE = "date", _("Date")
        YES_NO = "yes_no", _("Yes or no")
        CHOICE = "choice", _("Single choice")
        CHOICES = "choices", _("Multiple choice")
        LINK = "link", _("Link")
        PERSON = "person", _("Person")

    key = models.SlugField(max_length=60, unique=True)
    section = models.ForeignKey(Section, verbose_name=_("section"), on_delete=models.PROTECT, related_name="attributes")
    type = models.CharField(_("type"), max_length=9, choices=Type, default=Type.TEXT)
    is_required = models.BooleanField(_("required"), default=False)
    is_sensitive = models.BooleanField(_("sensitive"), default=False)
    is_never_shared = models.BooleanField(_("never shared"), default=False)

    objects = AttributeQuerySet.as_manager()

    class Meta:
        ordering = ["section__position", "section_id", "position", "pk"]

    @property
    def has_choices(self) -> bool:
        return self.type in (self.Type.CHOICE, self.Type.CHOICES)

"""What a profile is made of has labels: preset ones are translated by us, own ones by whoever made them."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from balie.platform.languages import in_readers_language

Row = TypeVar("Row", bound="Labelled")


class LabelledQuerySet(models.QuerySet[Row]):
    """Questions about many of them."""

    def in_use(self) -> Self:
        """Those that are not archived."""
        return self.filter(archived_at__isnull=True)


class Labelled(models.Model):
    """`label` is what it is called where no language has its own word for it."""

    label = models.CharField(_("label"), max_length=120)
    labels = models.JSONField(_("labels in other languages"), default=dict, blank=True)
    is_preset = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """In the language of whoever reads."""
        return in_readers_language(self.labels) or (gettext(self.label) if self.is_preset else self.label)

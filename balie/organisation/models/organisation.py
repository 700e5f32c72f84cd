"""The one organisation that this database belongs to."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.platform.gathering import remembered
from balie.platform.languages import LANGUAGES


class NotSetUp(Exception):
    """There is no organisation yet: `balie setup` has not run."""


class Organisation(models.Model):
    """Its name, its language, and what it decided about requests as a whole."""

    name = models.CharField(_("name"), max_length=120)
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="Europe/Amsterdam")
    reopen_within_days = models.PositiveSmallIntegerField(
        _("days in which a reply reopens a resolved request"), default=14, validators=[MaxValueValidator(365)]
    )
    largest_departure = models.PositiveSmallIntegerField(
        _("how many in a hundred an import may make inactive without being asked again"),
        default=10,
        validators=[MaxValueValidator(100)],
    )
    trusted_mail_servers = ArrayField(
        models.CharField(max_length=253),
        verbose_name=_("mail servers whose Authentication-Results are trusted"),
        default=list,
        blank=True,
    )
    created_at = models.DateTimeField(auto_now_add=True)
    is_the_one = models.BooleanField(default=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["is_the_one"], name="one_organisation"),
            models.CheckConstraint(condition=models.Q(is_the_one=True), name="only_one_organisation"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> Organisation:
        """The organisation; raises `NotSetUp`."""
        try:
            return remembered(cls, cls.objects.get)
        except cls.DoesNotExist:
            raise NotSetUp from None

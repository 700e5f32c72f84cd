"""What a request to a team is about."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.platform.languages import in_readers_language
from balie.teams.models.team import Team


class Category(models.Model):
    """One kind of question that a team gets."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="categories")
    name = models.CharField(_("name"), max_length=120)
    # For those who ask: the name in other languages by their codes, a sentence, and other words that people use for it.
    names = models.JSONField(_("names in other languages"), default=dict, blank=True)
    description = models.CharField(_("what belongs here"), max_length=200, blank=True, default="")
    words = models.CharField(_("other words for it"), max_length=1000, blank=True, default="")
    position = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "name"]
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="category_once_in_a_team")]

    def __str__(self) -> str:
        return self.name

    @property
    def called(self) -> str:
        """Its name in the language of whoever reads."""
        return in_readers_language(self.names) or self.name

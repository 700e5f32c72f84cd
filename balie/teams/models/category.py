"""What a request to a team is about."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.teams.models.team import Team


class Category(models.Model):
    """One kind of question that a team gets."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="categories")
    name = models.CharField(_("name"), max_length=120)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="category_once_in_a_team")]

    def __str__(self) -> str:
        return self.name

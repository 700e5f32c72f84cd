"""Who works in which team."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.people.models import Person
from balie.teams.models.team import Team


class Membership(models.Model):
    """One person in one team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    hears_of_new_requests = models.BooleanField(_("is told of new requests"), default=True)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "person"], name="in_a_team_once")]

    def __str__(self) -> str:
        return f"{self.person} · {self.team}"

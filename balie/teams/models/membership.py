"""Who works in which team."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.people.models import Person
from balie.teams.models.team import Team

# In a larger one, a notice of each new request to everybody would be noise: there, who wants them says so.
SMALL_TEAM = 20


class Membership(models.Model):
    """One person in one team."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    # None leaves it to the size of the team.
    hears_of_new_requests = models.BooleanField(_("is told of new requests"), null=True, blank=True, default=None)
    # Whose turn it is: the lowest number in the team.
    turn = models.PositiveBigIntegerField(default=0, editable=False)
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "person"], name="in_a_team_once")]

    def __str__(self) -> str:
        return f"{self.person} · {self.team}"

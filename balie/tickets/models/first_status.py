"""The status that new requests begin with."""

from django.db import models

from balie.teams.models import Team
from balie.tickets.models.status import Status


class FirstStatus(models.Model):
    """Of one team; without a team, of every team that has none of its own. Where there is no row, it is To do."""

    team = models.OneToOneField(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="first_status")
    status = models.ForeignKey(Status, on_delete=models.CASCADE, related_name="begun_with")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team"], name="one_first_status_a_team", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.team_id} {self.status_id}"

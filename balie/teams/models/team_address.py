"""An address that a team had before: what is written to it still arrives."""

from django.db import models

from balie.teams.models.team import LOCAL_PART, Team


class TeamAddress(models.Model):
    """The part before the @. It belongs to its team until the team gives it up; nobody else takes it meanwhile."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="former_addresses")
    local_part = models.CharField(max_length=40, unique=True, validators=[LOCAL_PART])
    until = models.DateTimeField()

    class Meta:
        ordering = ["local_part"]

    def __str__(self) -> str:
        return self.local_part

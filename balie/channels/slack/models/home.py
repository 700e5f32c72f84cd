"""The App Home of somebody who has opened it: what it showed last, so that nothing is sent that shows the same."""

from __future__ import annotations

from django.db import models

from balie.channels.slack.models.workspace import Workspace
from balie.people.models import Person


class Home(models.Model):
    """`shown` is a fingerprint of the view."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    user_id = models.CharField(max_length=32)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    shown = models.CharField(max_length=64, blank=True, default="")
    opened_at = models.DateTimeField()
    is_stale = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user_id"], name="one_home_a_member")]
        indexes = [models.Index(fields=["person"], condition=models.Q(is_stale=False), name="home_fresh")]

    def __str__(self) -> str:
        return self.user_id

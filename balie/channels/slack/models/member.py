"""A member of a workspace, or a stranger of a shared channel, as Slack knows them."""

from __future__ import annotations

from django.db import models

from balie.channels.slack.models.workspace import Workspace
from balie.people.models import Person


class Member(models.Model):
    """`person` is nobody for bots. `checked_at` is when Slack last told us of them.

    `apart_from` is whom an administrator has said the account does not belong to: no address joins it to them again.
    """

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="members")
    user_id = models.CharField(max_length=32)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    apart_from = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=120, blank=True, default="")
    picture = models.CharField(max_length=500, blank=True, default="")
    is_guest = models.BooleanField(default=False)
    is_gone = models.BooleanField(default=False)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "user_id"], name="each_member_once")]

    def __str__(self) -> str:
        return self.name or self.user_id

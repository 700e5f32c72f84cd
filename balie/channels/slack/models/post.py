"""One message in Slack that we know, read there or said by us: by it an edit or a reaction finds what it is about."""

from __future__ import annotations

from django.db import models

from balie.channels.models import Delivery, Thread
from balie.channels.slack.models.workspace import Workspace
from balie.tickets.models import Message


class Post(models.Model):
    """`ts` names it within its `place`. `part` counts the posts of one delivery; `edited` is the ts of the newest edit."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="posts")
    place = models.CharField(max_length=32)
    ts = models.CharField(max_length=64)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="posts")
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.CASCADE, related_name="slack_posts")
    delivery = models.ForeignKey(Delivery, null=True, blank=True, on_delete=models.CASCADE, related_name="slack_posts")
    part = models.PositiveSmallIntegerField(default=0)
    edited = models.CharField(max_length=32, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "place", "ts"], name="each_slack_post_once")]

    def __str__(self) -> str:
        return f"{self.place} {self.ts}"

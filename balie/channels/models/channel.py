"""One connected door: a Slack workspace, a Teams tenant. What only one kind has stands in the model of its driver."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.platform import clock


class Channel(models.Model):
    """Known to its vendor by `external_id`. `trouble` is the vendor's word for why it was disconnected."""

    class State(models.TextChoices):
        CONNECTED = "connected", _("connected")
        DISCONNECTED = "disconnected", _("disconnected")

    kind = models.CharField(max_length=16)
    external_id = models.CharField(max_length=64)
    name = models.CharField(_("name"), max_length=200)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.CONNECTED)
    trouble = models.CharField(max_length=60, blank=True, default="")
    connected_at = models.DateTimeField(default=clock.now)
    disconnected_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "external_id"], name="each_channel_connected_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_connected(self) -> bool:
        return self.state == self.State.CONNECTED

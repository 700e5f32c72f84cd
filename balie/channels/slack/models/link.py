"""A channel of a workspace that is linked to a team: what is written there needs no choice of a team."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from balie.channels.slack.models.workspace import Workspace
from balie.platform.refusal import Refusal
from balie.teams.models import Team


class LinkRefused(Refusal):
    """A channel cannot be linked; says why, in the reader's language."""

    sentence = _("A private team cannot be linked to a channel: everybody there would read its requests.")


class Link(models.Model):
    """`mode` says which new messages become requests; the emoji and a mention work in each of them."""

    class Mode(models.TextChoices):
        EVERY = "every", _("Every message")
        MENTION = "mention", _("When Balie is mentioned")
        EMOJI = "emoji", _("With the emoji only")

    class Closed(models.TextChoices):
        ARCHIVED = "archived", _("Archived in Slack")
        DELETED = "deleted", _("Deleted in Slack")
        REMOVED = "removed", _("Balie was removed there")

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="links")
    place = models.CharField(max_length=32)
    name = models.CharField(_("channel"), max_length=120)
    team = models.ForeignKey(Team, verbose_name=_("team"), on_delete=models.CASCADE, related_name="slack_links")
    # Why nothing can be said there; what was said stays, and answers go by mail.
    closed = models.CharField(max_length=8, choices=Closed, blank=True, default="")
    mode = models.CharField(_("what becomes a request"), max_length=7, choices=Mode, default=Mode.EVERY)

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["workspace", "place"], name="each_slack_channel_linked_once")]

    def __str__(self) -> str:
        return f"#{self.name}"

    @classmethod
    def make(cls, workspace: Workspace, *, place: str, name: str, team: Team, mode: str) -> Link:
        """Link the channel, or link it otherwise; raises `LinkRefused`."""
        if team.is_private:
            raise LinkRefused
        link, _is_new = cls.objects.update_or_create(
            workspace=workspace, place=place, defaults={"name": name, "team": team, "mode": mode, "closed": ""}
        )
        return link

"""How a workspace calls what messages name by id: its channels and groups of people, and its own emoji."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models

from balie.channels.slack.models.workspace import Workspace


class Name(models.Model):
    """For an emoji of the workspace, `name` is the one that it stands for; those with a picture of their own are not kept."""

    class Kind(models.TextChoices):
        CHANNEL = "channel"
        GROUP = "group"
        EMOJI = "emoji"

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="names")
    kind = models.CharField(max_length=7, choices=Kind)
    external_id = models.CharField(max_length=100)
    name = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "kind", "external_id"], name="each_slack_name_once")
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def keep(cls, workspace: Workspace, kind: Kind, named: Mapping[str, str]) -> None:
        """New ones, and others than before."""
        rows = [
            Name(workspace=workspace, kind=kind, external_id=id[:100], name=name[:120])
            for id, name in named.items()
            if name
        ]
        Name.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["workspace", "kind", "external_id"], update_fields=["name"]
        )

    @classmethod
    def keep_only(cls, workspace: Workspace, kind: Kind, named: Mapping[str, str]) -> None:
        """All that there are now."""
        cls.objects.filter(workspace=workspace, kind=kind).exclude(external_id__in=list(named)).delete()
        cls.keep(workspace, kind, named)

    @classmethod
    def known(cls, workspace: Workspace, kind: Kind, id: str) -> str | None:
        found = cls.objects.filter(workspace=workspace, kind=kind, external_id=id[:100])
        return found.values_list("name", flat=True).first()

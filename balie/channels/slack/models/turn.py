"""When something may be posted next in one conversation: Slack takes about one message a second in each."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, models

from balie.channels.slack.models.workspace import Workspace
from balie.platform import clock

# https://docs.slack.dev/apis/web-api/rate-limits/
EVERY = timedelta(seconds=1)


class Turn(models.Model):
    """`free_at` is one second after the last post there, or when Slack says that we may try again."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="+")
    place = models.CharField(max_length=32)
    free_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workspace", "place"], name="one_turn_a_place")]

    def __str__(self) -> str:
        return self.place

    @classmethod
    def take(cls, workspace: Workspace, place: str) -> datetime | None:
        """None when it is ours to post now; else when to ask again. One statement, so that two workers cannot both have it."""
        now = clock.now()
        table = connection.ops.quote_name(cls._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                INSERT INTO {table} AS turn (workspace_id, place, free_at) VALUES (%s, %s, %s)
                ON CONFLICT (workspace_id, place) DO UPDATE SET free_at = EXCLUDED.free_at WHERE turn.free_at <= %s
                """,  # noqa: S608  (the name of our own table)
                [workspace.pk, place, now + EVERY, now],
            )
            if cursor.rowcount:
                return None
        return cls.objects.get(workspace=workspace, place=place).free_at

    @classmethod
    def close(cls, workspace: Workspace, place: str, *, until: datetime) -> None:
        """Slack says that nothing more may be posted there before then."""
        cls.objects.update_or_create(workspace=workspace, place=place, defaults={"free_at": until})

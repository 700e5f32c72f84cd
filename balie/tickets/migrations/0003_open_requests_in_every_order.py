"""What experts' lists walk along, in every order that a list has; and the event of a change that was taken back."""

import datetime

import django.db.models.functions.comparison
from django.db import migrations, models

_OPEN = models.Q(
    ("deleted_at__isnull", True), ("group__in", ["todo", "in_progress", "waiting"]), ("merged_into__isnull", True)
)
_UNASSIGNED = models.Q(
    ("deleted_at__isnull", True),
    ("group__in", ["todo", "in_progress", "waiting"]),
    ("merged_into__isnull", True),
    ("assignee__isnull", True),
)


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_mentions")]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opened", "Opened"),
                    ("heard", "Heard"),
                    ("replied", "Replied"),
                    ("noted", "Noted"),
                    ("assigned", "Assigned"),
                    ("status_changed", "Status Changed"),
                    ("resolved", "Resolved"),
                    ("reopened", "Reopened"),
                    ("priority_changed", "Priority Changed"),
                    ("category_changed", "Category Changed"),
                    ("due_changed", "Due Changed"),
                    ("renamed", "Renamed"),
                    ("followed", "Followed"),
                    ("unfollowed", "Unfollowed"),
                    ("moved", "Moved"),
                    ("requester_changed", "Requester Changed"),
                    ("merged", "Merged"),
                    ("absorbed", "Absorbed"),
                    ("linked", "Linked"),
                    ("unlinked", "Unlinked"),
                    ("snoozed", "Snoozed"),
                    ("woken", "Woken"),
                    ("deleted", "Deleted"),
                    ("restored", "Restored"),
                    ("disclosed", "Disclosed"),
                    ("taken_back", "Taken Back"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=_OPEN,
                fields=["team", "group", "-last_word_at", "-number"],
                include=("assignee", "requester", "snoozed_until", "status", "category", "priority", "due_on"),
                name="ticket_open",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=_UNASSIGNED,
                fields=["team", "group", "-last_word_at", "-number"],
                include=("requester", "snoozed_until"),
                name="ticket_open_unassigned",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                models.F("team"),
                models.F("group"),
                django.db.models.functions.comparison.Coalesce("due_on", models.Value(datetime.date(9999, 12, 31))),
                models.F("number"),
                condition=_OPEN,
                name="ticket_open_by_due",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(condition=_OPEN, fields=["team", "group", "number"], name="ticket_open_by_age"),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                fields=["team", "group", "-priority", "-last_word_at", "-number"], name="ticket_by_priority"
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(fields=["status", "team", "-last_word_at", "-number"], name="ticket_of_status"),
        ),
    ]

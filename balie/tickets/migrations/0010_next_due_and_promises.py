"""When a request is due next, by its due date or a promise, and the states of its promises; lists walk along it."""

import datetime
import django.contrib.postgres.fields
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0001_initial"),
        ("teams", "0004_addresses_turns_and_narrowing"),
        ("tickets", "0009_former_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="ticket",
            name="ticket_open",
        ),
        migrations.RemoveIndex(
            model_name="ticket",
            name="ticket_open_by_due",
        ),
        migrations.AddField(
            model_name="ticket",
            name="next_due_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="ticket",
            name="promises",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=9), blank=True, null=True, size=None
            ),
        ),
        migrations.RunSQL(
            """
            UPDATE tickets_ticket SET next_due_at = (
                (due_on + 1)::timestamp AT TIME ZONE (SELECT time_zone FROM organisation_organisation) - interval '1 second'
            ) WHERE due_on IS NOT NULL
            """,
            migrations.RunSQL.noop,
        ),
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
                    ("rated", "Rated"),
                    ("taken_back", "Taken Back"),
                    ("fell_due", "Fell Due"),
                    ("overdue", "Overdue"),
                    ("undelivered", "Undelivered"),
                    ("task_added", "Task Added"),
                    ("task_changed", "Task Changed"),
                    ("task_done", "Task Done"),
                    ("task_reopened", "Task Reopened"),
                    ("task_removed", "Task Removed"),
                    ("project_joined", "Project Joined"),
                    ("project_left", "Project Left"),
                    ("edited", "Edited"),
                    ("retracted", "Retracted"),
                    ("sla_warned", "Sla Warned"),
                    ("sla_missed", "Sla Missed"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(
                    ("deleted_at__isnull", True),
                    ("group__in", ["todo", "in_progress", "waiting"]),
                    ("merged_into__isnull", True),
                ),
                fields=["team", "group", "-last_word_at", "-number"],
                include=("assignee", "requester", "snoozed_until", "status", "category", "priority", "next_due_at"),
                name="ticket_open",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                models.F("team"),
                models.F("group"),
                django.db.models.functions.comparison.Coalesce(
                    "next_due_at", models.Value(datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))
                ),
                models.F("number"),
                condition=models.Q(
                    ("deleted_at__isnull", True),
                    ("group__in", ["todo", "in_progress", "waiting"]),
                    ("merged_into__isnull", True),
                ),
                name="ticket_open_by_due",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("promises__contains", ["breached"])),
                fields=["team", "group", "-last_word_at", "-number"],
                name="ticket_breached",
            ),
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(("promises__contains", ["met"])),
                fields=["team", "group", "-last_word_at", "-number"],
                name="ticket_met",
            ),
        ),
    ]

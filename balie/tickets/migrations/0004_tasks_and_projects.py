import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tickets", "0003_open_requests_in_every_order"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

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
                    ("rated", "Rated"),
                    ("taken_back", "Taken Back"),
                    ("task_added", "Task Added"),
                    ("task_changed", "Task Changed"),
                    ("task_done", "Task Done"),
                    ("task_reopened", "Task Reopened"),
                    ("task_removed", "Task Removed"),
                    ("project_joined", "Project Joined"),
                    ("project_left", "Project Left"),
                ],
                max_length=20,
            ),
        ),
        migrations.CreateModel(
            name="Inclusion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("since", models.DateTimeField()),
                (
                    "ticket",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="inclusions", to="tickets.ticket"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Project",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("description", models.TextField(blank=True, default="", max_length=5000, verbose_name="description")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("active", "Active"),
                            ("on_hold", "On hold"),
                            ("done", "Done"),
                        ],
                        default="active",
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due date")),
                ("created_at", models.DateTimeField()),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="projects",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="owner",
                    ),
                ),
                (
                    "tickets",
                    models.ManyToManyField(related_name="projects", through="tickets.Inclusion", to="tickets.ticket"),
                ),
            ],
            options={
                "ordering": ["name", "pk"],
            },
        ),
        migrations.AddField(
            model_name="inclusion",
            name="project",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="inclusions",
                to="tickets.project",
            ),
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=255, verbose_name="task")),
                ("due_on", models.DateField(blank=True, null=True, verbose_name="due date")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "assignee",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="tasks",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="assignee",
                    ),
                ),
                (
                    "done_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "ticket",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tasks",
                        to="tickets.ticket",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="inclusion",
            constraint=models.UniqueConstraint(fields=("project", "ticket"), name="in_a_project_once"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(fields=["ticket", "position", "id"], name="task_of_ticket"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("done_at__isnull", True)), fields=["assignee", "due_on", "id"], name="task_to_do"
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("done_at__isnull", False)), fields=["assignee", "-done_at"], name="task_done"
            ),
        ),
    ]

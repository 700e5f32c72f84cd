"""Two more reasons to be told of something."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notices", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("new_request", "A new request in my team"),
                    ("assigned", "A request is assigned to me"),
                    ("task", "A task is given to me"),
                    ("message", "A new message on what I own or follow"),
                    ("mentioned", "Somebody mentions me"),
                    ("note", "A note on what I own or follow"),
                    ("status", "What I own or follow is resolved or reopened"),
                    ("due", "What I own or follow is due today"),
                    ("overdue", "What I own or follow has missed its due date"),
                    ("sla_warned", "A promised time on what I own is nearly over"),
                    ("sla_missed", "A promised time on what I own was missed"),
                    ("refused", "My reply could not be delivered"),
                    ("answer", "An answer to my request, or one that I follow"),
                    ("solved", "My request is resolved"),
                ],
                max_length=12,
            ),
        ),
    ]

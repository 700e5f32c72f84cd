from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0009_proposals_of_basic_facts")]
    operations = [
        # Imports of before were told in one language; they are kept for 30 days at most, and can be uploaded again.
        migrations.RunSQL("DELETE FROM people_peopleimport", migrations.RunSQL.noop),
        migrations.RemoveField("peopleimport", "said"),
        migrations.AddField("peopleimport", "said", models.JSONField(blank=True, null=True)),
    ]

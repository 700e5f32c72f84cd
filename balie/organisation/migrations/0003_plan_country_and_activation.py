"""The plan, the country, and whether Conversations was set up: where it was used before, it has been."""

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import migrations, models
from django.db.models import F


def _activate_those_in_use(apps, _editor):
    apps.get_model("organisation", "Organisation").objects.update(activated_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [("organisation", "0002_largest_departure")]

    operations = [
        migrations.AddField("organisation", "country", models.CharField(blank=True, default="", max_length=2, verbose_name="country")),
        migrations.AddField("organisation", "plan_lacks", ArrayField(models.CharField(max_length=20), blank=True, default=list, size=None)),
        migrations.AddField("organisation", "is_plan_fixed", models.BooleanField(default=False)),
        migrations.AddField("organisation", "account_manager", models.EmailField(blank=True, default="", max_length=254, verbose_name="account manager")),
        migrations.AddField("organisation", "activated_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(_activate_those_in_use, migrations.RunPython.noop),
        migrations.CreateModel(
            "UsualSpan",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("weekday", models.PositiveSmallIntegerField(validators=[MaxValueValidator(6)])),
                ("begins", models.TimeField()),
                ("ends", models.TimeField()),
            ],
            options={
                "ordering": ["weekday", "begins"],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("begins__lt", models.F("ends")), ("ends", time(0)), _connector="OR"), name="usual_span_begins_before_it_ends"),
                    models.CheckConstraint(condition=models.Q(("weekday__lte", 6)), name="usual_weekday_of_a_week"),
                ],
            },
        ),
    ]

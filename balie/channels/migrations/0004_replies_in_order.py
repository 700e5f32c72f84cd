from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("channels", "0003_why_a_notice")]

    operations = [
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("purpose", "reply"), ("state__in", ("owed", "retrying"))),
                fields=["ticket", "recipient", "id"],
                name="delivery_in_order",
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ('channels_slack', '0002_names_and_closed_channels'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='link',
            options={'ordering': ['name', 'pk']},
        ),
        migrations.AlterField(
            model_name='link',
            name='closed',
            field=models.CharField(blank=True, choices=[('archived', 'Archived in Slack'), ('deleted', 'Deleted in Slack'), ('removed', 'Balie was removed there')], default='', max_length=8),
        ),
    ]

"""What teams promise, the clocks that run on it, and how far a change has come."""

import datetime
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('teams', '0003_told_as_the_team_is_large'),
        ('tickets', '0010_next_due_and_promises'),
    ]

    operations = [
        migrations.CreateModel(
            name='Recomputation',
            fields=[
                ('team', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='recomputation', serialize=False, to='teams.team')),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('total', models.PositiveIntegerField(default=0)),
                ('done', models.PositiveIntegerField(default=0)),
                ('stage', models.PositiveSmallIntegerField(default=0)),
                ('number', models.BigIntegerField(default=0)),
                ('left', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
            ],
        ),
        migrations.CreateModel(
            name='Rule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_general', models.BooleanField(default=True)),
                ('response', models.DurationField(blank=True, null=True, verbose_name='time to respond')),
                ('resolution', models.DurationField(blank=True, null=True, verbose_name='time to resolve')),
                ('on_reopening', models.CharField(choices=[('continue', 'The clock goes on'), ('renew', 'A new clock starts')], default='continue', max_length=8)),
                ('warns_at', models.PositiveSmallIntegerField(blank=True, default=75, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(99)])),
                ('pauses_in', models.ManyToManyField(blank=True, related_name='+', to='tickets.status')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sla_rules', to='teams.team')),
            ],
            options={
                'ordering': ['-is_general', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='RuleCategory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='teams.category')),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='chosen', to='sla.rule')),
            ],
        ),
        migrations.AddField(
            model_name='rule',
            name='categories',
            field=models.ManyToManyField(related_name='sla_rules', through='sla.RuleCategory', to='teams.category'),
        ),
        migrations.CreateModel(
            name='Clock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('goal', models.CharField(choices=[('response', 'response'), ('resolution', 'resolution')], max_length=10)),
                ('round', models.PositiveSmallIntegerField(default=0)),
                ('target', models.DurationField()),
                ('state', models.CharField(choices=[('running', 'running'), ('paused', 'paused'), ('met', 'met'), ('breached', 'breached'), ('cancelled', 'cancelled')], max_length=9)),
                ('started_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('paused_at', models.DateTimeField(null=True)),
                ('elapsed', models.DurationField(default=datetime.timedelta(0))),
                ('ended_at', models.DateTimeField(null=True)),
                ('met_at', models.DateTimeField(null=True)),
                ('breached_at', models.DateTimeField(null=True)),
                ('warn_at', models.DateTimeField(null=True)),
                ('warned_at', models.DateTimeField(null=True)),
                ('told_at', models.DateTimeField(null=True)),
                ('look_at', models.DateTimeField(null=True)),
                ('event', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='tickets.event')),
                ('ticket', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='clocks', to='tickets.ticket')),
                ('rule', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='sla.rule')),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(condition=models.Q(('look_at__isnull', False)), fields=['look_at'], name='clock_to_look_at'), models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['ticket'], name='clock_running')],
                'constraints': [models.UniqueConstraint(fields=('ticket', 'goal', 'round'), name='one_clock_of_a_goal')],
            },
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.UniqueConstraint(condition=models.Q(('is_general', True)), fields=('team',), name='one_general_rule_of_a_team'),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('response__isnull', True), ('response__gt', datetime.timedelta(0)), _connector='OR'), models.Q(('resolution__isnull', True), ('resolution__gt', datetime.timedelta(0)), _connector='OR')), name='goals_take_time'),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.CheckConstraint(condition=models.Q(('is_general', False), ('response__isnull', False), ('resolution__isnull', False), _connector='OR'), name='a_general_rule_promises_something'),
        ),
        migrations.AddConstraint(
            model_name='rule',
            constraint=models.CheckConstraint(condition=models.Q(('warns_at__isnull', True), ('warns_at__range', (1, 99)), _connector='OR'), name='warns_before_the_end'),
        ),
    ]

"""Roles with their access rights, who has them, the audit log, and changes of profiles that wait for approval."""
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0005_imports_of_people'),
    ]

    operations = [
        migrations.AddField(
            model_name='person',
            name='opens_settings',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.CreateModel(
            name='Role',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('preset', models.CharField(blank=True, choices=[('administrator', 'Administrator'), ('everybody', 'All employees'), ('expert', 'Conversations expert')], default='', max_length=13)),
                ('works_on_requests', models.BooleanField(default=False, verbose_name='work on requests as an expert')),
                ('group_value', models.CharField(blank=True, default='', max_length=200, verbose_name='value')),
                ('group_attribute', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.attribute', verbose_name='attribute')),
            ],
            options={
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='Right',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scope', models.CharField(blank=True, choices=[('own', 'Own profile'), ('reports', 'Reports'), ('group', 'Group'), ('everybody', 'Everybody')], default='', max_length=9)),
                ('area', models.CharField(blank=True, choices=[('teams', 'Teams'), ('statuses', 'Request statuses'), ('people', 'People'), ('attributes', 'Employee attributes'), ('roles', 'Employee roles'), ('integrations', 'Integrations'), ('plan', 'Plan'), ('organisation', 'Organisation'), ('troubles', 'Failed mail'), ('audit', 'Audit log')], default='', max_length=12)),
                ('level', models.PositiveSmallIntegerField(choices=[(1, 'View'), (2, 'Propose'), (3, 'Edit')])),
                ('section', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='rights', to='people.section')),
                ('role', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rights', to='people.role')),
            ],
        ),
        migrations.CreateModel(
            name='RoleAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('given_at', models.DateTimeField(auto_now_add=True)),
                ('given_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='role_assignments', to=settings.AUTH_USER_MODEL)),
                ('role', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='people.role')),
            ],
        ),
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('kind', models.CharField(max_length=40)),
                ('facts', models.JSONField(default=dict)),
                ('about', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['kind', '-id'], name='audit_by_kind')],
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.JSONField(null=True)),
                ('was', models.JSONField(null=True)),
                ('proposed_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('approved', 'Approved'), ('refused', 'Refused'), ('replaced', 'Replaced')], default='waiting', max_length=8)),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, default='', max_length=500, verbose_name='reason')),
                ('attribute', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proposals', to='people.attribute')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proposals', to=settings.AUTH_USER_MODEL)),
                ('proposed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['pk'],
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['id'], name='proposals_waiting')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('person', 'attribute', 'proposed_by'), name='one_proposal_waits')],
            },
        ),
        migrations.AddConstraint(
            model_name='role',
            constraint=models.UniqueConstraint(condition=models.Q(('preset', ''), _negated=True), fields=('preset',), name='preset_role_once'),
        ),
        migrations.AddConstraint(
            model_name='role',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Lower('name'), name='role_name_once'),
        ),
        migrations.AddConstraint(
            model_name='role',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('preset', 'everybody'), _negated=True), ('works_on_requests', False), _connector='OR'), name='not_everybody_is_an_expert'),
        ),
        migrations.AddConstraint(
            model_name='right',
            constraint=models.UniqueConstraint(condition=models.Q(('scope', ''), _negated=True), fields=('role', 'section', 'scope'), name='one_level_in_a_scope'),
        ),
        migrations.AddConstraint(
            model_name='right',
            constraint=models.UniqueConstraint(condition=models.Q(('area', ''), _negated=True), fields=('role', 'area'), name='one_level_in_an_area'),
        ),
        migrations.AddConstraint(
            model_name='right',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('area', ''), ('section__isnull', False), models.Q(('scope', ''), _negated=True)), models.Q(('scope', ''), ('section__isnull', True), models.Q(('area', ''), _negated=True)), _connector='OR'), name='right_to_profiles_or_to_settings'),
        ),
        migrations.AddConstraint(
            model_name='right',
            constraint=models.CheckConstraint(condition=models.Q(('area', ''), models.Q(('level', 2), _negated=True), _connector='OR'), name='settings_are_not_proposed'),
        ),
        migrations.AddConstraint(
            model_name='right',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('area__in', ['roles', 'audit']), _negated=True), ('level', 1), _connector='OR'), name='roles_and_log_are_only_viewed'),
        ),
        migrations.AddConstraint(
            model_name='roleassignment',
            constraint=models.UniqueConstraint(fields=('role', 'person'), name='role_once_a_person'),
        ),
    ]

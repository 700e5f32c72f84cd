"""API credentials, with the list that decided until now what experts see of people; the database refuses what is never shared."""

import secrets

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_SCOPES = [
    ("people:read", "Read people: name, address, status and the allowed attributes"),
    ("attributes:read", "Read which employee attributes there are"),
    ("requests:read", "Read requests"),
    ("requests:write", "Make, answer and change requests"),
    ("teams:read", "Read teams, their members, categories and hours"),
    ("statuses:read", "Read request statuses"),
]

# The attribute is held while it is allowed: nobody makes it one that is never shared at the same moment.
_GUARD = """
CREATE FUNCTION balie_refuse_never_shared() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE hidden boolean;
BEGIN
    SELECT is_never_shared INTO hidden FROM people_attribute WHERE id = NEW.attribute_id FOR SHARE;
    IF hidden THEN
        RAISE EXCEPTION 'an attribute that is never shared cannot be allowed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER never_shared_is_never_allowed BEFORE INSERT OR UPDATE ON people_allowedattribute
FOR EACH ROW EXECUTE FUNCTION balie_refuse_never_shared();

CREATE FUNCTION balie_stop_sharing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM people_allowedattribute WHERE attribute_id = NEW.id;
    RETURN NEW;
END $$;
CREATE TRIGGER never_shared_any_more AFTER UPDATE OF is_never_shared ON people_attribute
FOR EACH ROW WHEN (NEW.is_never_shared AND NOT OLD.is_never_shared) EXECUTE FUNCTION balie_stop_sharing();
"""
_UNGUARD = """
DROP TRIGGER never_shared_any_more ON people_attribute;
DROP FUNCTION balie_stop_sharing();
DROP TRIGGER never_shared_is_never_allowed ON people_allowedattribute;
DROP FUNCTION balie_refuse_never_shared();
"""


def _keep_what_is_allowed(apps, _editor):
    attributes = apps.get_model("people", "Attribute").objects
    if not attributes.exists():
        return
    key = "key_" + secrets.token_hex(6)
    made = apps.get_model("people", "Credential").objects.create(name="Conversations", key=key, is_system=True)
    allowed = apps.get_model("people", "AllowedAttribute")
    allowed.objects.bulk_create(
        allowed(credential=made, attribute=one)
        for one in attributes.filter(is_allowed=True, is_never_shared=False)
    )


class Migration(migrations.Migration):
    dependencies = [("people", "0007_present_roles_and_what_the_database_keeps")]

    operations = [
        migrations.CreateModel(
            "Credential",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True, verbose_name="name")),
                ("key", models.CharField(max_length=40, unique=True)),
                ("digest", models.CharField(blank=True, default="", max_length=64)),
                ("is_system", models.BooleanField(default=False)),
                ("scopes", django.contrib.postgres.fields.ArrayField(models.CharField(choices=_SCOPES, max_length=24), blank=True, default=list, size=None)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("rotated_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="expires on")),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("acts_as", models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["-is_system", "name"],
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("is_system", True)), fields=("is_system",), name="one_credential_of_conversations"),
                    models.CheckConstraint(condition=models.Q(("is_system", False), models.Q(("digest", ""), ("revoked_at__isnull", True)), _connector="OR"), name="conversations_keeps_its_credential"),
                ],
            },
        ),
        migrations.CreateModel(
            "AllowedAttribute",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("attribute", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="people.attribute")),
                ("credential", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="people.credential")),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("credential", "attribute"), name="allowed_once")],
            },
        ),
        migrations.AddField(
            "credential",
            "attributes",
            models.ManyToManyField(related_name="credentials", through="people.AllowedAttribute", to="people.attribute"),
        ),
        migrations.RunSQL(_GUARD, _UNGUARD),
        migrations.RunPython(_keep_what_is_allowed, migrations.RunPython.noop),
        # The rows just made have checks that are due at the end, and a table with such cannot be changed.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL IMMEDIATE"),
        migrations.RemoveConstraint("attribute", "never_shared_is_never_allowed"),
        migrations.RemoveField("attribute", "is_allowed"),
    ]

"""What became of each fact of a profile; and no profile names a person who is gone."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_FORGET = """
CREATE FUNCTION balie_forget_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE people_person SET attributes = attributes - named.key
    FROM people_attribute AS named
    WHERE named.type = 'person' AND people_person.attributes -> named.key = to_jsonb(OLD.id);
    RETURN NULL;
END
$$;
CREATE TRIGGER forget_person AFTER DELETE ON people_person FOR EACH ROW EXECUTE FUNCTION balie_forget_person();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0003_sections_types_and_choices")]

    operations = [
        migrations.CreateModel(
            "AttributeChange",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(blank=True, default="", max_length=40)),
                ("old", models.JSONField(blank=True, null=True)),
                ("new", models.JSONField(blank=True, null=True)),
                ("at", models.DateTimeField()),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("profile", "on the profile"), ("proposal", "by a proposal"), ("import", "by an import"),
                            ("api", "by the API"), ("settings", "by a change of the attribute"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "attribute",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name="changes",
                        to="people.attribute",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attribute_changes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "indexes": [models.Index(fields=["person", "-at"], name="changes_of_a_person")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(attribute__isnull=False, field="")
                        | (models.Q(attribute__isnull=True) & ~models.Q(field="")),
                        name="change_of_an_attribute_or_a_field",
                    )
                ],
            },
        ),
        migrations.RunSQL(_FORGET, "DROP TRIGGER forget_person ON people_person; DROP FUNCTION balie_forget_person()"),
    ]  # fmt: skip

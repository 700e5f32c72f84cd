"""Sections become rows, attributes have types, and some of them choices."""

import re

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_PRESET_SECTIONS = {"Work": "work", "Contact": "contact", "Pay and tax": "pay", "Health": "health"}
_PRESET_TYPES = {"hire_date": "date", "salary": "decimal", "health_notes": "long_text"}
_FORMS = {"date": r"\d{4}-\d\d-\d\d", "decimal": r"-?\d+(\.\d+)?", "long_text": r"[\s\S]*"}
_LABELLED = [
    ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
    ("label", models.CharField(max_length=120, verbose_name="label")),
    ("labels", models.JSONField(blank=True, default=dict, verbose_name="labels in other languages")),
    ("is_preset", models.BooleanField(default=False)),
    ("position", models.PositiveSmallIntegerField(default=0)),
    ("archived_at", models.DateTimeField(blank=True, null=True)),
]
_TYPES = [
    ("text", "Text"), ("long_text", "Long text"), ("number", "Whole number"), ("decimal", "Decimal number"), ("date", "Date"),
    ("yes_no", "Yes or no"), ("choice", "Single choice"), ("choices", "Multiple choice"), ("link", "Link"), ("person", "Person"),
]  # fmt: skip


def _give_sections(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    sections, attributes = apps.get_model("people", "Section"), apps.get_model("people", "Attribute")
    made = {}
    for attribute in attributes.objects.order_by("position", "pk"):
        name = attribute.section_name
        if name not in made:
            position = len(made) + 1
            made[name] = sections.objects.create(
                key=_PRESET_SECTIONS.get(name, f"section-{position}"), label=name or "Work", position=position,
                is_preset=name in _PRESET_SECTIONS,
            )  # fmt: skip
        attribute.section = made[name]
        attribute.save(update_fields=["section"])
    # The reference is checked now: a table with checks that are still to come cannot be altered.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _give_types(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Preset attributes get their type where every value fits it; else they stay text, and nothing is lost."""
    attributes, people = apps.get_model("people", "Attribute"), apps.get_model("people", "Person")
    for key, wanted in _PRESET_TYPES.items():
        holders = people.objects.filter(attributes__has_key=key)
        values = holders.values_list("attributes", flat=True).iterator()
        if all(re.fullmatch(_FORMS[wanted], str(of[key])) for of in values):
            attributes.objects.filter(key=key, is_preset=True).update(type=wanted)


class Migration(migrations.Migration):
    dependencies = [("people", "0002_keys_and_names_nearly_written")]

    operations = [
        migrations.CreateModel(
            "Section",
            [*_LABELLED, ("key", models.SlugField(max_length=60, unique=True))],
            options={"ordering": ["position", "pk"]},
        ),
        migrations.RenameField("attribute", "section", "section_name"),
        migrations.AddField(
            "attribute",
            "section",
            models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="attributes", to="people.section",
                verbose_name="section",
            ),
        ),
        migrations.AddField(
            "attribute", "type",
            models.CharField(choices=_TYPES, default="text", max_length=9, verbose_name="type"),
        ),
        migrations.AddField(
            "attribute", "labels",
            models.JSONField(blank=True, default=dict, verbose_name="labels in other languages"),
        ),
        migrations.AddField("attribute", "is_required", models.BooleanField(default=False, verbose_name="required")),
        migrations.AddField("attribute", "archived_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(_give_sections, migrations.RunPython.noop),
        migrations.RunPython(_give_types, migrations.RunPython.noop),
        migrations.AlterField(
            "attribute",
            "section",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="attributes", to="people.section",
                verbose_name="section",
            ),
        ),
        migrations.RemoveField("attribute", "section_name"),
        migrations.AlterModelOptions(
            "attribute", {"ordering": ["section__position", "section_id", "position", "pk"]}
        ),
        migrations.CreateModel(
            "Choice",
            [
                *_LABELLED,
                ("key", models.SlugField(max_length=60)),
                (
                    "attribute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="choices", to="people.attribute"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=["attribute", "key"], name="choice_once_in_an_attribute")
                ],
            },
        ),
    ]  # fmt: skip

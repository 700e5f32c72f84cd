"""Changing what a profile says: values that fit, and the history of them, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from balie.people import definitions
from balie.people.known import Known
from balie.people.models import Attribute, AttributeChange, Person
from balie.people.values import Unfit, Value, validated
from balie.platform import clock

Way = AttributeChange.Way


class ValuesRefused(Exception):
    """Some values cannot be; `faults` says why by the attribute's key, in the reader's language. Nothing was changed."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = dict(faults)


def change(
    person: Person, wanted: Mapping[Attribute, object], *, by: Person | None, way: Way, known: Known | None = None
) -> list[AttributeChange]:
    """Give the person these values, None for no value; returns what changed. Raises `ValuesRefused`.

    Whether `by` may do that is asked by whoever calls (roles and access rights).
    """
    known = known or Known()
    with transaction.atomic():
        definitions.stand_still()
        row = Person.objects.select_for_update().only("attributes").get(pk=person.pk)
        # An attribute may have been archived, or got another type, while a page showed it.
        now = Attribute.objects.prefetch_related("choices").in_bulk([one.pk for one in wanted])
        values = _fitting(wanted, now, known)
        at = clock.now()
        before = {attribute: row.attributes.get(attribute.key) for attribute in values}
        changes = [
            AttributeChange(person=person, attribute=attribute, old=before[attribute], new=value, at=at, by=by, way=way)
            for attribute, value in values.items()
            if before[attribute] != value
        ]
        for one in changes:
            assert one.attribute is not None
            row.attributes.pop(one.attribute.key, None)
            if one.new is not None:
                row.attributes[one.attribute.key] = one.new
        if changes:
            row.save(update_fields=["attributes"])
            AttributeChange.objects.bulk_create(changes)
    person.attributes = row.attributes
    return changes


def _fitting(
    wanted: Mapping[Attribute, object], now: Mapping[int, Attribute], known: Known
) -> dict[Attribute, Value | None]:
    values: dict[Attribute, Value | None] = {}
    faults: dict[str, str] = {}
    for shown, given in wanted.items():
        attribute = now.get(shown.pk)
        if attribute is None or attribute.archived_at:
            faults[shown.key] = _("“%(label)s” has been removed meanwhile; its value was not changed.") % {
                "label": shown
            }
            continue
        try:
            value = validated(attribute, given, known=known)
        except Unfit as unfit:
            faults[attribute.key] = str(unfit)
            continue
        if value is None and attribute.is_required:
            faults[attribute.key] = _("%(label)s is required.") % {"label": attribute}
        values[attribute] = value
    if faults:
        raise ValuesRefused(faults)
    return values

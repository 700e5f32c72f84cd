"""Two people who turn out to be one: whatever names the one names the other from now on, and nothing of it is lost."""

from __future__ import annotations

from django.apps import apps
from django.db import IntegrityError, models, transaction

from balie.people.models import Person


def join(stranger: Person, *, to: Person) -> None:
    """Everything that the external did or owns is the other person's, in every table; then the external is gone.

    Where both have the same row already (both follow one request), the other person's stays.
    """
    assert stranger.is_external  # an employee is never taken for somebody else
    with transaction.atomic():
        # In one order, so that two joins cannot wait for each other.
        list(Person.objects.select_for_update().filter(pk__in=[stranger.pk, to.pk]).order_by("pk"))
        for model in apps.get_models(include_auto_created=True):
            if not model._meta.managed or model._meta.proxy:
                continue
            for field in model._meta.local_fields:
                if isinstance(field, models.ForeignKey) and field.related_model is Person:
                    _hand_over(model, field, stranger, to)
        stranger.delete()


def _hand_over(model: type[models.Model], field: models.Field, stranger: Person, to: Person) -> None:  # type: ignore[type-arg]  # any column
    rows = model._default_manager.filter(**{field.attname: stranger.pk})
    try:
        with transaction.atomic():
            rows.update(**{field.name: to})
    except IntegrityError:
        for row in rows:
            try:
                with transaction.atomic():
                    model._default_manager.filter(pk=row.pk).update(**{field.name: to})
            except IntegrityError:
                row.delete()

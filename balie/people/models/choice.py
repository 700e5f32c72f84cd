"""One of the values that an attribute of a single or multiple choice may have."""

from django.db import models

from balie.people.models.attribute import Attribute
from balie.people.models.labelled import Labelled, LabelledQuerySet


class Choice(Labelled):
    """Profiles hold its `key`. An archived one stays where it was chosen, and is not offered any more."""

    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, related_name="choices")
    key = models.SlugField(max_length=60)

    objects = LabelledQuerySet["Choice"].as_manager()

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["attribute", "key"], name="choice_once_in_an_attribute")]

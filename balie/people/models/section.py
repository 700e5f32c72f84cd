"""A section of the profile: attributes that belong together, and that roles may see or change together."""

from django.db import models

from balie.people.models.labelled import Labelled, LabelledQuerySet


class Section(Labelled):
    """Work, Contact, or one that the organisation made."""

    key = models.SlugField(max_length=60, unique=True)

    objects = LabelledQuerySet["Section"].as_manager()

    class Meta:
        ordering = ["position", "pk"]

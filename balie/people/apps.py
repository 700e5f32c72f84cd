"""The app of the package."""

from django.apps import AppConfig


class PeopleApp(AppConfig):
    """Everyone Balie knows."""

    name = "balie.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

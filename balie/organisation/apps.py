"""The app of the package."""

from django.apps import AppConfig


class OrganisationApp(AppConfig):
    """The organisation that runs this desk."""

    name = "balie.organisation"
    label = "organisation"
    default_auto_field = "django.db.models.BigAutoField"

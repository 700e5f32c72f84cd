"""The app of the package."""

from django.apps import AppConfig


class ApiApp(AppConfig):
    """What programs may ask."""

    name = "balie.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"

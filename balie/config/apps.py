"""The app of the package."""

from django.apps import AppConfig


class ConfigApp(AppConfig):
    """How the parts stand together."""

    name = "balie.config"
    label = "config"
    default_auto_field = "django.db.models.BigAutoField"

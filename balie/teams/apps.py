"""The app of the package."""

from django.apps import AppConfig


class TeamsApp(AppConfig):
    """Who answers."""

    name = "balie.teams"
    label = "teams"
    default_auto_field = "django.db.models.BigAutoField"

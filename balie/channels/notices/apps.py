"""The app of the package."""

from django.apps import AppConfig


class NoticesApp(AppConfig):
    """What each person is told, and how."""

    name = "balie.channels.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

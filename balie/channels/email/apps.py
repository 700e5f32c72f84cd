"""The app of the package."""

from django.apps import AppConfig


class EmailApp(AppConfig):
    """Email, in and out."""

    name = "balie.channels.email"
    label = "channels_email"
    default_auto_field = "django.db.models.BigAutoField"

"""The app of the package."""

from django.apps import AppConfig


class ChannelsApp(AppConfig):
    """The doors that messages come in by and leave by."""

    name = "balie.channels"
    label = "channels"
    default_auto_field = "django.db.models.BigAutoField"

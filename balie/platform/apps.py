"""The app of the package."""

from django.apps import AppConfig


class PlatformApp(AppConfig):
    """What knows no word of the domain."""

    name = "balie.platform"
    label = "platform"
    default_auto_field = "django.db.models.BigAutoField"

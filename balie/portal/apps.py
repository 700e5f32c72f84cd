"""The app of the package."""

from django.apps import AppConfig


class PortalApp(AppConfig):
    """The pages of those who ask."""

    name = "balie.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"

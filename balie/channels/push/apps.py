"""The app of the package."""

from django.apps import AppConfig


class PushApp(AppConfig):
    """Notices that a browser shows though no page is open."""

    name = "balie.channels.push"
    label = "push"
    default_auto_field = "django.db.models.BigAutoField"

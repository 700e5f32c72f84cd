"""The app of the package."""

from django.apps import AppConfig


class SlaApp(AppConfig):
    """What teams promise, and the clocks that run on it."""

    name = "balie.sla"
    label = "sla"
    default_auto_field = "django.db.models.BigAutoField"

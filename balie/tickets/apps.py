"""The app of the package."""

from django.apps import AppConfig


class TicketsApp(AppConfig):
    """What is asked and answered."""

    name = "balie.tickets"
    label = "tickets"
    default_auto_field = "django.db.models.BigAutoField"

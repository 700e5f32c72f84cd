"""The app of the package."""

from django.apps import AppConfig


class OperationsApp(AppConfig):
    """The program."""

    name = "balie.operations"
    label = "operations"
    default_auto_field = "django.db.models.BigAutoField"

"""The app of the package."""

from django.apps import AppConfig


class AdministrationApp(AppConfig):
    """The pages of administrators."""

    name = "balie.administration"
    label = "administration"
    default_auto_field = "django.db.models.BigAutoField"

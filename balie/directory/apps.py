"""The app of the package."""

from django.apps import AppConfig


class DirectoryApp(AppConfig):
    """Who works here: the pages that everybody finds colleagues by, as far as their access rights go."""

    name = "balie.directory"
    label = "directory"
    default_auto_field = "django.db.models.BigAutoField"

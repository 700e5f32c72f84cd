"""The app of the package."""

from django.apps import AppConfig


class WorkspaceApp(AppConfig):
    """The pages of experts."""

    name = "balie.workspace"
    label = "workspace"
    default_auto_field = "django.db.models.BigAutoField"

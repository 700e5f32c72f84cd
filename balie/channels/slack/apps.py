"""The app of the package."""

from django.apps import AppConfig


class SlackApp(AppConfig):
    """Slack, in and out."""

    name = "balie.channels.slack"
    label = "channels_slack"
    default_auto_field = "django.db.models.BigAutoField"

"""Slack's doors, under /channels/slack/."""

from django.urls import path

from balie.channels.slack import connect, door

urlpatterns = [
    path("events", door.events, name="slack_events"),
    path("interactions", door.interactions, name="slack_interactions"),
    path("commands", door.commands, name="slack_commands"),
    path("oauth", connect.oauth, name="slack_oauth"),
]

"""Slack's settings pages, under /settings/integrations/slack/."""

from django.urls import path

from balie.channels.slack import connect

urlpatterns = [
    path("", connect.workspaces, name="slack_workspaces"),
    path("manifest", connect.app_manifest, name="slack_manifest"),
    path("installation", connect.installation, name="slack_installation"),
    path("<int:pk>", connect.workspace, name="slack_workspace"),
    path("<int:pk>/check", connect.check, name="slack_check"),
    path("<int:pk>/members", connect.member_import, name="slack_members"),
    path("<int:pk>/links", connect.links, name="slack_links"),
    path("<int:pk>/links/<int:link>/removal", connect.link_removal, name="slack_link_removal"),
    path("<int:pk>/disconnection", connect.disconnection, name="slack_disconnection"),
]

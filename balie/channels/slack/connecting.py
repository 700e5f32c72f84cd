"""Connecting a workspace, by page or by command: who we are there is asked first, and nothing is kept that fails."""

from __future__ import annotations

from balie.channels import kinds
from balie.channels.slack import home, jobs, members
from balie.channels.slack.client import AccessLost, Refused, Slack
from balie.channels.slack.models import Workspace


class NoLine(Refused):
    """Slack opens no line for Socket Mode with this app token."""


def connect(*, bot_token: str, signing_secret: str, app_token: str = "") -> Workspace:
    """A new workspace, or one that is known already, with new keys. Raises `CannotReach`, `AccessLost` or `Refused`."""
    told, scopes = Slack(bot_token).scopes()
    _try_line(app_token)
    team = str(told.get("team_id") or "")
    workspace = Workspace.known_as(team) or Workspace(kind=kinds.SLACK, external_id=team)
    workspace.name = str(told.get("team") or team)[:200]
    workspace.url = str(told.get("url") or "")[:200]
    workspace.bot_user_id, workspace.bot_id = str(told.get("user_id") or ""), str(told.get("bot_id") or "")
    workspace.app_id = str(told.get("app_id") or workspace.app_id)
    workspace.scopes = scopes
    workspace.take_secrets(bot_token=bot_token, signing_secret=signing_secret, app_token=app_token)
    workspace.connect()
    members.begin(workspace)
    jobs.bring_members_later(workspace)
    jobs.learn_names_later(workspace)
    home.show_anew(workspace)
    return workspace


def look_again(workspace: Workspace) -> None:
    """Whether the token still works, and what it may do by now. Raises as `connect` does."""
    _told, scopes = Slack.of(workspace).scopes()
    _try_line(workspace.app_token)
    Workspace.objects.filter(pk=workspace.pk).update(scopes=scopes)
    workspace.scopes = scopes
    if not workspace.is_connected:
        workspace.connect()
        home.show_anew(workspace)


def _try_line(app_token: str) -> None:
    """Socket Mode needs a token of its own. https://docs.slack.dev/reference/methods/apps.connections.open"""
    if app_token:
        try:
            Slack(app_token).call("apps.connections.open")
        except (AccessLost, Refused) as fault:
            raise NoLine(str(fault)) from fault
